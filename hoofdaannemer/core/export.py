"""The rows of a list as a file for a spreadsheet, CSV or XLSX, read under the reader's scope."""

from __future__ import annotations

import csv
import html
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Final

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django_tables2.rows import BoundRow
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from hoofdaannemer.core.errors import NotAllowedError
from hoofdaannemer.core.scope import Scope, acting_as
from hoofdaannemer.core.templatetags.core_format import date_nl, moment_nl

KINDS: Final = ("csv", "xlsx")
ROWS_AT_ONCE: Final = 500
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
# Control characters that XML, and so a spreadsheet, cannot hold.
_UNWRITABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


Holds = Callable[[Scope], bool]
#: Rows that are still to be read, or figures that were counted.
Rows = QuerySet[Any] | Sequence[Any]
_checks: list[Holds] = []


def register_check(holds: Holds) -> None:
    """Say, from `AppConfig.ready()`, what tells whether somebody still acts in this scope."""
    _checks.append(holds)


@dataclass(frozen=True)
class Column:
    """A heading, and how a row gives its value: text, number, Decimal, date, moment or None."""

    header: str
    value: Callable[[Any], object]


def columns_of(table: Any) -> list[Column]:
    """The columns a table shows, except those that say `exclude_from_export=True`."""

    def reader(name: str) -> Callable[[Any], object]:
        return lambda row: BoundRow(row, table=table).get_cell_value(name)

    return [
        Column(str(bound.header), reader(bound.name))
        for bound in table.columns
        if not bound.column.exclude_from_export
    ]


def safe_text(value: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before `= + - @`, tab, return."""
    return f"'{value}" if value.lstrip(" \n\ufeff").startswith(_FORMULA) else value


def plain(value: object) -> object:
    """A value without markup and safe to show: numbers and days stay what they are."""
    if value is None or isinstance(value, bool | int | Decimal | date | datetime):
        return value
    text = html.unescape(strip_tags(value)) if isinstance(value, SafeString) else str(value)
    return safe_text(_UNWRITABLE.sub("", text.strip(" \n")))


def as_csv_cell(value: object) -> str:
    """Dutch notation: a comma in numbers, 22-11-2026 for days."""
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    if isinstance(value, datetime):
        return moment_nl(value)
    if isinstance(value, date):
        return date_nl(value)
    return str(value)


def as_xlsx_value(value: object) -> object:
    """What the spreadsheet stores: local time without a zone, which the format cannot hold."""
    value = plain(value)
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value).replace(tzinfo=None)
    return value


class _Line:
    """A file of one line, for the csv writer: `write` hands back what it got."""

    def write(self, text: str) -> str:
        return text


def _rows(scope: Scope, rows: Rows, columns: Sequence[Column]) -> Iterator[list[object]]:
    """The values row by row.

    A download may go on for as long as its reader likes. Raises NotAllowedError when access ends
    meanwhile: it breaks off, so that nobody takes the part for the whole.
    """
    read = rows.iterator(chunk_size=ROWS_AT_ONCE) if isinstance(rows, QuerySet) else iter(rows)
    for number, row in enumerate(read):
        if number % ROWS_AT_ONCE == 0 and not all(holds(scope) for holds in _checks):
            raise NotAllowedError(_("Your access ended while this file was made."))
        yield [column.value(row) for column in columns]


def csv_lines(scope: Scope, rows: Rows, columns: Sequence[Column], language: str) -> Iterator[str]:
    """The lines of the file, read in a transaction of their own under the given scope."""
    # Semicolon and byte order mark: what a Dutch spreadsheet expects of a CSV file.
    writer = csv.writer(_Line(), delimiter=";", lineterminator="\r\n")
    yield "\ufeff" + writer.writerow([as_csv_cell(column.header) for column in columns])
    with translation.override(language), acting_as(scope):
        for values in _rows(scope, rows, columns):
            yield writer.writerow([as_csv_cell(value) for value in values])


def csv_bytes(rows: Iterable[Any], columns: Sequence[Column]) -> bytes:
    """The whole file at once, read in the transaction of the caller: for software, with a token."""
    writer = csv.writer(_Line(), delimiter=";", lineterminator="\r\n")
    lines = [writer.writerow([as_csv_cell(column.header) for column in columns])]
    lines += [writer.writerow([as_csv_cell(one.value(row)) for one in columns]) for row in rows]
    return "".join(("\ufeff", *lines)).encode()


def _write_xlsx(target: IO[bytes], scope: Scope, rows: Rows, columns: Sequence[Column]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    heads = [WriteOnlyCell(sheet, value=safe_text(column.header)) for column in columns]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    for values in _rows(scope, rows, columns):
        sheet.append([as_xlsx_value(value) for value in values])
    book.save(target)


def stream(
    scope: Scope, rows: Rows, columns: Sequence[Column], *, kind: str, name: str
) -> HttpResponseBase:
    """A download `<name>.csv` or `.xlsx` of these rows. Raises ValueError for another kind.

    The rows are read inside `acting_as(scope)`, since a stream outlives the request's transaction.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind of export: {kind}")
    filename = f"{name}-{scope.today.isoformat()}.{kind}"
    response: HttpResponseBase
    if kind == "csv":
        language = translation.get_language() or "nl"
        lines = csv_lines(scope, rows, columns, language)
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{filename}"'
    else:
        target = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
        with acting_as(scope):
            _write_xlsx(target, scope, rows, columns)
        target.seek(0)
        response = FileResponse(
            target, as_attachment=True, filename=filename, content_type=XLSX_TYPE
        )
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return response
