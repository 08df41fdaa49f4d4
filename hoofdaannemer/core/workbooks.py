"""Whole workbooks and CSV files of rows that are at hand: templates, rows to mend, reports."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.utils.functional import Promise
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from hoofdaannemer.core.export import as_csv_cell, as_xlsx_value

Table = Iterable[Sequence[object]]
#: Wide enough to read a heading in.
_WIDTH: Final = 22


def book(sheets: Mapping[str, Table]) -> bytes:
    """A workbook with these sheets, whose first row is a bold heading."""
    made = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        sheet.freeze_panes = "A2"
        for letter in "ABCDEFGHIJKLMNOP":
            sheet.column_dimensions[letter].width = _WIDTH
        for number, row in enumerate(rows):
            cells = [WriteOnlyCell(sheet, value=_value(value)) for value in row]
            for cell in cells if number == 0 else ():
                cell.font = Font(bold=True)
            sheet.append(cells)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def _value(value: object) -> Any:
    return as_xlsx_value(str(value) if isinstance(value, Promise) else value)


def text(rows: Table) -> bytes:
    """A CSV file as a Dutch spreadsheet expects it: semicolons, and a mark of its encoding."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([as_csv_cell(value) for value in row])
    return f"\ufeff{target.getvalue()}".encode()
