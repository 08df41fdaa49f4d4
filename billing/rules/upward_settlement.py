"""The year settled with the municipalities: adjustment of the lump sum, and the cap on profit.

    adjustment   lump sum × variable share × how far the real number lies outside the corridor
    revenue      lump sum + adjustment
    result       revenue - costs
    returned     share × what the result is above the cap, which is a part of revenue
    settlement   adjustment - returned; below zero the main contractor pays

Amounts are euros; each line is rounded once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

from billing.rules import explain
from billing.rules.explain import Explanation
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO, round_cents, split

_NONE = Decimal(0)


class Counted(StrEnum):
    """What the lump sum moves with: the base of the adjustment."""

    DECISIONS = "decisions"
    CLIENTS = "clients"
    INHABITANTS = "inhabitants"
    FTE = "fte"
    PLACES = "places"


class SplitBy(StrEnum):
    """How an amount is shared between municipalities."""

    SOLIDARITY = "solidarity"
    OWN_USE = "own_use"
    INHABITANTS = "inhabitants"


@dataclass(frozen=True, kw_only=True, slots=True)
class UpwardTerms:
    """What the contract says of a year; parts are parts of one.

    Within the corridor, a part of the planned number, nothing happens; of what lies outside only
    the part beyond counts. `least` is the correction for small numbers: the corridor is at least
    so many. Without a cap nothing goes back; of what is above it, the part `share_back` does.
    """

    lump_sum: Decimal
    planned: Decimal
    counted: Counted = Counted.DECISIONS
    variable: Decimal = Decimal(1)
    corridor: Decimal = _NONE
    least: Decimal = _NONE
    cap: Decimal | None = None
    share_back: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        numbers = (self.lump_sum, self.planned, self.corridor, self.least, self.cap or _NONE)
        if min(numbers) < 0 or not self.planned:
            raise ValueError("terms are not negative, and something was planned")
        if not (0 <= self.variable <= 1 and 0 <= self.share_back <= 1):
            raise ValueError("a share lies between nothing and the whole")


@dataclass(frozen=True, slots=True)
class UpwardSettlement:
    """The settlement of a year with the calculation of both parts."""

    adjustment: Explanation
    returned: Explanation
    revenue: Decimal
    result: Decimal
    amount: Decimal

    @property
    def result_part(self) -> Decimal:
        """The result as a part of revenue, for reading."""
        return self.result / self.revenue if self.revenue else _NONE


def settle(terms: UpwardTerms, realised: Decimal, costs: Mapping[str, Decimal]) -> UpwardSettlement:
    """The year of a contract; `costs` in euros by what they were for, whose order is no matter.

    Raises ValueError for a realised number or costs below zero.
    """
    if realised < 0 or any(cost < 0 for cost in costs.values()):
        raise ValueError("numbers and costs are not negative")
    adjustment = _adjustment(terms, realised)
    revenue = round_cents(terms.lump_sum) + adjustment.amount
    result = revenue - round_cents(sum(costs.values(), _NONE))
    returned = _returned(terms, revenue, result)
    amount = adjustment.amount - returned.amount
    return UpwardSettlement(adjustment, returned, revenue, result, amount)


def _adjustment(terms: UpwardTerms, realised: Decimal) -> Explanation:
    difference = realised - terms.planned
    corridor = max(terms.corridor * terms.planned, terms.least)
    outside = max(abs(difference) - corridor, _NONE)
    if difference < 0:
        outside = -outside
    amount = round_cents(terms.lump_sum * terms.variable * outside / terms.planned)
    inputs = (
        explain.word("counted", f"counted.{terms.counted.value}"),
        explain.number("planned", terms.planned),
        explain.number("realised", realised),
        explain.number("corridor", corridor),
        explain.number("outside", outside),
        explain.euro("lump_sum", terms.lump_sum),
        explain.share("variable", terms.variable),
    )
    return Explanation("upward.adjustment", inputs, amount)


def _returned(terms: UpwardTerms, revenue: Decimal, result: Decimal) -> Explanation:
    """What goes back to the municipalities, zero or above."""
    found = (explain.euro("revenue", revenue), explain.euro("result", result))
    if terms.cap is None:
        return Explanation("upward.no_cap", found, ZERO)
    most = round_cents(revenue * terms.cap)
    above = max(result - most, ZERO)
    inputs = (
        *found,
        explain.share("cap", terms.cap),
        explain.euro("most", most),
        explain.euro("above", above),
        explain.share("share_back", terms.share_back),
    )
    return Explanation("upward.profit_cap", inputs, round_cents(above * terms.share_back))


def split_over(
    amount: Decimal, by: SplitBy, weights: Mapping[str, Decimal]
) -> Mapping[str, Explanation]:
    """An amount over municipalities, by their codes: fixed shares, each its own use, or by its
    inhabitants.

    The parts add up to the amount to the cent; of a cent that cannot be shared the largest
    remainder decides, then the lowest code. Raises RuleError BIL-81 where there is nothing to share
    by.
    """
    codes = sorted(weights)
    ordered = [weights[code] for code in codes]
    whole = sum(ordered, _NONE)
    if amount and not whole:
        raise RuleError(
            "BIL-81", _("No municipality has a share or use to share by. Fill in the shares.")
        )
    return {
        code: Explanation(
            f"upward.{by.value}",
            (
                explain.number("weight", weight),
                explain.number("whole", whole),
                explain.euro("shared", amount),
            ),
            share,
        )
        for code, weight, share in zip(codes, ordered, split(amount, ordered), strict=True)
    }
