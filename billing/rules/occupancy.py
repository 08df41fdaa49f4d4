"""Days on which clients were in care: what is counted for places and for profiles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from hoofdaannemer.core.periods import Period

#: Days of care by client, in any order; they may overlap.
Care = Mapping[int, Sequence[Period]]


def delivered(starts: Iterable[tuple[date, Sequence[date]]]) -> list[Period]:
    """Days of care of one placement, from each start and the last days of its stops.

    It runs to the first stop; a final stop after a temporary one adds no care.
    """
    return [Period(begin, min(ends, default=None)) for begin, ends in starts]


def covered(running: Iterable[Period], paid: Iterable[Period]) -> list[Period]:
    """The days of care on which a line paid the product."""
    within = list(paid)
    return [
        shared for spell in running for period in within if (shared := spell.intersection(period))
    ]


def days_in(spells: Iterable[Period], within: Period) -> int:
    """Calendar days of a closed period on which at least one spell ran."""
    shared = [one for spell in spells if (one := spell.intersection(within))]
    counted, until = 0, date.min
    for spell in sorted(shared, key=lambda one: one.start):
        end = spell.end or spell.start
        start = max(spell.start, until)
        if end >= start:
            counted += (end - start).days + 1
            until = end + timedelta(days=1)
    return counted


def place_days(care: Care, within: Period) -> int:
    """Days times clients in care: two clients on one day are two."""
    return sum(days_in(spells, within) for spells in care.values())


def most_at_once(care: Care, within: Period) -> int:
    """Clients in care on the busiest day of a closed period."""
    days: Counter[date] = Counter()
    for spells in care.values():
        shared = (spell.intersection(within) for spell in spells)
        days.update({day for one in shared if one for day in one.each_day()})
    return max(days.values(), default=0)
