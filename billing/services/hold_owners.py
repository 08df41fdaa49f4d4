"""Who acts on what is held: handed over to the other side, or to one person of the main contractor.

That changes nobody's amount: what releases a hold stays what it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.models import Hold, HoldHandover
from billing.models.readers import HOLDS
from hoofdaannemer.accounts.selectors import colleagues
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import STAFF, Scope

#: Calendar days within which whoever takes it over acts, at the most.
MOST_DAYS: Final = 60


@dataclass(frozen=True, kw_only=True)
class NextOwner:
    """Who acts from now on and until when (the last day), and why. `user_id` 0 names nobody."""

    owner: Hold.Owner
    due_date: date
    note: str
    user_id: int = 0


@transaction.atomic
def hand_over(*, scope: Scope, hold: Hold, to: NextOwner) -> Hold:
    """Let somebody else act on a hold.

    Raises NotAllowedError for who has no say in it, RuleError BIL-240 for what was released,
    BIL-241 for a day that has passed or lies too far, BIL-242 for somebody who does not handle
    holds, BIL-243 where nothing changes, BIL-244 without a note.
    """
    rows = Hold.objects.visible_to(scope).select_for_update(of=("self",))
    hold = rows.get(pk=hold.pk)
    policies.check_can_hand_over(scope, hold)
    _check(scope, hold, to)
    before = Hold.Owner(hold.owner)
    hold.owner, hold.holder_id, hold.due_date = to.owner, to.user_id or None, to.due_date
    hold.save(update_fields=["owner", "holder", "due_date"])
    HoldHandover.objects.create(
        main_contractor_id=hold.main_contractor_id,
        provider_organisation_id=hold.provider_organisation_id,
        hold=hold,
        from_owner=before,
        to_owner=to.owner,
        to_user_id=to.user_id or None,
        due_date=to.due_date,
        note=to.note.strip(),
        author_id=scope.user_id,
        recorded_at=scope.at,
    )
    audit.record(scope, "hold.handed_over", hold, to=to.owner, user=to.user_id or None)
    return hold


def _check(scope: Scope, hold: Hold, to: NextOwner) -> None:
    if not to.note.strip():
        raise RuleError("BIL-244", _("Say what whoever takes it over has to know."))
    if not scope.today <= to.due_date <= scope.today + timedelta(days=MOST_DAYS):
        raise RuleError(
            "BIL-241",
            _("Choose a day from today on, within %(days)s days.") % {"days": MOST_DAYS},
        )
    if (to.owner, to.user_id or None) == (hold.owner, hold.holder_id):
        raise RuleError("BIL-243", _("This is who acts already. Choose somebody else."))
    if to.user_id and not _handles_holds(scope, to):
        raise RuleError(
            "BIL-242", _("This person handles no holds of yours. Choose a colleague who does.")
        )


def _handles_holds(scope: Scope, to: NextOwner) -> bool:
    """Only who works here names one of the people, and only for the own side."""
    if scope.role not in STAFF or to.owner != Hold.Owner.MAIN_CONTRACTOR:
        return False
    return colleagues(scope, HOLDS).filter(pk=to.user_id).exists()
