"""Why care does not go up to a municipality, in words that say what to do."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.rules.upward_limits import Excess
from hoofdaannemer.core.money import format_euro
from subcontracts.words import volume_text


class Reason(StrEnum):
    """Why care of a month is left out of the declaration upward."""

    NO_TARIFF = "no_tariff"
    UNIT = "unit"
    OVER = "over"
    NO_BSN = "no_bsn"
    WITHDRAWN = "withdrawn"
    OUTSIDE = "outside"
    TOO_OLD = "too_old"
    AWAITING = "awaiting"
    REFUSED = "refused"
    GIVEN_UP = "given_up"


TEXTS: Final[Mapping[Reason, str | Promise]] = {
    Reason.NO_TARIFF: _(
        "The municipality's tariff for this month is not known. Ask the contract manager to set it."
    ),
    Reason.UNIT: _(
        "The units of the allocation, the tariff and what was declared do not go together. (TR341)"
    ),
    Reason.NO_BSN: _("The client has no BSN, so no message can name this care."),
    Reason.WITHDRAWN: _("The municipality withdrew the allocation. (TR384)"),
    Reason.OUTSIDE: _("The allocation does not cover this month. (TR307, TR308)"),
    Reason.TOO_OLD: _("This care is more than five years old. (TR335)"),
    Reason.AWAITING: _(
        "An earlier line waits for the answer of the municipality. The change goes up after that."
        " (IV085)"
    ),
    Reason.REFUSED: _(
        "The municipality rejected a line of this care. Decide first whether it goes up again."
    ),
    Reason.GIVEN_UP: _("The municipality rejected exactly this, and it was given up."),
}
_OVER: Final[Mapping[str, str | Promise]] = {
    "TR321": _("More than the %(allowed)s that was allocated for this month. (TR321)"),
    "TR322": _("More than the %(allowed)s that is left of the whole allocation. (TR322)"),
    "TR369": _("More than the %(allowed)s that is left of the budget. (TR369)"),
}


def reason_text(reason: Reason, over: Excess | None, unit: str) -> str:
    """The sentence for a reason; with the limit where one was passed."""
    if over is None:
        return str(TEXTS[reason])
    allowed = over.allowed
    shown = format_euro(allowed) if isinstance(allowed, Decimal) else volume_text(allowed, unit)
    return str(_OVER[over.rule]) % {"allowed": shown}
