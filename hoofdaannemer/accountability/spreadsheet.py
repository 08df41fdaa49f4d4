"""A report as a spreadsheet: the same figures, hidden ones as a mark; the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from hoofdaannemer.accountability.reporting import (
    Column,
    Figure,
    ReportDocument,
    ReportTable,
    Unit,
)
from hoofdaannemer.core.charts import MARK, hidden_note

BOLD = Font(bold=True)
HEAD = PatternFill("solid", fgColor="EAEFF1")
FORMULA = re.compile(r"^[=+\-@\t\r\n]")
EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001  # zip files know no zone; their first possible moment
EURO = '"€" #,##0.00'


def render(report: ReportDocument) -> bytes:
    """The report as bytes of an xlsx file: a sheet about it, and one for each table."""
    book = Workbook()
    about = book.active
    assert isinstance(about, Worksheet)  # noqa: S101  # a new workbook has one
    about.title = _sheet_name(_("About"), set())
    _about(about, report)
    taken = {about.title.casefold()}
    for table in report.tables:
        name = _sheet_name(table.title, taken)
        taken.add(name.casefold())
        _fill(book.create_sheet(name), table)
    book.properties.title = report.title
    book.properties.creator = report.main_contractor
    book.properties.created = book.properties.modified = EPOCH
    return _bytes(book)


def inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula, without characters the format does not know."""
    clean = ILLEGAL_CHARACTERS_RE.sub("", text)
    return f"'{clean}" if FORMULA.match(clean) else clean


def _about(sheet: Worksheet, report: ReportDocument) -> None:
    facts = [
        (_("Report"), report.title),
        (_("Municipality"), report.municipality),
        (_("Main contractor"), report.main_contractor),
        (_("Period"), report.period),
        (_("As known on"), report.as_known_on),
        (_("Version"), report.version),
        (_("Check mark"), report.fingerprint),
    ]
    if report.has_hidden:
        facts.append((MARK, hidden_note()))
    for passage in report.narrative:
        facts += [(passage.heading, text) for text in passage.paragraphs]
    facts += report.definitions
    for row, (name, text) in enumerate(facts, start=1):
        sheet.cell(row, 1, inert(name)).font = BOLD
        cell = sheet.cell(row, 2, inert(text))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, 90


def _fill(sheet: Worksheet, table: ReportTable) -> None:
    for at, column in enumerate(table.columns, start=1):
        head = sheet.cell(1, at, inert(column.title))
        head.font, head.fill = BOLD, HEAD
        head.alignment = Alignment(wrap_text=True, horizontal=_side(column))
        width = 40 if column.unit is Unit.TEXT else 18
        sheet.column_dimensions[get_column_letter(at)].width = width
    for number, row in enumerate(table.rows, start=2):
        for at, (figure, column) in enumerate(zip(row.figures, table.columns, strict=True), 1):
            cell = sheet.cell(number, at)
            _put(cell, figure, column)
            cell.font = Font(bold=row.is_total)
    sheet.freeze_panes = "A2"
    notes = [table.note, hidden_note() if table.has_hidden else ""]
    for offset, note in enumerate(filter(None, notes)):
        sheet.cell(len(table.rows) + 3 + offset, 1, inert(note))


def _put(cell: Cell | MergedCell, figure: Figure, column: Column) -> None:
    """Figures as numbers, so that one can go on computing; a hidden one as text, so that one
    cannot.
    """
    if figure.suppressed or figure.value is None:
        cell.value = MARK if figure.suppressed else inert(figure.text)
    else:
        cell.value = figure.value
        plain = "#,##0" + ("." + "0" * column.decimals if column.decimals else "")
        cell.number_format = EURO if column.unit is Unit.EURO else plain
    cell.alignment = Alignment(horizontal=_side(column))


def _side(column: Column) -> str:
    return "left" if column.unit is Unit.TEXT else "right"


def _sheet_name(title: str, taken: set[str]) -> str:
    """At most 31 characters, without those that Excel refuses, and not one that is there
    already.
    """
    clean = re.sub(r"[\[\]:*?/\\]", " ", title).strip(" '") or "–"
    name, number = clean[:31], 2
    while name.casefold() in taken:
        name, number = f"{clean[:27]} ({number})", number + 1
    return name


def _bytes(book: Workbook) -> bytes:
    """The workbook, without the moment at which it was written, which openpyxl puts in two
    places.
    """
    first = io.BytesIO()
    with zipfile.ZipFile(first, "w") as archive:
        ExcelWriter(book, archive).write_data()
    out = io.BytesIO()
    with zipfile.ZipFile(first) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name, EPOCH.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return out.getvalue()
