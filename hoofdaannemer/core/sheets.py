"""A table that people hand in, as their own administration writes it: CSV or an Excel workbook.

Encoding, delimiter and the row of headings are found out. What a spreadsheet stores as a number or
a day stays one, so that nobody has to guess how it was shown.
"""

from __future__ import annotations

import csv
import io
import math
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from hoofdaannemer.core.templatetags.core_format import date_nl

Cell = str | Decimal | date
Row = Sequence[Cell]
#: Whether a heading is one that the reader of the table knows.
IsKnown = Callable[[str], bool]

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_ROWS: Final = 30_000
MOST_COLUMNS: Final = 100
#: Rows from which one tells what the columns mean.
BEGIN: Final = 200
#: Unpacked bytes of a workbook: a small file may hide a large one.
_MOST_UNPACKED: Final = 200 * 1024 * 1024
_MOST_EMPTY: Final = 1000
_LONGEST: Final = 200
_WORKBOOK: Final = b"PK\x03\x04"
_DELIMITERS: Final = (";", ",", "\t")
#: Titles and blank lines may stand above the headings.
_HEADS_WITHIN: Final = 15
_SAMPLE: Final = 20_000
_FORMULA_TAG: Final = re.compile(rb"<f[ >/]")
#: A formula of which the file holds no outcome; no cell can be read from it.
UNCOMPUTED: Final = "=?"


class UnreadableError(ValueError):
    """The file is no table; its text says why, and what to do."""


@dataclass(frozen=True)
class Line:
    """A row below the headings; `number` counts as a spreadsheet does, from 1."""

    number: int
    cells: Row


@dataclass(frozen=True)
class Sheet:
    """Headings, each different and none empty where there is something below, and the rows."""

    heads: Sequence[str]
    lines: Sequence[Line]


def begin(raw: bytes, is_known: IsKnown) -> Sheet:
    """The first rows of the table in a file, which cost little however many there are.

    Raises UnreadableError, though not for what is wrong further on. A formula without an outcome is
    an empty cell here.
    """
    return _read(raw, is_known, BEGIN)


def read(raw: bytes, is_known: IsKnown) -> Sheet:
    """The table in a file, without empty rows. Raises UnreadableError."""
    return _read(raw, is_known, MOST_ROWS + _MOST_EMPTY)


def _read(raw: bytes, is_known: IsKnown, most: int) -> Sheet:
    if len(raw) > MOST_BYTES:
        raise UnreadableError(_("This file is larger than 10 MB. Split it."))
    if raw.startswith(_WORKBOOK):
        rows = _of_workbook(raw, most)
    else:
        rows = _of_csv(_text_of(raw), is_known, most)
    place = _head_row(rows, is_known)
    if place is None:
        raise UnreadableError(_("This file has no row with the names of columns. Add one on top."))
    width = max((len(row) for row in rows), default=0)
    heads = _heads(rows, place, width)
    lines = [
        Line(number, _filled_up(row, width))
        for number, row in enumerate(rows[place + 1 :], start=place + 2)
        if any(cell != "" for cell in row)
    ]
    if not lines:
        raise UnreadableError(_("There is no row below the names of the columns."))
    if len(lines) > MOST_ROWS:
        text = _("This file has more than %(most)s rows. Split it.")
        raise UnreadableError(text % {"most": MOST_ROWS})
    return Sheet(heads, lines)


def shown(cell: Cell) -> str:
    """A cell in Dutch notation: 22-11-2026 for a day, a comma in numbers."""
    if isinstance(cell, Decimal):
        return f"{cell:f}".replace(".", ",")
    return date_nl(cell) if isinstance(cell, date) else cell


def _filled_up(row: Row, width: int) -> Row:
    return (*row, *[""] * (width - len(row)))


def _head_row(rows: Sequence[Row], is_known: IsKnown) -> int | None:
    """The row with most known headings; where none is known the first with two texts or more."""
    top = list(enumerate(rows[:_HEADS_WITHIN]))
    known = [(sum(is_known(str(cell)) for cell in row), -place) for place, row in top]
    best, place = max(known, default=(0, 0))
    if best:
        return -place
    for at, row in top:
        filled = [cell for cell in row if cell != ""]
        if len(filled) > 1 and all(isinstance(cell, str) for cell in filled):
            return at
    return None


def _heads(rows: Sequence[Row], place: int, width: int) -> list[str]:
    """The headings; one merged over two rows stands in the row above, one that is double counts."""
    above = rows[place - 1] if place else ()
    heads: list[str] = []
    for column in range(width):
        head = _at(rows[place], column) or _at(above, column)
        if not head and any(_at(row, column) for row in rows[place + 1 : place + 50]):
            head = _("Column %(number)s") % {"number": column + 1}
        same = sum(one == head or one.startswith(f"{head} (") for one in heads)
        heads.append(f"{head} ({same + 1})" if head and same else head)
    return heads


def _at(row: Row, column: int) -> str:
    return " ".join(shown(row[column]).split()) if column < len(row) else ""


def _text_of(raw: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or the Windows code page of Western Europe."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableError(_("This is no CSV file and no Excel workbook. Save it as one of these."))


def _of_csv(text: str, is_known: IsKnown, most: int) -> list[Row]:
    said = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    delimiter = said[1] if said else _delimiter(text, is_known)
    rows: list[Row] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            rows.append([_unguarded(cell) for cell in row[:MOST_COLUMNS]])
            if len(rows) > most:
                break
    except csv.Error as error:
        raise UnreadableError(
            _("A quotation mark in this file is not closed. Save it anew as CSV.")
        ) from error
    return [[], *rows[1:]] if said else rows


def _delimiter(text: str, is_known: IsKnown) -> str:
    """The one with which most headings are known; else the one that makes most columns."""

    def weight(delimiter: str) -> tuple[int, int]:
        sample = csv.reader(io.StringIO(text[:_SAMPLE], newline=""), delimiter=delimiter)
        rows = [row for row, _place in zip(sample, range(_HEADS_WITHIN), strict=False)]
        known = max((sum(is_known(cell) for cell in row) for row in rows), default=0)
        return known, max((len(row) for row in rows), default=0)

    return max(_DELIMITERS, key=weight)


def _unguarded(cell: str) -> str:
    """Without the apostrophe that guards against formulas; not that of 't Hart, a name."""
    text = cell.replace("\0", "").strip()
    is_guard = text.startswith("'") and not text[1:2].isalpha()
    return text[is_guard:][:_LONGEST]


def _of_workbook(raw: bytes, most: int) -> list[Row]:
    """The first rows of the first visible sheet that holds anything."""
    try:
        _check_unpacked(raw)
        has_formulas = most > BEGIN and _has_formulas(raw)
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        for place, sheet in enumerate(book.worksheets):
            if sheet.sheet_state != "visible":
                continue
            rows = list(_rows_of(sheet, most))
            if not any(rows):
                continue
            if has_formulas:
                formulas = load_workbook(io.BytesIO(raw), read_only=True).worksheets[place]
                rows = [
                    _marked(*pair) for pair in zip(rows, _rows_of(formulas, most), strict=False)
                ]
            return rows
    except UnreadableError:
        raise
    except Exception as error:  # the library fails on a broken file in as many ways as there are
        raise UnreadableError(_("This workbook cannot be read. Save it anew as .xlsx.")) from error
    raise UnreadableError(_("No visible sheet of this workbook holds anything."))


def _check_unpacked(raw: bytes) -> None:
    """Raises UnreadableError where a workbook unpacks to too much."""
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        if sum(one.file_size for one in packed.infolist()) > _MOST_UNPACKED:
            raise UnreadableError(_("This file is larger than 10 MB. Split it."))


def _has_formulas(raw: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        sheets = [name for name in packed.namelist() if name.startswith("xl/worksheets/")]
        return any(_FORMULA_TAG.search(packed.read(name)) for name in sheets)


def _rows_of(sheet: Any, most: int) -> Iterator[Row]:
    # The size that a workbook states of itself may be anything.
    sheet.reset_dimensions()
    empty = 0
    for count, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)):
        cells = [_stored(value) for value in row]
        while cells and cells[-1] == "":
            cells.pop()
        empty = 0 if cells else empty + 1
        if empty > _MOST_EMPTY or count > most:
            return
        yield cells


def _stored(value: object) -> Cell:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float) and math.isfinite(value):
        # As a spreadsheet shows it: what it stores may be a hair off.
        return Decimal(f"{value:.6f}").normalize()
    return _unguarded(str(value))


def _marked(row: Row, formulas: Row) -> Row:
    """The row with a mark where a formula has no outcome."""
    filled = _filled_up(row, max(len(row), len(formulas)))
    return [
        UNCOMPUTED
        if cell == "" and place < len(formulas) and str(formulas[place]).startswith("=")
        else cell
        for place, cell in enumerate(filled)
    ]
