"""Tariffs as a file, CSV or a spreadsheet: read cell by cell, without the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.forms import read_number
from hoofdaannemer.core.periods import Period
from subcontracts.rules.csvfiles import Fault, day_of
from subcontracts.rules.tablefile import filled_rows

COLUMNS: Final = ("productcategorie", "productcode", "tarief", "begindatum", "einddatum")
_NEEDED: Final = ("productcategorie", "productcode", "tarief", "begindatum")
_DECIMALS: Final = 4


@dataclass(frozen=True)
class TariffRow:
    """One tariff: euros a unit, for a product by category and code."""

    category: str
    code: str
    amount: Decimal
    period: Period


@dataclass(frozen=True)
class Line:
    """A row of the file: its number as a spreadsheet counts, its cells, and what it says."""

    number: int
    cells: Mapping[str, str]
    said: TariffRow | None
    #: Everything that is wrong with it, cell by cell.
    faults: Sequence[Fault]


def lines(raw: bytes) -> list[Line]:
    """The rows of a file that say something. Raises as `tablefile.filled_rows`."""
    return [_line(number, cells) for number, cells in filled_rows(raw, COLUMNS, _NEEDED)]


def _line(number: int, cells: Mapping[str, str]) -> Line:
    amount = read_number(cells.get("tarief", ""))
    start, last = day_of(cells.get("begindatum", "")), cells.get("einddatum", "")
    end = day_of(last)
    faults = list(_faults(cells, amount, start, end))
    if faults or amount is None or start is None:
        return Line(number, cells, None, faults)
    category, code = cells.get("productcategorie", ""), cells.get("productcode", "").upper()
    return Line(number, cells, TariffRow(category, code, amount, Period(start, end)), ())


def _faults(
    cells: Mapping[str, str], amount: Decimal | None, start: date | None, end: date | None
) -> Iterator[Fault]:
    for name in ("productcategorie", "productcode"):
        if not cells.get(name):
            yield Fault(name, "CON-32", _("Fill in which product it is."))
    if amount is None:
        yield Fault("tarief", "CON-33", _("Write an amount such as 66,00."))
    elif amount <= 0:
        yield Fault("tarief", "CON-04", _("A tariff is more than zero."))
    elif -int(amount.as_tuple().exponent) > _DECIMALS:
        yield Fault("tarief", "CON-33", _("A tariff has at most four decimals."))
    yield from _faults_of_days(cells, start, end)


def _faults_of_days(
    cells: Mapping[str, str], start: date | None, end: date | None
) -> Iterator[Fault]:
    not_a_day = _("Write a day as 22-11-2026.")
    if start is None:
        yield Fault("begindatum", "CON-34", not_a_day)
    if cells.get("einddatum") and end is None:
        yield Fault("einddatum", "CON-34", not_a_day)
    if start and end and end < start:
        yield Fault("einddatum", "CON-34", _("The last day cannot be before the first."))
