"""A file with running care, read sheet by sheet without the database.

A workbook (XLSX), or a ZIP file with a CSV file for each sheet, named after it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from hoofdaannemer.core.errors import RuleError
from subcontracts.rules.csvfiles import cell_of, check_heads, rows_of
from subcontracts.rules.importcolumns import ALLOCATIONS, CLIENTS, COLUMNS, NEEDED, PLACEMENTS
from subcontracts.rules.tablefile import shown

MOST_BYTES: Final = 10 * 1024 * 1024
#: Rows of all sheets together; a larger administration hands in more than one file.
MOST_ROWS: Final = 30_000
#: Unpacked bytes: a small file may hide a large one.
_MOST_UNPACKED: Final = 200 * 1024 * 1024
_ZIP: Final = b"PK\x03\x04"
_LONGEST: Final = 200
#: At least one of these says something, or there is nothing to take over.
_CARE: Final = (CLIENTS, ALLOCATIONS, PLACEMENTS)


@dataclass(frozen=True)
class Line:
    """A row: its number as a spreadsheet counts, and its cells by column."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def in_order(self, sheet: str) -> list[str]:
        """The cells in the order of the sheet's columns."""
        return [self[name] for name in COLUMNS[sheet]]


Sheets = Mapping[str, Sequence[Line]]


def read(raw: bytes) -> Sheets:
    """The rows of each sheet that say something; a sheet that is not there has none.

    Raises RuleError CSV-01 for a file that is too large, CSV-02 for what is no workbook and no ZIP
    file of CSV files in UTF-8, CSV-03 where a column is missing or stands twice, CSV-04 for too
    many rows or none.
    """
    if len(raw) > MOST_BYTES:
        raise _too_large()
    if not raw.startswith(_ZIP):
        raise RuleError("CSV-02", _("Choose an Excel workbook, or a ZIP file with CSV files."))
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(one.file_size for one in packed.infolist()) > _MOST_UNPACKED:
                raise _too_large()
            is_book = "[Content_Types].xml" in packed.namelist()
            found = _of_book(raw) if is_book else _of_files(packed)
            return _checked(found)
    except RuleError:
        raise
    except Exception as error:  # the libraries fail on a broken file in many ways
        raise RuleError("CSV-02", _("This file cannot be read.")) from error


def _too_large() -> RuleError:
    return RuleError("CSV-01", _("This file is larger than 10 MB. Split it."))


def _checked(found: Iterator[tuple[str, Iterator[list[str]]]]) -> Sheets:
    sheets: dict[str, list[Line]] = {}
    count = 0
    for name, rows in found:
        lines = []
        for line in _lines(name, rows):
            lines.append(line)
            count += 1
            if count > MOST_ROWS:
                text = _("At most %(most)s rows are taken at once. Split it.")
                raise RuleError("CSV-04", text % {"most": MOST_ROWS})
        sheets[name] = lines
    if not any(sheets.get(name) for name in _CARE):
        raise RuleError("CSV-04", _("There is no client, allocation or placement in this file."))
    return {name: sheets.get(name, []) for name in COLUMNS}


def _lines(sheet: str, rows: Iterator[list[str]]) -> Iterator[Line]:
    heads = [head.strip().lower() for head in next(rows, [])]
    known = COLUMNS[sheet]
    try:
        check_heads(heads, known, NEEDED[sheet])
    except RuleError as refusal:
        text = _("Sheet %(sheet)s: %(text)s") % {"sheet": sheet, "text": refusal.message}
        raise RuleError("CSV-03", text.removesuffix(" (CSV-03)")) from refusal
    for number, row in enumerate(rows, start=2):
        cells = {
            head: cell_of(row, place, _LONGEST) for place, head in enumerate(heads) if head in known
        }
        if any(cells.values()):
            yield Line(number, cells)


def _of_book(raw: bytes) -> Iterator[tuple[str, Iterator[list[str]]]]:
    book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    for sheet in book.worksheets:
        name = sheet.title.strip().lower()
        if name in COLUMNS:
            yield (
                name,
                ([shown(value) for value in row] for row in sheet.iter_rows(values_only=True)),
            )


def _of_files(packed: zipfile.ZipFile) -> Iterator[tuple[str, Iterator[list[str]]]]:
    for one in packed.infolist():
        path = PurePosixPath(one.filename.lower())
        if path.suffix == ".csv" and path.stem in COLUMNS:
            yield path.stem, rows_of(_text_of(packed.read(one)))


def _text_of(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RuleError(
            "CSV-02",
            _("This file is not UTF-8. Save it as 'CSV UTF-8' in your spreadsheet."),
        ) from error
