"""What is declared to a municipality by the unit: several contributions, one line, and its changes.

A municipality knows one provider. Whatever the number of subcontractors, there is one service line
per allocation, product and month (flows.md section 13).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.rules.pxq import Tariff, Unit, declared_hours, line_amount, minute_tariff
from hoofdaannemer.core.periods import Month, Period

_TIME = {Unit.MINUTE: 1, Unit.HOUR: 60}


@dataclass(frozen=True, slots=True)
class Claim:
    """What one service line says. `volume` counts whole units, cents where the unit is the euro.

    `tariff` is what the message shows, in euros; `amount` is rounded once.
    """

    period: Period
    volume: int
    unit: str
    tariff: Decimal | None
    amount: Decimal

    @property
    def last_day(self) -> date:
        """A product period is closed always: it lies within a month."""
        return self.period.end or self.period.start


@dataclass(frozen=True, slots=True)
class Steps:
    """What must be told so that what stands becomes what is wanted."""

    takes_back: bool
    debit: Claim | None

    def __bool__(self) -> bool:
        return self.takes_back or self.debit is not None


def steps(stands: Claim | None, wanted: Claim | None) -> Steps:
    """A credit of the line that stands and a full new debit; nothing where nothing changed.

    A line is never changed and a credit is never partial (IV091).
    """
    if stands == wanted:
        return Steps(takes_back=False, debit=None)
    return Steps(takes_back=stands is not None, debit=wanted)


def unit_upward(allocated: str, priced: str) -> str | None:
    """The unit of the line: the one allocated, or else the one of the price (TR341).

    Allocated hours may be declared in minutes, and minutes may be paid at an hourly price (IV081).
    None where the allocation and the price cannot go together.
    """
    if not allocated or allocated == priced:
        return priced
    if {allocated, priced} == {Unit.MINUTE, Unit.HOUR}:
        return Unit.MINUTE.value
    return None


def summed(volumes: Mapping[str, int], unit: str) -> int | None:
    """The volumes of all contributions together in the unit of the line, rounded once.

    Minutes and hours add up in minutes, and are rounded to hours only then: thirty minutes or more
    are an hour, and any care at all is one (IV079). None where a contribution is in a unit that
    cannot be added.
    """
    given = {key: volume for key, volume in volumes.items() if volume}
    if unit not in _TIME:
        return None if set(given) - {unit} else given.get(unit, 0)
    if set(given) - set(_TIME):
        return None
    minutes = sum(volume * _TIME[Unit(key)] for key, volume in given.items())
    return declared_hours(minutes) if unit == Unit.HOUR else minutes


def product_period(month: Month, allocated: Period) -> Period | None:
    """The month as far as the allocation goes (TR387, TR388, IV089); None where it does not."""
    return month.period.intersection(allocated)


def claim(period: Period, volume: int, unit: str, price: Tariff | None) -> Claim | None:
    """The line for a summed volume; None where there is nothing to declare.

    `price` is the municipality's, empty for euros. Raises RuleError BIL-01 where it is for a unit
    that the line cannot have.
    """
    if not volume:
        return None
    amount = line_amount(volume, Unit(unit), price).amount
    shown = price.price if price else None
    if price and unit == Unit.MINUTE and price.unit is Unit.HOUR:
        shown = minute_tariff(price.price)
    return Claim(period, volume, unit, shown, amount)
