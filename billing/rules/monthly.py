"""Sums that come each month: twelfths of a year, and months in which a line starts or ends."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from billing.rules import explain
from billing.rules.explain import Entry, Explanation, Input
from hoofdaannemer.core.money import round_cents, split
from hoofdaannemer.core.periods import Month, Period

_MONTHS = [Decimal(1)] * 12


def twelfth(year: Decimal, month: Month) -> Decimal:
    """A month's part of a year's sum in whole cents; the twelve add up to it to the cent."""
    return split(year, _MONTHS)[month.month - 1]


def entry(
    rule: str, inputs: tuple[Input, ...], whole: Decimal, month: Month, in_force: Period
) -> Entry | None:
    """What a month is worth of `whole` cents; `None` where the line is not in force in it.

    A month in which the line starts or ends counts by calendar days, rounded once. Explained by
    `rule` with `.month` or `.part_month` behind it.
    """
    if not (shared := in_force.intersection(month.period)):
        return None
    if shared == month.period:
        return Entry(str(month), Explanation(f"{rule}.month", inputs, whole))
    days, of_days = shared.days, month.period.days
    part = (*inputs, explain.number("days", days), explain.number("of_days", of_days))
    amount = round_cents(whole * days / of_days)
    return Entry(str(month), Explanation(f"{rule}.part_month", part, amount))


def of_year(
    rule: str, inputs: tuple[Input, ...], year: Decimal, month: Month, in_force: Period
) -> Entry | None:
    """The same for a sum of a whole year, in cents, of which a month is a twelfth."""
    numbered = (*inputs, explain.number("month", month.month))
    return entry(rule, numbered, twelfth(year, month), month, in_force)


def as_decimal(exact: Fraction) -> Decimal:
    """A fraction as a number: the one division, after which it is rounded once."""
    return Decimal(exact.numerator) / Decimal(exact.denominator)
