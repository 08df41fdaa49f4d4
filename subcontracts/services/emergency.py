"""Emergency access: opened with a reason, told to others at once, logged at each look, short."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import User
from hoofdaannemer.accounts.policies import check_can_break_glass
from hoofdaannemer.accounts.services import emergency as alarm
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope, on_behalf_of
from subcontracts import policies
from subcontracts.models import Allocation, Client, EmergencyAccess, Placement
from subcontracts.models.clients import EMERGENCY_LASTS
from subcontracts.rules import keys

#: Searches that find nobody, in an hour: whoever tries numbers until one is known is stopped.
MOST_MISSES: Final = 5
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Sought:
    """One client, by BSN, by the number of an allocation or placement, or by client number."""

    bsn: str = ""
    number: int | None = None
    pseudonym: str = ""


@transaction.atomic
def open_access(*, scope: Scope, sought: Sought, reason: str) -> EmergencyAccess:
    """Let an administrator see one client from now on; ends what this person had open.

    Contract managers get a mail. Where nobody is found the row has no client: the search is on
    record, and nobody is alarmed.
    Raises NotAllowedError for anyone but an administrator; RuleError ACC-09 without a reason,
    NOOD-01 after too many searches in vain, NOOD-02 for a number that several clients have.
    """
    check_can_break_glass(scope)
    reason = alarm.checked_reason(reason)
    User.objects.select_for_update().get(pk=scope.user_id)  # a second press waits here
    _check_not_guessing(scope)
    client_id = _found(scope, sought)
    for earlier in EmergencyAccess.objects.visible_to(scope).filter(
        user=scope.user_id, ended_at=None
    ):
        _end(scope, earlier)
    access = EmergencyAccess.objects.create(
        main_contractor_id=scope.main_contractor_id,
        user_id=scope.user_id,
        client_id=client_id,
        reason=reason,
        opened_at=scope.at,
        ends_at=scope.at + EMERGENCY_LASTS if client_id else scope.at,
        ended_at=None if client_id else scope.at,
    )
    if client_id is None:
        audit.record(scope, "emergency.found_nobody", access)
        return access
    audit.record(scope, "emergency.opened", access, client=client_id)
    log_look(scope=scope, access=access, what="opened")
    alarm.alert(scope)
    return access


def _check_not_guessing(scope: Scope) -> None:
    misses = EmergencyAccess.objects.visible_to(scope).filter(
        user=scope.user_id, client=None, opened_at__gt=scope.at - _HOUR
    )
    if misses.count() >= MOST_MISSES:
        raise RuleError(
            "NOOD-01",
            _("You searched in vain too often. Wait an hour, or ask a contract manager."),
        )


def _found(scope: Scope, sought: Sought) -> int | None:
    """The one client that fits; a sealed one is found by nobody."""
    # The administrator sees no clients: who is meant is looked up for the main contractor.
    with on_behalf_of(scope, scope.main_contractor_id):
        own = {"main_contractor": scope.main_contractor_id}
        rows = Client.objects.filter(**own, is_sealed=False).filter(_fits(own, sought))
        found = list(rows.values_list("pk", flat=True)[:2])
    if len(found) > 1:
        raise RuleError("NOOD-02", _("Several clients have this number. Search by BSN."))
    return found[0] if found else None


def _fits(own: dict[str, int], sought: Sought) -> Q:
    if sought.bsn:
        return Q(bsn_hash=keys.bsn_key(sought.bsn))
    if sought.number is not None:
        allocated = Allocation.objects.filter(**own, number=sought.number)
        placed = Placement.objects.filter(**own, number=sought.number)
        return Q(pk__in=allocated.values("client")) | Q(pk__in=placed.values("client"))
    return Q(pseudonym=sought.pseudonym)


def log_look(*, scope: Scope, access: EmergencyAccess, what: str) -> None:
    """Record that the client was seen, with the reason that was given for it."""
    if access.client_id is not None:
        purpose = f"{alarm.PURPOSE}.{what}"
        audit.looked_at(scope, [access.client_id], purpose, reason=access.reason)


@transaction.atomic
def end(*, scope: Scope, access: EmergencyAccess) -> EmergencyAccess:
    """End one's own emergency access before its time; twice is the same as once.

    Raises NotAllowedError for somebody else's.
    """
    access = EmergencyAccess.objects.visible_to(scope).select_for_update().get(pk=access.pk)
    policies.check_can_end_emergency(scope, access)
    if access.ended_at is None:
        _end(scope, access)
    return access


def _end(scope: Scope, access: EmergencyAccess) -> None:
    access.ended_at = min(scope.at, access.ends_at)
    access.save(update_fields=["ended_at"])
    audit.record(scope, "emergency.ended", access)


@transaction.atomic
def review(*, scope: Scope, access: EmergencyAccess) -> EmergencyAccess:
    """Note that a contract manager looked into it; it leaves the work list.

    Raises NotAllowedError for other roles and for one's own use, ConflictError where a colleague
    was first.
    """
    access = EmergencyAccess.objects.visible_to(scope).select_for_update().get(pk=access.pk)
    policies.check_can_review_emergency(scope, access)
    access.reviewed_by_id = scope.user_id
    access.reviewed_at = scope.at
    access.save(update_fields=["reviewed_by", "reviewed_at"])
    audit.record(scope, "emergency.reviewed", access)
    return access
