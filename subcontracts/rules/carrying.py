"""Days carried from one contract to another: as far from its end or beginning as before.

What holds beside a temporary line, such as its tariff, moves with the days of the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from hoofdaannemer.core.periods import Period, add_months

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


@dataclass(frozen=True, slots=True)
class Moved:
    """The days of a temporary line in one contract, and in the one that is like it."""

    first: date
    last: date
    new_first: date
    new_last: date

    def last_day(self, day: date) -> date:
        """A last day before, in or after the line: as far from the nearest of its days."""
        if day >= self.last:
            return after_start(day, self.last + _DAY, self.new_last + _DAY)
        if day >= self.first:
            return min(after_start(day, self.first, self.new_first), self.new_last)
        return self.new_first - (self.first - day)


def moved(
    period: Period, lines: Sequence[Moved], *, start: date, end: date | None
) -> Period | None:
    """What holds in a period beside temporary lines, in the order of time; None where no day of it
    is left. `start` and `end` are those of the old contract.
    """
    by_day = _last_day(lines, period.start - _DAY)
    first = date.min if period.start <= start else by_day + _DAY
    if period.end is None or period.end == end:
        return Period(first)
    last = _last_day(lines, period.end)
    return Period(first, last) if last >= first else None


def _last_day(lines: Sequence[Moved], day: date) -> date:
    """By the last line that begins on the day after or earlier; before all of them by the first."""
    begun = [one for one in lines if one.first <= day + _DAY]
    return (begun[-1] if begun else lines[0]).last_day(day)
