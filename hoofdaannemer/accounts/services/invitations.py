"""Invitations: a mailed link that works once, with which a person takes up a role."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accounts import policies, selectors
from hoofdaannemer.accounts.models import Invitation, Membership, OutgoingMail, User
from hoofdaannemer.accounts.policies import Appointment
from hoofdaannemer.accounts.services import mail, roles
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope, acting_as


@dataclass(frozen=True)
class Invited:
    """An invitation and its link, which is kept nowhere."""

    invitation: Invitation
    link: str


@transaction.atomic
def invite(*, scope: Scope, email: str, name: str, appointment: Appointment) -> Invited:
    """Invite somebody to a role; mails the link.

    Whether the address has an account already makes no difference to what the inviter sees.
    Raises NotAllowedError; RuleError ACC-01, ACC-02, ACC-05 as `roles.give_role`.
    """
    policies.check_can_appoint(scope, appointment)
    email = email.strip().lower()
    # The same statements for a known and an unknown address: their number would tell which it is.
    newcomer = User(email=email, name=name, password=make_password(None))
    User.objects.bulk_create([newcomer], ignore_conflicts=True)
    user = User.objects.select_for_update().get(email=email)
    policies.check_not_oneself(scope, user)
    membership = roles.add(scope, user, appointment)
    audit.record(scope, "user.invited", membership, user=user.pk, role=appointment.role.value)
    return _mailed(scope, membership)


@transaction.atomic
def resend(*, scope: Scope, membership: Membership) -> Invited:
    """Mail a new link; the old one stops working. Raises RuleError ACC-06 once accepted."""
    membership = (
        Membership.objects.visible_to(scope)
        .select_for_update(of=("self",))
        .select_related("user")
        .get(pk=membership.pk)
    )
    policies.check_can_end(scope, membership)
    if membership.started_at is not None:
        raise RuleError("ACC-06", _("This invitation has been accepted already."))
    membership.invitations.filter(expires_at__gt=scope.at).update(expires_at=scope.at)
    audit.record(scope, "user.invited_again", membership, user=membership.user_id)
    return _mailed(scope, membership)


@transaction.atomic
def accept(*, scope: Scope, token: str, password: str | None) -> User:
    """Take up the role of an invitation; a person without a password sets it here.

    Raises RuleError ACC-03 for a link that was used, has expired or was withdrawn.
    """
    found = selectors.open_invitation(token, scope.at)
    if found is not None:
        Invitation.objects.select_for_update().get(pk=found.pk)
        found = selectors.open_invitation(token, scope.at)  # a second press waits and ends here
    if found is None:
        raise RuleError("ACC-03", _("This link does not work any more. Ask for a new one."))
    membership, user = found.membership, found.membership.user
    Invitation.objects.filter(pk=found.pk).update(accepted_at=scope.at)
    Membership.objects.filter(pk=membership.pk).update(started_at=scope.at)
    if password is not None and not user.has_usable_password():
        user.set_password(password)
        user.save(update_fields=["password"])
    acting = replace(selectors.scope_in(membership), at=scope.at)
    with acting_as(acting):
        audit.record(acting, "invitation.accepted", membership, user=user.pk)
    return user


def _mailed(scope: Scope, membership: Membership) -> Invited:
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        membership=membership,
        token_hash=selectors.hash_of(token),
        invited_by_id=scope.user_id or None,
        expires_at=scope.at + timedelta(days=settings.INVITATION_DAYS),
    )
    link = mail.link("invitation_accept", token=token)
    context = {"membership": membership, "link": link, "expires_at": invitation.expires_at}
    mail.send(scope, OutgoingMail.Kind.INVITATION, to=[membership.user_id], context=context)
    return Invited(invitation, link)
