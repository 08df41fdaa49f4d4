"""A year of a municipal contract from frozen figures: corridor, cap, and over the municipalities.

The method itself is `upward_settlement`. Amounts are euros, parts are parts of one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from billing.rules.explain import Explanation
from billing.rules.upward_settlement import (
    Counted,
    SplitBy,
    UpwardSettlement,
    UpwardTerms,
    settle,
    split_over,
)
from hoofdaannemer.core.errors import RuleError
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
    #: Inhabitants by code of the municipality, where the year is divided by them.
    inhabitants: tuple[tuple[str, int], ...] = ()
    #: How many FTE, places or inhabitants there really were, where the budget is formed of them.
    realised: Decimal | None = None
    realised_source: str = ""


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
    contract's; without a planned number nothing varies. Where the budget is formed of a number,
    `planned` is that number and `formed_of` says of what; where all is paid by the unit, `by_unit`
    is what was declared of the year and stands.
    """

    lump_sum: Decimal
    planned: Decimal | None
    variable: Decimal
    corridor: Decimal
    decisions: tuple[Decision, ...]
    costs: tuple[Cost, ...]
    shares: tuple[Share, ...]
    formed_of: Counted | None = None
    by_unit: Decimal = ZERO

    @property
    def sum_of_year(self) -> Decimal:
        """What municipalities pay over the year before anything is settled."""
        return self.lump_sum + self.by_unit

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
    """The year.

    Raises ValueError where subcontractors together came to less than nothing, RuleError BIL-125
    where it is not known how many of what the budget is formed of there really were.
    """
    varies = figures.planned is not None
    terms = UpwardTerms(
        lump_sum=figures.sum_of_year,
        planned=figures.planned or Decimal(1),
        counted=figures.formed_of or agreed.counted,
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
    return settle(terms, _realised(agreed, figures), costs)


def _realised(agreed: Agreed, figures: Figures) -> Decimal:
    if figures.formed_of is None:
        return figures.realised(agreed.counted)
    if agreed.realised is None or not agreed.realised_source:
        raise RuleError(
            "BIL-125",
            _(
                "Fill in how many there really were of what the budget is formed of, with"
                " the source."
            ),
        )
    return agreed.realised


def over_municipalities(
    agreed: Agreed, figures: Figures, amount: Decimal
) -> Mapping[str, Explanation]:
    """An amount by code of the municipality.

    Raises RuleError BIL-81 where nothing is known to divide it by, CON-244 where the inhabitants of
    one are not.
    """
    return split_over(amount, agreed.split_by, _weights(agreed, figures))


def _weights(agreed: Agreed, figures: Figures) -> dict[str, Decimal]:
    codes = [one.code for one in figures.shares]
    if agreed.split_by is SplitBy.SOLIDARITY:
        return {one.code: one.percent for one in figures.shares}
    if agreed.split_by is SplitBy.OWN_USE:
        used = Counter(one.municipality for one in figures.decisions)
        return {code: Decimal(used[code]) for code in codes}
    live = dict(agreed.inhabitants)
    if live.keys() != set(codes):
        text = _("Fill in the inhabitants of each municipality, and of no other: %(codes)s.")
        raise RuleError("CON-244", text % {"codes": ", ".join(codes)})
    return {code: Decimal(live[code]) for code in codes}


#: What the contract calls its key, as a way of dividing. Without solidarity each bears its own use.
BY_KEY: Final = {
    "pro_rata_share": SplitBy.SOLIDARITY,
    "own_use": SplitBy.OWN_USE,
    "none": SplitBy.OWN_USE,
    "inhabitants": SplitBy.INHABITANTS,
}
