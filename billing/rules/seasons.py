"""The season of a product: which part of a year's care falls in each of its months.

Read from whole years that lie behind. A month of such a year is set against the average month of
the same year, and the years are averaged: 0.6 in August says that an August comes to 0.6 of an
average month. Growth within a year is not told apart from a season, which two years or more dampen.
Where there is no whole year nothing is said, and the plain average of the last months stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month

#: Years back at most: what was further back was other care.
MOST_YEARS: Final = 3


@dataclass(frozen=True)
class Season:
    """Twelve parts of an average month, January first, and from how many years."""

    parts: tuple[Decimal, ...]
    years: int

    def beside(self, month: Month, measured: Iterable[Month]) -> Decimal | None:
        """How a month compares with the months in which was measured.

        None where those have no care in any year, so that nothing can be compared with them.
        """
        known = [self.parts[one.month - 1] for one in measured]
        average = sum(known, ZERO) / len(known) if known else ZERO
        return self.parts[month.month - 1] / average if average > 0 else None


def season(by_month: Mapping[Month, Decimal], year: int) -> Season | None:
    """The season of a product from its euros by month before a year; None without a whole year.

    A year is whole where care was given in its January or before, and in its December or after. A
    month in which more was credited than declared counts as nothing.
    """
    given = {month: amount for month, amount in by_month.items() if amount > 0}
    if not given:
        return None
    first, last = min(given), max(given)
    years = [
        one
        for one in range(year - MOST_YEARS, year)
        if first <= Month(one, 1) and last >= Month(one, 12)
    ]
    found = [parts for one in years if (parts := _parts(given, one))]
    if not found:
        return None
    averages = (sum(month, ZERO) / len(found) for month in zip(*found, strict=True))
    return Season(tuple(averages), len(found))


def _parts(given: Mapping[Month, Decimal], year: int) -> list[Decimal]:
    """The months of a year against its average one; empty for a year without care."""
    months = [given.get(Month(year, number), ZERO) for number in range(1, 13)]
    average = sum(months, ZERO) / 12
    return [amount / average for amount in months] if average else []
