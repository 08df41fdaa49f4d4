"""What was allocated to a placement, as far as it falls on days of care: paid undeclared.

A volume a day counts for each day of care, a volume a week for a seventh of it, one a month for
the part of the month, and a total, like a budget, for the part of the whole period. Over the term
it never comes to more than the standard lets be declared (TR322, TR369): a week or month that is
broken off counts whole there, and by its days here, so that placements that follow each other on
one allocation are together paid for it once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from billing.rules import explain
from billing.rules.explain import Entry, Explanation, Input, Kind
from billing.rules.occupancy import days_in
from billing.rules.pxq import Tariff, Unit
from hoofdaannemer.core.money import from_cents, round_exact
from hoofdaannemer.core.periods import Month, Period

_DAY, _WEEK, _MONTH, _TOTAL = "1", "2", "4", "6"
_DAYS_A_WEEK: Final = 7
#: How often an hour's price is in one of a unit of time, by the unit allocated and the price's.
_TIMES: Final = {(Unit.MINUTE, Unit.HOUR): Fraction(1, 60), (Unit.HOUR, Unit.MINUTE): Fraction(60)}


@dataclass(frozen=True, slots=True)
class Allocated:
    """What one placement holds: `volume` whole units a frequency (code list WJ757), in eurocents
    where the unit is the euro; or `budget` in euros for the whole period; or both.
    """

    period: Period
    volume: int | None = None
    unit: str = ""
    frequency: str = ""
    budget: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """The tariff of the contract while it holds."""

    period: Period
    tariff: Tariff


@dataclass(frozen=True, slots=True)
class Care:
    """One placement under a line: what it holds, its days of care, and what the contract pays."""

    allocated: Allocated
    spells: Sequence[Period]
    prices: Sequence[Price]


def month_entry(care: Care, month: Month) -> Entry | None:
    """What a month of a placement is worth; None without a day of care or anything to pay by.

    The price is that of the first day of care in the month, as of a declared line. Where there is
    a budget beside the volume, no more is paid than its part. Rounded once.
    """
    within = care.allocated.period.intersection(month.period)
    days = days_in(care.spells, within) if within else 0
    if within is None or not days:
        return None
    price = _price(care, within)
    found = (_by_volume(care.allocated, price, month, days), _by_budget(care.allocated, days))
    least = min((one for one in found if one), key=lambda one: one.amount, default=None)
    return Entry(str(month), least) if least else None


def _price(care: Care, within: Period) -> Tariff | None:
    shared = (spell.intersection(within) for spell in care.spells)
    first = min(one.start for one in shared if one)
    return next((one.tariff for one in care.prices if one.period.contains(first)), None)


def _by_volume(
    allocated: Allocated, price: Tariff | None, month: Month, days: int
) -> Explanation | None:
    of_days = _of_days(allocated, month)
    if allocated.volume is None or of_days is None:
        return None
    part = Fraction(allocated.volume * days, of_days)
    counted = _counted(allocated.frequency, days, of_days)
    rule = f"allocated.{_RULES[allocated.frequency]}"
    if allocated.unit == Unit.EURO:
        given = explain.euro("given", from_cents(allocated.volume))
        return Explanation(f"{rule}_euros", (given, *counted), round_exact(part / 100, 2))
    worth = _worth(allocated.unit, price)
    if price is None or worth is None:
        return None
    inputs = (
        explain.number("volume", allocated.volume),
        explain.word("unit", f"unit.{allocated.unit}"),
        *counted,
        explain.euro("tariff", price.price),
        explain.word("per", f"per.{price.unit.value}"),
    )
    return Explanation(rule, inputs, round_exact(part * worth, 2))


_RULES: Final = {_DAY: "day", _WEEK: "week", _MONTH: "month", _TOTAL: "total"}


def _of_days(allocated: Allocated, month: Month) -> int | None:
    """The days that the volume is for; None where they are not known, as of a total without end."""
    match allocated.frequency:
        case "1":
            return 1
        case "2":
            return _DAYS_A_WEEK
        case "4":
            return month.period.days
        case "6":
            return _whole(allocated.period)
    return None


def _whole(period: Period) -> int | None:
    return None if period.end is None else period.days


def _counted(frequency: str, days: int, of_days: int) -> Iterable[Input]:
    yield explain.number("days", days)
    if frequency in (_MONTH, _TOTAL):
        yield explain.number("of_days", of_days)


def _worth(unit: str, price: Tariff | None) -> Fraction | None:
    """Euros for one of the unit allocated; None where the price is for something else."""
    if price is None:
        return None
    if unit == price.unit:
        return Fraction(price.price)
    times = _TIMES.get((Unit(unit), price.unit))
    return None if times is None else Fraction(price.price) * times


def units_of(why: Explanation) -> Fraction:
    """The units that an amount is for, as exactly as they were paid; none of a budget.

    In eurocents where the unit is the euro.
    """
    known = {one.name: Fraction(one.value) for one in why.inputs if one.kind in _NUMBERS}
    if "volume" not in known and why.rule == "allocated.total_euros":
        return Fraction(0)
    of_days = known.get("of_days", Fraction(7 if "week" in why.rule else 1))
    volume = known["volume"] if "volume" in known else known["given"] * 100
    return volume * known["days"] / of_days


_NUMBERS: Final = (Kind.NUMBER, Kind.EURO)


def _by_budget(allocated: Allocated, days: int) -> Explanation | None:
    of_days = _whole(allocated.period)
    if allocated.budget is None or of_days is None:
        return None
    inputs = (
        explain.euro("given", allocated.budget),
        explain.number("days", days),
        explain.number("of_days", of_days),
    )
    amount = round_exact(Fraction(allocated.budget) * days / of_days, 2)
    return Explanation("allocated.total_euros", inputs, amount)
