"""What a monthly statement takes off for recovery plans: never more than it has to give.

    balance = what the statement comes to + what plans put aside
    a plan takes the least of its monthly part, what is left of it, and the balance less what it
    leaves to pay

All amounts are whole cents, so nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from billing.rules import explain
from billing.rules.explain import Explanation
from hoofdaannemer.core.money import ZERO


class Part(StrEnum):
    """What a line of a statement does for a plan; the values of `StatementLine.Kind`."""

    DEFERRAL = "deferral"  # what is owed is put aside, to be paid back in parts
    SET_OFF = "set_off"
    REST = "rest"  # the plan was ended: what is left is owed at once


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as it stands before a statement, in euros.

    `aside` is what this statement puts aside for it, `may_take` whether its time has come,
    `has_ended` whether it was ended before it was paid back. A debt that stands on no statement is
    put aside by none.
    """

    key: int
    total: Decimal
    taken: Decimal
    monthly: Decimal
    leaves: Decimal
    aside: Decimal = ZERO
    may_take: bool = True
    has_ended: bool = False

    @property
    def left(self) -> Decimal:
        return self.total - self.taken


@dataclass(frozen=True, slots=True)
class Taken:
    """One line: the plan, what it does, and how; `why.amount` is what it does to the balance."""

    key: int
    part: Part
    why: Explanation

    @property
    def amount(self) -> Decimal:
        """Above zero."""
        return abs(self.why.amount)


def taken(plans: Iterable[Plan], balance: Decimal) -> list[Taken]:
    """The lines of these plans, in their order, on a statement that comes to `balance` euros."""
    ordered = list(plans)
    lines = [_aside(one) for one in ordered if one.aside]
    balance += sum((one.aside for one in ordered), ZERO)
    for one in ordered:
        if one.has_ended:
            amount = one.left
        elif one.may_take:
            amount = min(one.monthly, one.left, max(balance - one.leaves, ZERO))
        else:
            continue
        if amount:
            lines.append(_taken(one, amount))
            balance -= amount
    return lines


def _aside(plan: Plan) -> Taken:
    inputs = (explain.euro("monthly", plan.monthly),)
    return Taken(plan.key, Part.DEFERRAL, Explanation("recovery.deferral", inputs, plan.aside))


def _taken(plan: Plan, amount: Decimal) -> Taken:
    part = Part.REST if plan.has_ended else Part.SET_OFF
    inputs = (
        explain.euro("total", plan.total),
        explain.euro("before", plan.taken),
        explain.euro("left", plan.left - amount),
    )
    return Taken(plan.key, part, Explanation(f"recovery.{part.value}", inputs, -amount))


def monthly_of(total: Decimal, months: int) -> Decimal:
    """The equal part that pays a total back in so many months; the last one may be less.

    Raises ValueError below one month.
    """
    if months < 1:
        raise ValueError("a plan takes a month at the least")
    cents = int(total * 100)
    return Decimal(-(-cents // months)).scaleb(-2)
