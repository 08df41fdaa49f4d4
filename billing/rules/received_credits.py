"""What is wrong with a line that takes back what was invoiced, in full or in part: on values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from billing.rules.received import DIVISIBLE, Found, Rule, days_of, line_amount
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Debit:
    """An accepted line that may be taken back, with what earlier credits left of it."""

    key: int
    period: Period
    unit: str
    price: Decimal
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """A line that takes back; `of` is None where what it means is no accepted line that stands."""

    key: int
    period: Period
    quantity: Decimal
    price: Decimal
    amount: Decimal
    vat: Decimal = ZERO
    of: Debit | None = None


def taken_quantity(amount: Decimal, quantity: Decimal, price: Decimal, of: Debit) -> Decimal:
    """Units that a credit takes back of what is left.

    All with the last of the amount; else those at the price of the line. At another price it takes
    back a part of the price, and no unit.
    """
    if amount == of.amount:
        return of.quantity
    return quantity if price == of.price else Decimal(0)


def judge_credits(lines: Sequence[Credit]) -> dict[int, list[Found]]:
    """The findings of each: a credit takes back of one accepted line what is left, or a part.

    Lines are judged in their order, each against what those before it left.
    """
    left: dict[int, Debit] = {}
    found: dict[int, list[Found]] = {}
    for line in lines:
        of = line.of and left.get(line.of.key, line.of)
        of_line = list(_of_credit(line, of))
        if of and not of_line:
            taken = taken_quantity(line.amount, line.quantity, line.price, of)
            left[of.key] = replace(of, amount=of.amount - line.amount, quantity=of.quantity - taken)
        found[line.key] = sorted(of_line, key=lambda one: one.rule)
    return found


def _of_credit(line: Credit, of: Debit | None) -> Iterator[Found]:
    if of is None or line.vat or not of.amount or not line.amount:
        yield Found(Rule.CREDIT, {"amount": str(line.amount)})
        return
    if line.amount > of.amount:
        yield Found(Rule.MORE, {"amount": str(line.amount), "left": str(of.amount)})
    if line.amount >= of.amount:
        return
    quantity = taken_quantity(line.amount, line.quantity, line.price, of)
    if quantity > of.quantity:
        yield Found(Rule.MORE_UNITS, {"quantity": str(quantity), "left": str(of.quantity)})
    if of.unit not in DIVISIBLE and quantity != quantity.to_integral_value():
        yield Found(Rule.UNITS, {"quantity": str(quantity)})
    wanted = line_amount(line.quantity, line.price)
    if wanted != line.amount:
        yield Found(Rule.SUM, {"wanted": str(wanted), "amount": str(line.amount)})
    last = line.period.end or line.period.start
    if not (of.period.contains(line.period.start) and of.period.contains(last)):
        yield Found(Rule.OTHER_DAYS, days_of(of.period))
