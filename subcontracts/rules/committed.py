"""What running care will still cost: this year as far as it was not declared, or year by year.

An estimate for the ceiling (contract standard art. 1.5), not a claim: allocated volume for the
days to come, at the tariff of today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from hoofdaannemer.core.money import ZERO, round_cents, split
from hoofdaannemer.core.periods import Period

#: Days over which a volume is allocated, by frequency (code list WJ757).
DAYS: Final = {"1": Decimal(1), "2": Decimal(7), "4": Decimal("30.4375")}
_IN_ALL: Final = "6"


@dataclass(frozen=True)
class Running:
    """A placement as far as its cost to come goes. `ahead` (closed) is what is left of the year.

    `declared_units` and `declared` (euros) are what was approved for it so far.
    """

    ahead: Period | None
    tariff: Decimal
    volume: int | None = None
    frequency: str = ""
    budget: Decimal | None = None
    declared_units: int = 0
    declared: Decimal = ZERO
    #: The days of the placement, where what was allocated is paid by days of care.
    paid_over: Period | None = None


def committed(care: Running) -> Decimal:
    """Euros that the care will still cost this year, never below zero; rounded once."""
    if care.ahead is None:
        return ZERO
    if care.paid_over is not None and (care.budget is not None or care.frequency == _IN_ALL):
        return _by_days(care, care.ahead, care.paid_over)
    if care.budget is not None:
        return max(care.budget - care.declared, ZERO)
    if care.volume is None:
        return ZERO
    if care.frequency == _IN_ALL:
        return round_cents(max(care.volume - care.declared_units, 0) * care.tariff)
    days = DAYS.get(care.frequency)
    return round_cents(care.ahead.days / days * care.volume * care.tariff) if days else ZERO


def _by_days(care: Running, ahead: Period, whole: Period) -> Decimal:
    """What is for the whole time of the placement, as far as its days are still to come."""
    if whole.end is None:
        return ZERO
    total = care.budget if care.budget is not None else (care.volume or 0) * care.tariff
    return round_cents(total * ahead.days / whole.days)


@dataclass(frozen=True)
class Placed:
    """A placement as far as its cost goes: `price` in euros a unit of its volume, from a day on."""

    period: Period
    prices: Sequence[tuple[Period, Decimal]]
    volume: int | None = None
    frequency: str = ""
    budget: Decimal | None = None


def by_year(care: Placed, years: Period) -> dict[int, Decimal]:
    """Euros that a placement costs in each calendar year of a closed period, if all is delivered.

    A volume a frequency: its days at the price of the first of them with a price. A total or a
    budget is shared over the years by days, to the cent; without a last day all of it is of the
    first year. Years without a cent are left out. Rounded once a year.
    """
    parts = dict(_years(care.period, years))
    if not parts:
        return {}
    if care.budget is not None or care.frequency == _IN_ALL:
        return _shared(care, parts)
    days = DAYS.get(care.frequency)
    if care.volume is None or days is None:
        return {}
    found = {
        year: round_cents(part.days / days * care.volume * price)
        for year, part in parts.items()
        if (price := _price(care, part))
    }
    return {year: amount for year, amount in found.items() if amount}


def _years(period: Period, years: Period) -> Iterator[tuple[int, Period]]:
    within = period.intersection(years)
    if within is None or within.end is None:
        return
    for year in range(within.start.year, within.end.year + 1):
        part = within.intersection(Period(date(year, 1, 1), date(year, 12, 31)))
        if part is not None:
            yield year, part


def _shared(care: Placed, parts: Mapping[int, Period]) -> dict[int, Decimal]:
    total = care.budget
    if total is None:
        price = _price(care, next(iter(parts.values())))
        total = round_cents((care.volume or 0) * price) if price else ZERO
    if not total:
        return {}
    if care.period.end is None:
        return {next(iter(parts)): total}
    shares = split(total, [Decimal(_days(care.period, year)) for year in _all_years(care.period)])
    of_years = dict(zip(_all_years(care.period), shares, strict=True))
    return {year: of_years[year] for year in parts if of_years[year]}


def _all_years(period: Period) -> range:
    return range(period.start.year, (period.end or period.start).year + 1)


def _days(period: Period, year: int) -> int:
    part = period.intersection(Period(date(year, 1, 1), date(year, 12, 31)))
    return part.days if part else 0


def _price(care: Placed, part: Period) -> Decimal | None:
    """The price on the first day of the part on which there is one."""
    held = [
        (max(period.start, part.start), price)
        for period, price in care.prices
        if period.intersection(part) is not None
    ]
    return min(held)[1] if held else None
