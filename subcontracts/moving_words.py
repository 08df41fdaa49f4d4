"""What becomes of moved care, in words."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.templatetags.core_format import date_nl
from subcontracts import words
from subcontracts.models import CareMove, CareMoveItem, Placement
from subcontracts.rules.parts import Share
from subcontracts.selectors.moving import Verdict

MOVE_TONES: Final[dict[Any, str]] = {
    CareMove.Status.DRAFT: "information",
    CareMove.Status.RUNNING: "information",
    CareMove.Status.FINISHED: "positive",
    CareMove.Status.REMAINDER: "warning",
}
ITEM_TONES: Final[dict[Any, str]] = {
    CareMoveItem.Status.WAITING: "information",
    CareMoveItem.Status.MOVED: "positive",
    CareMoveItem.Status.REFUSED: "negative",
    CareMoveItem.Status.LEFT: "warning",
}
_GONE: Final = (Placement.Status.DECLINED, Placement.Status.WITHDRAWN)


def outcome_text(item: CareMoveItem, verdict: Verdict | None) -> str:
    """What became of a placement, or of one in a draft what would become of it now."""
    if verdict is not None:
        return verdict_text(item, verdict)
    new = item.new_placement
    if new is not None and new.status in _GONE:
        return _("Placement %(number)s is %(status)s: place the client anew.") % {
            "number": new.number,
            "status": new.get_status_display(),
        }
    if new is not None:
        return _("Goes on as placement %(number)s (%(status)s).") % {
            "number": new.number,
            "status": new.get_status_display(),
        }
    return f"{item.text} ({item.code})" if item.code else item.text


def verdict_text(item: CareMoveItem, verdict: Verdict) -> str:
    """What would become of it, with contract, price and how much goes along of a total."""
    if not verdict.moves:
        return f"{verdict.reason} ({verdict.code})" if verdict.code else verdict.reason
    parts = []
    if verdict.candidate is not None and verdict.candidate.subcontract is not None:
        parts.append(
            _("under contract %(number)s") % {"number": verdict.candidate.subcontract.number}
        )
    if verdict.candidate is not None and verdict.candidate.price:
        parts.append(verdict.candidate.price)
    if divided := _divided(item.placement, verdict.kept, verdict.gone):
        parts.append(divided)
    return _("Can be moved: %(how)s.") % {"how": ", ".join(parts)}


def _divided(placement: Placement, kept: Share | None, gone: Share | None) -> str:
    """How a total is divided; empty where the amount is for each day, week or month."""
    if kept is None or gone is None:
        return ""
    if (
        (kept.volume, kept.budget)
        == (gone.volume, gone.budget)
        == (
            placement.volume,
            placement.budget,
        )
    ):
        return ""
    return _("%(gone)s goes along, %(kept)s stays") % {
        "gone": _amount(placement, gone),
        "kept": _amount(placement, kept),
    }


def _amount(placement: Placement, share: Share) -> str:
    if share.budget is not None:
        return format_euro(share.budget)
    return words.volume_text(share.volume or 0, placement.unit)


def facts_of(move: CareMove) -> list[tuple[str, str]]:
    """What a move is, for the top of its page."""
    facts = [
        (
            _("From"),
            f"{move.subcontract.provider_organisation.name} · {move.subcontract.number}",
        ),
        (_("First day elsewhere"), date_nl(move.day)),
        (_("Reason"), move.get_reason_display()),
    ]
    if move.note:
        facts.append((_("Explanation"), move.note))
    for label, user, at in (
        (_("Prepared by"), move.prepared_by, move.prepared_at),
        (_("Confirmed by"), move.confirmed_by, move.confirmed_at),
    ):
        if user is not None and at is not None:
            facts.append((label, f"{user.name}, {date_nl(at)}"))
    return facts
