"""The budget of a year: what was agreed, with everything that changed it, as a table that adds up.

Pure: amounts are euros in whole cents; only a budget that is formed of a number is rounded, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hoofdaannemer.core.money import ZERO, round_cents


@dataclass(frozen=True)
class Adjustment:
    """One amount on top of the budget, or off it (below zero)."""

    day: date
    kind: str
    amount: Decimal
    note: str = ""


@dataclass(frozen=True)
class Line:
    """A row of the table: what changed it, and the budget from then on."""

    adjustment: Adjustment
    after: Decimal


@dataclass(frozen=True)
class YearBudget:
    """A year's budget from its base to its total."""

    base: Decimal
    lines: Sequence[Line]

    @property
    def adjusted(self) -> Decimal:
        """What all adjusters change together."""
        return sum((line.adjustment.amount for line in self.lines), ZERO)

    @property
    def total(self) -> Decimal:
        """Base and adjusters together: the budget of the last row."""
        return self.lines[-1].after if self.lines else self.base


def year_budget(base: Decimal, adjustments: Iterable[Adjustment]) -> YearBudget:
    """The table of a year; the adjusters in the order in which they took effect."""
    lines: list[Line] = []
    after = base
    for one in sorted(adjustments, key=lambda one: one.day):
        after += one.amount
        lines.append(Line(one, after))
    return YearBudget(base, lines)


def formed(number: Decimal, price: Decimal) -> Decimal:
    """A budget that is a number (FTE, places, inhabitants) times euros a year each, in cents."""
    return round_cents(number * price)
