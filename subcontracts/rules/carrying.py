"""Days carried from one contract to another: as far from its end or beginning as before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from hoofdaannemer.core.periods import add_months

_DAY: Final = timedelta(days=1)
#: Terms of contracts are agreed in months; further off it is counted in days.
_MOST_MONTHS: Final = 240


def before_end(day: date, end: date, new_end: date) -> date:
    """A day as long before (or after) a new last day as it was before the old one.

    What lay whole months before lies as many months before: 30 September of a contract to
    31 December becomes 31 March of one to 30 June.
    """
    for months in range(_MOST_MONTHS):
        if add_months(end + _DAY, -months) == day + _DAY:
            return add_months(new_end + _DAY, -months) - _DAY
    return new_end + (day - end)


def after_start(day: date, start: date, new_start: date) -> date:
    """A last day as long after a new first day as it was after the old one."""
    for months in range(_MOST_MONTHS):
        if add_months(start, months) == day + _DAY:
            return add_months(new_start, months) - _DAY
    return new_start + (day - start)
