"""Tariffs as a file, CSV or a spreadsheet: read cell by cell, without the database."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.forms import read_number
from hoofdaannemer.core.periods import Period
from subcontracts.rules.csvfiles import (
    MOST_BYTES,
    Fault,
    cell_of,
    check_heads,
    day_of,
    rows_of,
    text_of,
)

MOST_ROWS: Final = 1000
COLUMNS: Final = ("productcategorie", "productcode", "tarief", "begindatum", "einddatum")
_NEEDED: Final = ("productcategorie", "productcode", "tarief", "begindatum")
_SPREADSHEET: Final = b"PK\x03\x04"
#: Unpacked bytes of a spreadsheet: a small file may hide a large one.
_MOST_UNPACKED: Final = 50 * 1024 * 1024
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
    """The rows of a file that say something.

    Raises RuleError CSV-01 for a file that is too large, CSV-02 for what is neither CSV in UTF-8
    nor a spreadsheet, CSV-03 where a column is missing or stands twice, CSV-04 for too many rows
    or none.
    """
    rows = _spreadsheet_rows(raw) if raw.startswith(_SPREADSHEET) else rows_of(text_of(raw))
    heads = [head.strip().lower() for head in next(rows, [])]
    check_heads(heads, COLUMNS, _NEEDED)
    found = []
    for number, row in enumerate(rows, start=2):
        cells = {head: cell_of(row, place) for place, head in enumerate(heads) if head in COLUMNS}
        if any(cells.values()):
            found.append(_line(number, cells))
        if len(found) > MOST_ROWS:
            text = _("A file has at most %(most)s rows. Split it.")
            raise RuleError("CSV-04", text % {"most": MOST_ROWS})
    if not found:
        raise RuleError("CSV-04", _("No row of this file has a tariff."))
    return found


def _spreadsheet_rows(raw: bytes) -> Iterator[list[str]]:
    """The first sheet's rows, headings first, with cells in Dutch notation."""
    if len(raw) > MOST_BYTES:
        raise RuleError("CSV-01", _("This file is larger than 2 MB. Split it."))
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            unpacked = sum(one.file_size for one in packed.infolist())
        if unpacked > _MOST_UNPACKED:
            raise RuleError("CSV-01", _("This file is larger than 2 MB. Split it."))
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield [shown(value) for value in row]
    except RuleError:
        raise
    except Exception as error:  # the library fails on a broken file in as many ways as there are
        raise RuleError("CSV-02", _("This spreadsheet cannot be read.")) from error


def shown(value: object) -> str:
    """A cell of a spreadsheet as text: 2026-11-22 for a day, a comma in numbers."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        # As a spreadsheet shows it: what it stores may be a hair off.
        return f"{value:.6f}".rstrip("0").rstrip(".").replace(".", ",")
    return str(value)


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
