"""How a municipal contract is shared by municipalities over time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from hoofdaannemer.core.periods import Period

WHOLE: Final = Decimal(100)

Percents = Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class Step:
    """From a day on, until the next step, these percentages by municipality hold."""

    start: date
    percents: Percents


def held_on(steps: Sequence[Step], day: date) -> Percents:
    """What holds on a day; before the first step, what that one says.

    Steps are in order of their day, and for one day in the order in which they were recorded.
    """
    held = steps[0].percents if steps else {}
    for step in steps:
        if step.start > day:
            break
        held = step.percents
    return held


def pieces(steps: Sequence[Step], period: Period) -> Iterable[tuple[Percents, int]]:
    """What holds in a period, with the number of its days. Raises ValueError where it is open."""
    last = period.end
    if last is None:
        raise ValueError("an open-ended period has no number of days")
    days = sorted({period.start, *(one.start for one in steps if period.contains(one.start))})
    ends = [day - timedelta(days=1) for day in days[1:]] + [last]
    for start, end in zip(days, ends, strict=True):
        yield held_on(steps, start), Period(start, end).days


def averaged(steps: Sequence[Step], period: Period) -> dict[int, Decimal]:
    """Percent of each municipality over a period, by the days on which each division holds.

    Of a period in which nothing changes it is what was agreed, digit for digit.
    """
    found = list(pieces(steps, period))
    held = [percents for percents, _days in found]
    if all(percents == held[0] for percents in held):
        return dict(held[0])
    total: dict[int, Decimal] = {}
    for percents, days in found:
        for one, percent in percents.items():
            total[one] = total.get(one, Decimal(0)) + percent * days
    return {one: share_days / period.days for one, share_days in total.items()}


def is_whole(percents: Iterable[Decimal]) -> bool:
    """Whether shares are 100 percent together, and none of them is below zero."""
    shares = list(percents)
    return sum(shares) == WHOLE and all(one >= 0 for one in shares)


@dataclass(frozen=True, slots=True)
class Change:
    """What one municipality had and gets, in percent; None where it does not take part."""

    of: int
    before: Decimal | None
    after: Decimal | None


def changes(before: Percents, after: Percents) -> list[Change]:
    """Where both differ: who joins, who leaves, and whose share is another."""
    return [
        Change(one, before.get(one), after.get(one))
        for one in sorted({*before, *after})
        if before.get(one) != after.get(one)
    ]
