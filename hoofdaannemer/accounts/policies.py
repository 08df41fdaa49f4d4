"""Who may give, end and block: section 2 of the access policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Membership, User
from hoofdaannemer.accounts.models.people import OF_ORGANISATION
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import STAFF, SUBCONTRACTOR, Role, Scope

#: Roles that manage people, and the roles that each of them may give.
GIVES: Mapping[Role, frozenset[Role]] = {
    Role.ADMINISTRATOR: STAFF
    | {Role.AUDITOR, Role.SUBCONTRACTOR_ADMIN, Role.OFFICE_USER, Role.MUNICIPAL_VIEWER},
    Role.SUBCONTRACTOR_ADMIN: SUBCONTRACTOR,
    Role.SYSTEM: frozenset(Role) - {Role.SYSTEM, Role.NOBODY},
}
#: Roles whose access ends by itself on a day that is set when it is given.
TIME_LIMITED = frozenset({Role.AUDITOR})


@dataclass(frozen=True)
class Appointment:
    """A role for a party, before it is somebody's. `until` is the moment at which it ends."""

    role: Role
    main_contractor_id: int | None = None
    organisation_id: int | None = None
    municipality_id: int | None = None
    until: datetime | None = None


def check_manages_people(scope: Scope) -> None:
    """Raise NotAllowedError for a role that manages nobody."""
    if scope.role not in GIVES:
        raise NotAllowedError(_("Your role does not manage people."))


def check_can_appoint(scope: Scope, appointment: Appointment) -> None:
    """Raise NotAllowedError for a role or party outside one's own, RuleError for a missing one.

    ACC-02: an organisation, municipality or end date is missing.
    """
    if appointment.role not in GIVES.get(scope.role, frozenset()):
        raise NotAllowedError(_("Your role may not give this role."))
    if (
        scope.role == Role.ADMINISTRATOR
        and appointment.main_contractor_id != scope.main_contractor_id
    ) or (
        scope.role == Role.SUBCONTRACTOR_ADMIN
        and appointment.organisation_id != scope.organisation_id
    ):
        raise NotAllowedError(_("You may give roles of your own organisation only."))
    _check_complete(appointment)


def _check_complete(appointment: Appointment) -> None:
    if appointment.role in OF_ORGANISATION and not appointment.organisation_id:
        raise RuleError("ACC-02", _("Choose the organisation this person works for."))
    if appointment.role == Role.MUNICIPAL_VIEWER and not appointment.municipality_id:
        raise RuleError("ACC-02", _("Choose the municipality this person works for."))
    if appointment.role in STAFF | TIME_LIMITED and not appointment.main_contractor_id:
        raise RuleError("ACC-02", _("Choose the main contractor this person works for."))
    if appointment.role in TIME_LIMITED and not appointment.until:
        raise RuleError("ACC-02", _("Give the last day on which this person has access."))


def check_not_oneself(scope: Scope, user: User) -> None:
    """Raise RuleError ACC-01 where a person would change its own access."""
    if user.pk == scope.user_id:
        raise RuleError("ACC-01", _("You cannot change your own access. Ask a colleague."))


def check_can_end(scope: Scope, membership: Membership) -> None:
    """Raise NotAllowedError, or RuleError ACC-01 for one's own role and ACC-06 for an ended one."""
    check_manages_people(scope)
    check_not_oneself(scope, membership.user)
    if membership.ended_at is not None and membership.ended_at <= scope.at:
        raise RuleError("ACC-06", _("This role has ended already."))


def check_can_block(scope: Scope, user: User, *, works_elsewhere: bool) -> None:
    """Raise as `check_can_end`; RuleError ACC-07 where others gave this person roles too."""
    check_manages_people(scope)
    check_not_oneself(scope, user)
    if works_elsewhere:
        raise RuleError(
            "ACC-07", _("Not all roles of this person are yours. End the roles that you see here.")
        )


def check_manages_tokens(scope: Scope) -> None:
    """Raise NotAllowedError for anyone but a delegate."""
    if scope.role != Role.SUBCONTRACTOR_ADMIN:
        raise NotAllowedError(_("Only the administrator of a subcontractor manages API keys."))


def check_manages_access_keys(scope: Scope) -> None:
    """Raise NotAllowedError for anyone but an administrator."""
    if scope.role != Role.ADMINISTRATOR:
        raise NotAllowedError(_("Only an administrator manages the keys of the own access."))


def check_can_set_paying_account(scope: Scope) -> None:
    """Raise NotAllowedError for anyone but an administrator."""
    if scope.role != Role.ADMINISTRATOR:
        raise NotAllowedError(_("Only an administrator sets the account that is paid from."))


def check_can_break_glass(scope: Scope) -> None:
    """Raise NotAllowedError for anyone but an administrator."""
    if scope.role != Role.ADMINISTRATOR:
        raise NotAllowedError(_("Only an administrator may use emergency access."))
