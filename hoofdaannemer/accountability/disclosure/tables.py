"""What disclosure control works on: tables with totals, before and after protection.

Figures are linked by what they count, not by the table they stand in: a cell is known by its
measure and its category per dimension, totals left out, so that the same figure in two tables or
two releases is one cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from hoofdaannemer.accountability.disclosure.policy import Policy

TOTAL = "*"
"""The category that stands for all categories of a dimension together."""


CellKey = frozenset[tuple[str, str]]
"""(dimension, category) pairs of one cell; a dimension that is not named is totalled over."""


class Kind(StrEnum):
    """How figures of a measure relate to each other."""

    COUNT = "count"  # of people: whole, never negative, small ones are sensitive
    AMOUNT = "amount"  # euros, hours, days: adds up, and leads back to a count by a known tariff
    STATISTIC = "statistic"  # median, average, rate: does not add up


class Reason(StrEnum):
    """Why a cell is hidden. For the reviewer only: a reader who knew it would know more than the
    table says.
    """

    SMALL = "small"  # a count from 1 to the minimum
    GROUP = "group"  # one category holds everybody
    DOMINANCE = "dominance"  # one or two contributors make up nearly all of an amount
    BASIS = "basis"  # the count it rests on is hidden
    COMPLEMENT = "complement"  # would give a hidden cell away by subtraction


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way in which a table is divided, with an optional tree of subtotals.

    `parents` pairs a category with the subtotal it belongs to; without one it belongs to the total.
    `reveals` says that the category is news about a person (a product, an outcome) rather than
    known beforehand (a month).
    """

    name: str
    categories: tuple[str, ...]
    parents: tuple[tuple[str, str], ...] = ()
    reveals: bool = True

    def families(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each total or subtotal with the categories that make it up."""
        parent_of = dict(self.parents)
        for parent in (TOTAL, *self.categories):
            children = tuple(c for c in self.categories if parent_of.get(c, TOTAL) == parent)
            if children:
                yield parent, children


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted.

    `basis` names the measures without which this one may not be shown: the count of clients of an
    amount; of a rate the numerator and what is left of the whole; of an average also the amount
    that it leads back to. `additive_over` names the dimensions over which parts add up to the total
    (None: all); over another one a total is only known to lie between its largest part and the sum,
    as with distinct clients.
    """

    code: str
    kind: Kind
    basis: tuple[str, ...] = ()
    additive_over: frozenset[str] | None = None
    rounding: Decimal | None = None
    nonnegative: bool = True

    def adds_up_over(self, dimension: str) -> bool:
        return self.additive_over is None or dimension in self.additive_over


@dataclass(frozen=True, slots=True)
class Contributors:
    """The amounts of those who make up a cell, per kind of contributor ("client",
    "subcontractor").

    Where there are many, `amounts` may be the largest of them only, at least as many as dominance
    looks at, and `rest` what the others have together, signs left out.
    """

    kind: str
    amounts: tuple[Decimal, ...]
    rest: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Cell:
    """An exact figure. `keys` has a category or TOTAL per dimension of its table; None: there is no
    figure.
    """

    keys: tuple[str, ...]
    measure: str
    value: Decimal | None
    contributors: tuple[Contributors, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Exact figures. `fixed` says what all cells have in common: (("municipality", "0405"),
    ("period", "2026-Q1")).
    """

    code: str
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    cells: tuple[Cell, ...]
    fixed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ProtectedCell:
    """A figure as it may be shown.

    `exact`, `reason` and `need` (how wide the interval of a hidden cell must stay, in the unit of
    the measure) are for review and for the check of later releases; they never leave with the
    release.
    """

    keys: tuple[str, ...]
    measure: str
    value: Decimal | None
    suppressed: bool
    exact: Decimal | None
    reason: Reason | None = None
    need: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class ProtectedTable:
    """A table as it may be shown, with what later releases need to be checked against it."""

    code: str
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    cells: tuple[ProtectedCell, ...]
    fixed: tuple[tuple[str, str], ...]
    policy: Policy

    def published(self) -> list[dict[str, object]]:
        """The cells and nothing else, as `build_report` prints them: keys per dimension, value or
        null.
        """
        names = [dimension.name for dimension in self.dimensions]
        return [
            {
                "keys": dict(zip(names, cell.keys, strict=True)),
                "measure": cell.measure,
                "value": None if cell.value is None else str(cell.value),
                "suppressed": cell.suppressed,
            }
            for cell in self.cells
        ]


@dataclass(frozen=True, slots=True)
class ReleasedTable:
    """A table that readers have. `release` names the release, for messages."""

    release: str
    table: ProtectedTable


def cell_key(table: Table | ProtectedTable, keys: tuple[str, ...]) -> CellKey:
    """By what a cell is known in all tables and releases."""
    named = zip((d.name for d in table.dimensions), keys, strict=True)
    return frozenset((*table.fixed, *((name, key) for name, key in named if key != TOTAL)))
