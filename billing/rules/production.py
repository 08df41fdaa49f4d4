"""What a production statement says of a year: rows by product and tariff, and how it differs.

Amounts are euros that were rounded before; they are only added here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Final

from hoofdaannemer.core.money import ZERO


@dataclass(frozen=True, slots=True, order=True)
class Heading:
    """What is added up in one row: a form, and of care by the unit product, unit and tariff."""

    code: str
    form: str
    name: str
    unit: str
    #: Euros a unit, or below zero where there is none, so that headings can be ordered.
    price: Decimal
    #: The price is that of an hour, and minutes are counted.
    is_per_hour: bool = False

    @property
    def tariff(self) -> Decimal | None:
        """Euros a unit."""
        return None if self.price < 0 else self.price


@dataclass(frozen=True, slots=True)
class Row:
    """Units where they are counted, euros, and what of the euros corrects earlier entries."""

    heading: Heading
    number: Decimal | None
    amount: Decimal
    corrected: Decimal


#: The price of a heading without one.
NO_PRICE: Final = Decimal(-1)


def total(rows: Iterable[Row]) -> Decimal:
    """Euros of all rows."""
    return sum((one.amount for one in rows), ZERO)


@dataclass(frozen=True, slots=True)
class Change:
    """A row of two versions that differs; nothing in the one that does not have it."""

    heading: Heading
    before: Decimal
    now: Decimal

    @property
    def difference(self) -> Decimal:
        """Euros more, or less."""
        return self.now - self.before


def changes(before: Sequence[Row], now: Sequence[Row]) -> list[Change]:
    """Rows whose amount differs between two versions, in the order of their headings."""
    was = {one.heading: one.amount for one in before}
    is_now = {one.heading: one.amount for one in now}
    found = (
        Change(one, was.get(one, ZERO), is_now.get(one, ZERO)) for one in sorted({*was, *is_now})
    )
    return [one for one in found if one.difference]


@dataclass(frozen=True, slots=True)
class LineText:
    """The parts of a line that are frozen, as they are written into the digest."""

    key: str
    month: date
    code: str
    unit: str
    volume: Decimal | None
    tariff: Decimal | None
    amount: Decimal


def text_of(line: LineText) -> str:
    """One line as text: `R0000000012;2026-01;45A04;04;3;66.0000;198.00`.

    The database writes the same text when a statement is built (`services.production`).
    """
    parts = (
        line.key,
        line.month.strftime("%Y-%m"),
        line.code,
        line.unit,
        "" if line.volume is None else number_text(line.volume),
        "" if line.tariff is None else f"{line.tariff:.4f}",
        f"{line.amount:.2f}",
    )
    return ";".join(parts)


def number_text(number: Decimal) -> str:
    """A number with as many decimals as it needs: `3`, or `7.5`."""
    whole = number.to_integral_value()
    return f"{whole:f}" if whole == number else f"{number.normalize():f}"


def digest_of(lines: Iterable[LineText]) -> str:
    """SHA-256 in hexadecimals of all lines in the order of their keys, one a line of text."""
    ordered = sorted(lines, key=lambda one: one.key)
    return sha256("\n".join(text_of(one) for one in ordered).encode()).hexdigest()
