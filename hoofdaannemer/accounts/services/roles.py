"""People and their roles: given, ended, blocked. Effective at the next request."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accounts import policies, selectors
from hoofdaannemer.accounts.models import Membership, Organisation, OutgoingMail, User
from hoofdaannemer.accounts.policies import Appointment
from hoofdaannemer.accounts.services import mail, sessions
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Role, Scope


@transaction.atomic
def create_user(
    *, scope: Scope, email: str, name: str, password: str | None = None, is_demo: bool = False
) -> User:
    """Store a person without a role. Without a password it is set through an invitation.

    Commands and the scenario loader only; people come in by invitation.
    """
    user = User.objects.create_user(email, password, name=name, is_demo=is_demo)
    audit.record(scope, "user.created", user)
    return user


@transaction.atomic
def give_role(*, scope: Scope, user: User, appointment: Appointment) -> Membership:
    """Give somebody a role at once, and tell so by mail.

    Raises NotAllowedError; RuleError ACC-01 for oneself, ACC-02 for an incomplete role, ACC-05
    for one that the person has.
    """
    user = User.objects.visible_to(scope).select_for_update().get(pk=user.pk)
    policies.check_not_oneself(scope, user)
    policies.check_can_appoint(scope, appointment)
    membership = add(scope, user, appointment)
    membership.started_at = scope.at
    membership.save(update_fields=["started_at"])
    audit.record(scope, "role.given", membership, user=user.pk, role=appointment.role.value)
    if not user.is_demo:
        kind = OutgoingMail.Kind.ROLE_GIVEN
        mail.send(scope, kind, to=[user.pk], context={"membership": membership})
    return membership


def add(scope: Scope, user: User, appointment: Appointment) -> Membership:
    """Store a role that has not started.

    Raises RuleError ACC-05 for one the person has, MND-10 for an organisation that does not go
    with the role: an office has no subcontractor's people, and the other way round.
    """
    _check_kind(appointment)
    party = {
        "role": appointment.role,
        "main_contractor_id": appointment.main_contractor_id,
        "organisation_id": appointment.organisation_id,
        "municipality_id": appointment.municipality_id,
    }
    if Membership.objects.open().filter(user=user, **party).exists():
        raise RuleError("ACC-05", _("This person has this role, or was invited for it."))
    return Membership.objects.create(user=user, ended_at=appointment.until, **party)


def _check_kind(appointment: Appointment) -> None:
    if not appointment.organisation_id:
        return
    organisation = Organisation.objects.get(pk=appointment.organisation_id)
    is_office = organisation.kind == Organisation.Kind.OFFICE
    if is_office != (appointment.role == Role.OFFICE_USER):
        raise RuleError(
            "MND-10",
            _("An administration office has people of its own kind, and nobody else has them."),
        )


@transaction.atomic
def end_role(*, scope: Scope, membership: Membership) -> Membership:
    """Take a role away. Raises NotAllowedError; RuleError ACC-01 for oneself, ACC-06 if ended."""
    membership = (
        Membership.objects.visible_to(scope)
        .select_for_update(of=("self",))
        .select_related("user")
        .get(pk=membership.pk)
    )
    policies.check_can_end(scope, membership)
    membership.ended_at = scope.at
    membership.save(update_fields=["ended_at"])
    audit.record(scope, "role.ended", membership, user=membership.user_id, role=membership.role)
    return membership


@transaction.atomic
def block(*, scope: Scope, user: User) -> None:
    """Shut somebody out at once: sessions end, API keys made by this person stop working.

    Raises NotAllowedError; RuleError ACC-01 for oneself, ACC-07 where others gave roles too.
    """
    user = _locked(scope, user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    audit.record(scope, "user.blocked", user)
    sessions.end_all(scope=scope, user=user)


@transaction.atomic
def unblock(*, scope: Scope, user: User) -> None:
    """Let somebody in again, in the roles that have not ended. Raises as `block`."""
    user = _locked(scope, user)
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record(scope, "user.unblocked", user)


@transaction.atomic
def rename(*, scope: Scope, user: User, name: str) -> None:
    """Change one's own name."""
    user.name = name
    user.save(update_fields=["name"])
    audit.record(scope, "user.renamed", user)


def _locked(scope: Scope, user: User) -> User:
    user = User.objects.visible_to(scope).select_for_update().get(pk=user.pk)
    elsewhere = selectors.works_elsewhere(scope, user)
    policies.check_can_block(scope, user, works_elsewhere=elsewhere)
    return user
