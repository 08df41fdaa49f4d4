"""Declaration files as the administrations of subcontractors write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from openpyxl import Workbook

from billing.models import DeclarationFile
from billing.rules.filecolumns import Layout, guess
from billing.services import declaration_files, file_checking
from hoofdaannemer.core.scope import Role, Scope
from tests.factories import NOW, World

Cell = str | int | Decimal | date | None
Rows = Sequence[Sequence[Cell]]


def csv_file(rows: Rows, *, delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    """With Windows line ends, as most administrations write."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def workbook(rows: Rows, *, hidden: Rows = ()) -> bytes:
    """One sheet, after a hidden one where that has rows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in hidden:
        sheet.append(list(row))
    if hidden:
        sheet.sheet_state = "hidden"
        sheet = book.create_sheet("Regels")
    for row in rows:
        sheet.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def sender(world: World) -> Scope:
    """Somebody of the P*Q subcontractor."""
    return world.at(Role.SUBCONTRACTOR_USER, world.pxq, at=NOW)


def layout_of(raw: bytes) -> Layout:
    """What the headings of a file probably mean."""
    sheet = declaration_files.table_of(raw)
    return guess(sheet.heads, sheet.lines)


def checked(world: World, raw: bytes, *, layout: Layout | None = None) -> DeclarationFile:
    """A file of the P*Q subcontractor, its columns as guessed, after its dry run."""
    scope = sender(world)
    row = declaration_files.upload(scope=scope, raw=raw, name="export.csv")
    if row.status == DeclarationFile.Status.MAPPING:
        layout = layout or layout_of(raw)
        row = declaration_files.point_out(scope=scope, file=row, layout=layout)
    return file_checking.work(scope=scope, file_id=row.pk)
