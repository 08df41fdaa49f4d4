"""A part never exceeds the whole: what may still be placed of an allocation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from hoofdaannemer.core.periods import Period

#: Frequency 6 of code list WJ757: the volume is for the whole term.
IN_TOTAL: Final = "6"


@dataclass(frozen=True)
class Share:
    """An allocation or a placement of it: its period and how much.

    Without volume and budget it is all there is.
    """

    period: Period
    volume: int | None = None
    frequency: str = ""
    budget: Decimal | None = None


def is_exceeded(whole: Share, parts: Iterable[Share]) -> bool:
    """Whether the parts together are more than the whole, on any day or in total."""
    shares = list(parts)
    if whole.budget is not None:
        return sum((share.budget or whole.budget for share in shares), Decimal(0)) > whole.budget
    if whole.volume is not None and whole.frequency == IN_TOTAL:
        return sum(_volume(whole, share) for share in shares) > whole.volume
    return any(_sum_on_first_day(whole, share, shares) for share in shares)


def _sum_on_first_day(whole: Share, share: Share, shares: Sequence[Share]) -> bool:
    # The sum can only grow on the first day of some part.
    there = [other for other in shares if other.period.contains(share.period.start)]
    if whole.volume is None:
        return len(there) > 1
    return sum(_volume(whole, other) for other in there) > whole.volume


def _volume(whole: Share, share: Share) -> int:
    if share.volume is not None:
        return share.volume
    return whole.volume or 0


def room(whole: Share, parts: Iterable[Share]) -> Share | None:
    """The first part that may still be placed beside these, with all its volume; None: nothing."""
    shares = list(parts)
    if whole.budget is not None:
        left = whole.budget - sum((share.budget or whole.budget for share in shares), Decimal(0))
        return replace(whole, budget=left) if left > 0 else None
    if whole.volume is not None and whole.frequency == IN_TOTAL:
        total = whole.volume - sum(_volume(whole, share) for share in shares)
        return replace(whole, volume=total) if total > 0 else None
    return _first_stretch(whole, shares)


def _first_stretch(whole: Share, shares: Sequence[Share]) -> Share | None:
    """The first days on which something is left, as long as that much is left."""
    days = _turning_days(whole, shares)
    left = [_left_on(whole, day, shares) for day in days]
    first = next((place for place, volume in enumerate(left) if volume > 0), None)
    if first is None:
        return None
    after = next(
        (place for place in range(first, len(days)) if left[place] < left[first]), len(days)
    )
    end = days[after] - timedelta(days=1) if after < len(days) else whole.period.end
    volume = None if whole.volume is None else left[first]
    return replace(whole, period=Period(days[first], end), volume=volume)


def _turning_days(whole: Share, shares: Sequence[Share]) -> list[date]:
    """The days of the whole on which what is left may change, in order."""
    days = {whole.period.start}
    for share in shares:
        days.add(share.period.start)
        if share.period.end is not None:
            days.add(share.period.end + timedelta(days=1))
    return sorted(day for day in days if whole.period.contains(day))


def _left_on(whole: Share, day: date, shares: Sequence[Share]) -> int:
    """Volume that is left on a day; 1 or 0 where no volume is named."""
    there = [share for share in shares if share.period.contains(day)]
    if whole.volume is None:
        return 0 if there else 1
    return whole.volume - sum(_volume(whole, share) for share in there)
