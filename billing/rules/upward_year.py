"""A year of a municipal contract from frozen figures: corridor, cap, and over the municipalities.

The method itself is `upward_settlement`. Amounts are euros, parts are parts of one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.rules.explain import Explanation
from billing.rules.upward_settlement import (
    Counted,
    SplitBy,
    UpwardSettlement,
    UpwardTerms,
    settle,
    split_over,
)
from hoofdaannemer.core.money import ZERO


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreed:
    """What a person fills in: how it is settled, and costs that no system knows, by source."""

    counted: Counted
    least: Decimal
    cap: Decimal | None
    share_back: Decimal
    split_by: SplitBy
    own_cost: Decimal
    own_source: str
    coordination: Decimal
    coordination_source: str


@dataclass(frozen=True, slots=True)
class Decision:
    """An allocation that was decided for the first time in the year; `client` by its key."""

    allocation: int
    number: int
    municipality: str
    product: str
    day: date
    client: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What a subcontract came to in the months of the year under one form.

    `subcontract` is 0 for a party that invoices without one.
    """

    subcontract: int
    name: str
    form: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """A municipality by its code, with its percentage of the contract."""

    code: str
    name: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that was read from the database, at one moment.

    `planned` decisions, and the parts of one that vary and lie within the `corridor`, are the
    contract's; without a planned number nothing varies.
    """

    lump_sum: Decimal
    planned: Decimal | None
    variable: Decimal
    corridor: Decimal
    decisions: tuple[Decision, ...]
    costs: tuple[Cost, ...]
    shares: tuple[Share, ...]

    def realised(self, counted: Counted) -> Decimal:
        """How many there really were. Raises ValueError for what is not counted from decisions."""
        if counted is Counted.DECISIONS:
            return Decimal(len(self.decisions))
        if counted is Counted.CLIENTS:
            return Decimal(len({one.client for one in self.decisions}))
        raise ValueError(f"{counted} is not counted here")

    @property
    def subcontracted(self) -> Decimal:
        """What all subcontractors together came to."""
        return sum((one.amount for one in self.costs), ZERO)


def settled(agreed: Agreed, figures: Figures) -> UpwardSettlement:
    """The year. Raises ValueError where subcontractors together came to less than nothing."""
    varies = figures.planned is not None
    terms = UpwardTerms(
        lump_sum=figures.lump_sum,
        planned=figures.planned or Decimal(1),
        counted=agreed.counted,
        variable=figures.variable if varies else Decimal(0),
        corridor=figures.corridor,
        least=agreed.least,
        cap=agreed.cap,
        share_back=agreed.share_back,
    )
    costs = {
        "own": agreed.own_cost,
        "subcontractors": figures.subcontracted,
        "coordination": agreed.coordination,
    }
    return settle(terms, figures.realised(agreed.counted), costs)


def over_municipalities(
    agreed: Agreed, figures: Figures, amount: Decimal
) -> Mapping[str, Explanation]:
    """An amount by code of the municipality. Raises RuleError BIL-81."""
    used = Counter(one.municipality for one in figures.decisions)
    weights = {
        one.code: one.percent if agreed.split_by is SplitBy.SOLIDARITY else Decimal(used[one.code])
        for one in figures.shares
    }
    return split_over(amount, agreed.split_by, weights)
