"""What of a placement stays and what goes where its care is moved to somebody else on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core import money
from hoofdaannemer.core.periods import Period
from subcontracts.rules.combining import Spell
from subcontracts.rules.parts import IN_TOTAL, Share

#: RedenWijziging 09 in both laws: over to another provider. Its stop has reason 38.
TO_OTHER_PROVIDER: Final = "09"

TEXTS: Final[dict[str, str | Promise]] = {
    "CON-69": _("This placement has ended, or ends before that day. Nothing is left to move."),
    "CON-70": _("Choose somebody else who works for us: the care is placed here already."),
    "CON-71": _(
        "Care was reported on or after that day. Choose a later day, or have the report taken back."
    ),
    "CON-72": _(
        "Care on or after that day was declared and approved. Choose a later day, or have it"
        " credited first."
    ),
    "CON-73": _("The same part of this allocation is placed there already. Choose somebody else."),
    "CON-74": _(
        "The amount is for the whole period and cannot be divided by days. Fill in how much of"
        " it goes along: more than nothing, and no more than is left."
    ),
}


@dataclass(frozen=True, kw_only=True)
class Care:
    """A placement that is to be moved, with what is known of it.

    `day` is the first one elsewhere. `reported` and `declared` are the last days of care that was
    reported, and declared and approved; `used` is what of a total was declared. `gets` is how much
    of a total goes along, in units or euros, where a person said so.
    """

    share: Share
    day: date
    is_live: bool = True
    reported: date | None = None
    declared: date | None = None
    used: Decimal = Decimal(0)
    gets: Decimal | None = None

    @property
    def begins_later(self) -> bool:
        """Whether no day is left for who has it now."""
        return self.share.period.start >= self.day

    @property
    def is_total(self) -> bool:
        """Whether the amount is for the whole period, so that it must be divided."""
        return is_total(self.share)


def is_total(share: Share) -> bool:
    """Whether a volume or budget is for the whole period and not for each day, week or month."""
    return share.budget is not None or (share.volume is not None and share.frequency == IN_TOTAL)


def last_reported(spells: Iterable[Spell]) -> date | None:
    """The last day of which care is known; of care that goes on, the first."""
    return max((spell.ended_on or spell.paused_on or spell.begin for spell in spells), default=None)


def problem(care: Care) -> str:
    """Code of the rule that moving this care breaks; empty where it can move."""
    end = care.share.period.end
    if not care.is_live or (end is not None and end < care.day):
        return "CON-69"
    if care.reported is not None and care.reported >= care.day:
        return "CON-71"
    if care.declared is not None and care.declared >= care.day:
        return "CON-72"
    if care.is_total and not care.begins_later and _division(care) is None:
        return "CON-74"
    return ""


def divided(care: Care) -> tuple[Share | None, Share]:
    """What stays, up to and including the day before, and what goes; they add up to all there was.

    Nothing stays of care that begins on the day or later. Only where `problem` finds none.
    """
    share = care.share
    if care.begins_later:
        return None, share
    kept = replace(share, period=Period(share.period.start, care.day - timedelta(days=1)))
    gone = replace(share, period=Period(care.day, share.period.end))
    if not care.is_total:
        return kept, gone
    stays, goes = _division(care) or (Decimal(0), Decimal(0))
    if share.budget is not None:
        return replace(kept, budget=stays), replace(gone, budget=goes)
    return replace(kept, volume=int(stays)), replace(gone, volume=int(goes))


def _division(care: Care) -> tuple[Decimal, Decimal] | None:
    """A total in what stays and what goes: as a person said, else by calendar days.

    What was declared stays in any case. Budgets to the cent, volumes in whole units; half a unit
    stays. None where one of them would be nothing.
    """
    total, least = _total(care.share)
    goes = care.gets if care.gets is not None else _by_days(care, total, least)
    if goes is None or goes != money.round_to(goes, 2 if least < 1 else 0):
        return None
    stays = total - goes
    if goes < least or stays < max(care.used, least):
        return None
    return stays, goes


def _by_days(care: Care, total: Decimal, least: Decimal) -> Decimal | None:
    period = care.share.period
    if period.end is None:
        return None
    days = Period(period.start, care.day - timedelta(days=1)).days
    stays = money.round_to(total * days / period.days, 2 if least < 1 else 0)
    return total - max(stays, care.used, least)


def _total(share: Share) -> tuple[Decimal, Decimal]:
    """The amount for the whole period, and the least of it that is something."""
    if share.budget is not None:
        return share.budget, money.CENT
    return Decimal(share.volume or 0), Decimal(1)
