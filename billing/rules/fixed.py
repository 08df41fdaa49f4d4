"""Amounts that do not depend on what is delivered: what a month of each of these forms is worth.

Every function gives `None` for a month in which the line is not in force. Amounts are euros.
"""

from __future__ import annotations

from decimal import Decimal

from billing.rules import explain, monthly
from billing.rules.explain import Entry, Explanation
from hoofdaannemer.core.money import round_cents, split
from hoofdaannemer.core.periods import Month, Period


def lump_sum(amount: Decimal, month: Month, in_force: Period) -> Entry | None:
    """A twelfth of a fixed amount a year."""
    inputs = (explain.euro("year", amount),)
    return monthly.of_year("lump_sum", inputs, round_cents(amount), month, in_force)


def function(users: Decimal, price: Decimal, month: Month, in_force: Period) -> Entry | None:
    """A twelfth of the users who are expected in a year, times the price of one."""
    inputs = (explain.number("users", users), explain.euro("price", price))
    return monthly.of_year("function", inputs, round_cents(users * price), month, in_force)


def population(heads: Decimal, price: Decimal, month: Month, in_force: Period) -> Entry | None:
    """A twelfth of a number of people times the amount a head."""
    inputs = (explain.number("heads", heads), explain.euro("price", price))
    return monthly.of_year("population", inputs, round_cents(heads * price), month, in_force)


def availability(amount: Decimal, month: Month, in_force: Period) -> Entry | None:
    """A fixed amount a month, whether or not anything was asked for."""
    return monthly.entry("availability", (), round_cents(amount), month, in_force)


def instalment(total: Decimal, instalments: int, whole: Period, month: Month) -> Entry | None:
    """What falls in a month of a total that is paid in instalments, spread over a closed period.

    The instalments add up to the total to the cent; the first falls in the first month, and where
    there are more of them than months a month has several.
    """
    months = list(whole.months())
    if month not in months:
        return None
    shares = split(round_cents(total), [Decimal(1)] * instalments)
    place = months.index(month)
    due = [number for number in range(instalments) if number * len(months) // instalments == place]
    if not due:
        return None
    inputs = (
        explain.euro("total", total),
        explain.number("first", due[0] + 1),
        explain.number("last", due[-1] + 1),
        explain.number("instalments", instalments),
    )
    rule = "subsidy.instalment" if len(due) == 1 else "subsidy.instalments"
    amount = sum((shares[number] for number in due), Decimal(0))
    return Entry(str(month), Explanation(rule, inputs, amount))


def one_off(amount: Decimal, month: Month, in_force: Period) -> Entry | None:
    """The whole amount, in the month in which the line begins."""
    if Month.of(in_force.start) != month:
        return None
    return Entry(str(month), Explanation("one_off.paid", (), round_cents(amount)))


def advance(production: Decimal, part: Decimal, month: Month, in_force: Period) -> Entry | None:
    """A twelfth of the part (of one) of the expected production that is paid in advance."""
    inputs = (explain.euro("production", production), explain.share("part", part))
    return monthly.of_year(
        "advance_pool", inputs, yearly_advance(production, part), month, in_force
    )


def yearly_advance(production: Decimal, part: Decimal) -> Decimal:
    """What is paid in advance in a whole year, rounded once."""
    return round_cents(production * part)
