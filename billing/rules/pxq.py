"""Price times quantity: what declared and approved volumes amount to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

from billing.rules import explain
from billing.rules.explain import Entry, Explanation
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import from_cents, round_cents, to_cents


class Unit(StrEnum):
    """Units of the message standard (code list WJ756) in which volumes are declared."""

    MINUTE = "01"
    HOUR = "04"
    DAY_AND_NIGHT = "14"
    DAY_PART = "16"
    OUTPUT_PIECE = "82"
    EURO = "83"
    EFFORT_PIECE = "84"


class Minutes(StrEnum):
    """How minutes are paid at a price an hour: exactly, or for each part that was begun."""

    EXACT = "exact"
    QUARTER = "quarter"
    HALF = "half"
    HOUR = "hour"


_PART: Final[Mapping[Minutes, int]] = {
    Minutes.EXACT: 1,
    Minutes.QUARTER: 15,
    Minutes.HALF: 30,
    Minutes.HOUR: 60,
}


@dataclass(frozen=True, slots=True)
class Tariff:
    """Euros for one of a unit, as the subcontract says; may carry more than two decimals."""

    unit: Unit
    price: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """An approved line of a declaration.

    `volume` counts whole units (cents where the unit is the euro). `tariff` is the contract's,
    and only the euro has none. `credits` names the line that this one takes back.
    """

    reference: str
    volume: int
    unit: Unit
    tariff: Tariff | None = None
    credits: str = ""


@dataclass(frozen=True, slots=True)
class MonthEntitlement:
    """What the approved lines of a month amount to, in the order of their references."""

    entries: tuple[Entry, ...]

    @property
    def amount(self) -> Decimal:
        return sum((entry.amount for entry in self.entries), from_cents(0))


def declared_hours(minutes: int) -> int:
    """Whole hours to declare for the minutes of one line's whole period.

    Thirty minutes or more count as an hour, and any care at all as one (IV079). No minutes are
    no hours. Raises ValueError for negative minutes.
    """
    if minutes < 0:
        raise ValueError("minutes are negative")
    return max(1, (minutes + 30) // 60) if minutes else 0


def minute_tariff(hour_tariff: Decimal) -> Decimal:
    """The tariff a message shows for minutes of an hourly contract: information only (IV081)."""
    return round_cents(hour_tariff / 60)


def paid_minutes(minutes: int, how: Minutes) -> int:
    """The minutes that a line is paid for at a price an hour. None were begun of no minutes."""
    part = _PART[how]
    return -(-minutes // part) * part


def line_amount(
    volume: int, unit: Unit, tariff: Tariff | None, how: Minutes = Minutes.EXACT
) -> Explanation:
    """Euros for a volume, rounded once.

    An hourly tariff declared in minutes is not rounded to a tariff per minute first (IV081,
    TR346), and pays the minutes as the contract says: `how`. In euros the volume is the amount, in
    cents (CS339).

    Raises RuleError BIL-01 where the tariff is for another unit, or missing, or where there is
    one for euros; ValueError for a negative volume or price.
    """
    if volume < 0 or (tariff is not None and tariff.price < 0):
        raise ValueError("volumes and prices are not negative")
    if unit is Unit.EURO:
        if tariff is not None:
            raise _wrong_unit()
        return Explanation("pxq.euro", (), from_cents(volume))
    if tariff is None:
        raise _wrong_unit()
    inputs = (
        explain.number("volume", volume),
        explain.word("unit", f"unit.{unit.value}"),
        explain.euro("tariff", tariff.price),
    )
    if unit is Unit.MINUTE and tariff.unit is Unit.HOUR:
        return _hour_in_minutes(volume, tariff.price, how)
    if unit is not tariff.unit:
        raise _wrong_unit()
    return Explanation("pxq.unit", inputs, round_cents(tariff.price * volume))


def _hour_in_minutes(minutes: int, price: Decimal, how: Minutes) -> Explanation:
    paid = paid_minutes(minutes, how)
    inputs = [
        explain.number("volume", minutes),
        explain.word("unit", f"unit.{Unit.MINUTE.value}"),
        explain.euro("tariff", price),
    ]
    rule = "pxq.hour_in_minutes"
    if how is not Minutes.EXACT:
        rule = "pxq.begun"
        inputs += [explain.word("part", f"minutes.{how.value}"), explain.number("paid", paid)]
    return Explanation(rule, tuple(inputs), round_cents(price * paid / 60))


def _wrong_unit() -> RuleError:
    return RuleError(
        "BIL-01",
        _("The unit of this line is not the unit of the tariff. Use the unit of the contract."),
    )


def month_entitlement(lines: Sequence[Line]) -> MonthEntitlement:
    """What approved lines amount to together: debits minus credits (TR358).

    Every line is rounded by itself and the total adds rounded amounts, so it equals the total of
    the answered declarations. The order of the lines does not matter.
    """
    ordered = sorted(lines, key=lambda line: line.reference)
    return MonthEntitlement(tuple(_entry(line) for line in ordered))


def _entry(line: Line) -> Entry:
    computed = line_amount(line.volume, line.unit, line.tariff)
    if line.credits:
        inputs = (explain.text("line", line.credits),)
        computed = Explanation("pxq.credit", inputs, from_cents(0) - computed.amount)
    return Entry(line.reference, computed)


def priced(
    volume: int,
    unit: str,
    price: Decimal | None,
    price_unit: str,
    how: Minutes = Minutes.EXACT,
) -> tuple[int | None, int]:
    """Tariff and amount of a line in eurocents, as agreed; `price` is euros a `price_unit`.

    Euros have no tariff: their volume is the amount. Nothing is agreed with an own team.
    """
    if unit == Unit.EURO:
        return None, volume
    if price is None:
        return None, 0
    by_hour = unit == Unit.MINUTE and price_unit == Unit.HOUR
    shown = minute_tariff(price) if by_hour else round_cents(price)
    tariff = Tariff(Unit.HOUR, price) if by_hour else Tariff(Unit(unit), shown)
    return to_cents(shown), to_cents(line_amount(volume, Unit(unit), tariff, how).amount)
