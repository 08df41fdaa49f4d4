"""A table that people fill in, CSV or a spreadsheet: its cells by heading, without the database."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from hoofdaannemer.core.errors import RuleError
from subcontracts.rules.csvfiles import MOST_BYTES, cell_of, check_heads, rows_of, text_of

MOST_ROWS: Final = 1000
_SPREADSHEET: Final = b"PK\x03\x04"
#: Unpacked bytes of a spreadsheet: a small file may hide a large one.
_MOST_UNPACKED: Final = 50 * 1024 * 1024

Cells = Mapping[str, str]
"""What stands under each known heading of one row."""


def filled_rows(
    raw: bytes, columns: Sequence[str], needed: Sequence[str], longest: int = 60
) -> list[tuple[int, Cells]]:
    """The rows that say something, each with its number as a spreadsheet counts.

    `longest` is how many signs of a cell are read. Raises RuleError CSV-01 for a file that is too
    large, CSV-02 for what is neither CSV in UTF-8 nor a spreadsheet, CSV-03 where a needed column
    is missing or a known one stands twice, CSV-04 for too many rows or none.
    """
    rows = _spreadsheet_rows(raw) if raw.startswith(_SPREADSHEET) else rows_of(text_of(raw))
    heads = [head.strip().lower() for head in next(rows, [])]
    check_heads(heads, columns, needed)
    found: list[tuple[int, Cells]] = []
    for number, row in enumerate(rows, start=2):
        cells = {
            head: cell_of(row, place, longest)
            for place, head in enumerate(heads)
            if head in columns
        }
        if any(cells.values()):
            found.append((number, cells))
        if len(found) > MOST_ROWS:
            text = _("A file has at most %(most)s rows. Split it.")
            raise RuleError("CSV-04", text % {"most": MOST_ROWS})
    if not found:
        raise RuleError("CSV-04", _("No row of this file is filled in."))
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
