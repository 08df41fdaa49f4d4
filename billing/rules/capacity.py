"""Places at a price each: what a month is worth, and the year settled as price times quantity.

A place that is occupied on a day is a place-day. The price is for a day, a month or a year of one
place; a month has as many parts as days, a year twelve months.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from billing.rules import explain, monthly
from billing.rules.explain import Entry, Explanation
from hoofdaannemer.core.money import ZERO, round_cents
from hoofdaannemer.core.periods import Month, Period


class Per(StrEnum):
    """What the price of a place is for."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Settled(StrEnum):
    """Whether, and when, what was occupied decides."""

    NEVER = "never"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class CapacityTerms:
    """What the contract says; `price` in euros for one place, `guarantee` as a part of the places.

    Where occupancy settles, no less than the guarantee is counted, and no more than the places
    unless `pays_over`.
    """

    places: Decimal
    price: Decimal
    per: Per
    settled: Settled = Settled.NEVER
    guarantee: Decimal = Decimal(0)
    pays_over: bool = False

    def __post_init__(self) -> None:
        if min(self.places, self.price, self.guarantee) < 0 or self.guarantee > 1:
            raise ValueError("terms are not negative, and a guarantee is a part")


@dataclass(frozen=True, slots=True)
class OccupiedMonth:
    """A month in which the line was in force: place-days occupied, and euros paid for it."""

    month: Month
    shared: Period
    occupied: int
    paid: Decimal


def month_amount(
    terms: CapacityTerms, month: Month, in_force: Period, occupied: int = 0
) -> Entry | None:
    """What a month is worth; `None` where the line is not in force in it.

    `occupied` (place-days in the month while the line is in force) counts where each month is
    settled by it; otherwise the places are paid.
    """
    if terms.settled is Settled.MONTH:
        return _by_occupancy(terms, month, in_force, occupied)
    inputs = (explain.number("places", terms.places), explain.euro("price", terms.price))
    if terms.per is Per.YEAR:
        year = round_cents(terms.places * terms.price)
        return monthly.of_year("capacity.year", inputs, year, month, in_force)
    if terms.per is Per.MONTH:
        whole = round_cents(terms.places * terms.price)
        return monthly.entry("capacity.of", inputs, whole, month, in_force)
    if not (shared := in_force.intersection(month.period)):
        return None
    why = Explanation(
        "capacity.days",
        (*inputs, explain.number("days", shared.days)),
        round_cents(terms.places * terms.price * shared.days),
    )
    return Entry(str(month), why)


def _by_occupancy(
    terms: CapacityTerms, month: Month, in_force: Period, occupied: int
) -> Entry | None:
    if not (shared := in_force.intersection(month.period)):
        return None
    available = Fraction(terms.places) * shared.days
    counted = _counted(terms, Fraction(occupied), available)
    amount = counted * Fraction(terms.price) * _units_of_a_day(terms.per, month)
    inputs = (
        explain.number("occupied", occupied),
        explain.number("available", monthly.as_decimal(available)),
        explain.number("counted", monthly.as_decimal(counted)),
        explain.euro("price", terms.price),
        explain.number("of_days", month.period.days),
    )
    rule = f"capacity.occupied_{terms.per.value}"
    return Entry(str(month), Explanation(rule, inputs, round_cents(monthly.as_decimal(amount))))


def _counted(terms: CapacityTerms, occupied: Fraction, available: Fraction) -> Fraction:
    """Of what was occupied: at least the guarantee, at most what was agreed."""
    counted = max(occupied, available * Fraction(terms.guarantee))
    return counted if terms.pays_over else min(counted, available)


def _units_of_a_day(per: Per, month: Month) -> Fraction:
    """Which part of the unit of the price one day in a month is."""
    if per is Per.DAY:
        return Fraction(1)
    of_month = Fraction(1, month.period.days)
    return of_month if per is Per.MONTH else of_month / 12


def settle(terms: CapacityTerms, months: Sequence[OccupiedMonth]) -> Explanation:
    """The months of a year as price times quantity, less what was paid; the order is no matter.

    Quantity is counted in the unit of the price, over all months together, so that a full month
    makes good an empty one. Below zero the subcontractor pays back. Rounded once.
    """
    units = {one.month: _units_of_a_day(terms.per, one.month) for one in months}
    occupied = sum((one.occupied * units[one.month] for one in months), Fraction(0))
    days = sum((one.shared.days * units[one.month] for one in months), Fraction(0))
    available = Fraction(terms.places) * days
    counted = _counted(terms, occupied, available)
    earned = round_cents(monthly.as_decimal(counted * Fraction(terms.price)))
    paid = sum((one.paid for one in months), ZERO)
    inputs = (
        explain.number("occupied", monthly.as_decimal(occupied)),
        explain.number("available", monthly.as_decimal(available)),
        explain.number("counted", monthly.as_decimal(counted)),
        explain.euro("price", terms.price),
        explain.euro("earned", earned),
        explain.euro("paid", paid),
    )
    return Explanation(f"capacity.settled_{terms.per.value}", inputs, earned - paid)
