"""Files for spreadsheets: no formulas from outside, Dutch notation, the reader's own rows."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.utils.safestring import mark_safe
from openpyxl import load_workbook

from hoofdaannemer.core import export
from hoofdaannemer.core.scope import Role, Scope

_SCOPE = Scope(Role.CONTROLLER, user_id=3, main_contractor_id=7)


@pytest.fixture(autouse=True)
def _nobody_loses_access(monkeypatch: pytest.MonkeyPatch) -> None:
    """The readers here are invented: no row says that they may."""
    monkeypatch.setattr(export, "_checks", [])


@pytest.mark.parametrize(
    "text", ["=1+1", "+31", "-2", "@x", "\tx", "\rx", " =1", "\n=1", "\ufeff=1"]
)
def test_text_is_no_formula(text: str) -> None:
    assert str(export.plain(text)).startswith("'")


@pytest.mark.parametrize("text", ["Zorg in Beeld", "a=b", "1-2", ""])
def test_other_text_stays(text: str) -> None:
    assert export.plain(text) == text


def test_control_characters_go_and_markup_too() -> None:
    assert export.plain("a\x00b\x1fc") == "abc"
    assert export.plain(mark_safe("<a href='#'>&amp; co</a>")) == "& co"
    assert export.plain("<b>") == "<b>"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (Decimal("-1234.50"), "-1234,50"),
        (date(2026, 11, 22), "22-11-2026"),
        (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), "23-11-2026 00:30"),
        (None, ""),
        (-5, "-5"),
        ("=5", "'=5"),
    ],
)
def test_csv_cell(value: object, cell: str) -> None:
    assert export.as_csv_cell(value) == cell


def _seen_role(_row: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.role'), current_setting('app.main_contractor')")
        return "/".join(cursor.fetchone())


_COLUMNS = [
    export.Column("Name", lambda row: row.name),
    export.Column("=Amount", lambda row: Decimal("12.50")),
    export.Column("Seen by", _seen_role),
]


@pytest.fixture
def names(db: None) -> None:
    Group.objects.bulk_create(Group(name=name) for name in ("=cmd", "b;c", 'd"e'))


@pytest.mark.usefixtures("names")
def test_csv_is_read_under_the_scope() -> None:
    rows = Group.objects.order_by("name")
    response = export.stream(_SCOPE, rows, _COLUMNS, kind="csv", name="groups")
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith("\ufeff")
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert lines[0] == ["Name", "'=Amount", "Seen by"]
    assert {line[0] for line in lines[1:]} == {"'=cmd", "b;c", 'd"e'}
    assert {line[1] for line in lines[1:]} == {"12,50"}
    assert {line[2] for line in lines[1:]} == {"controller/7"}
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Disposition"].startswith('attachment; filename="groups-')


@pytest.mark.usefixtures("names")
def test_xlsx_keeps_numbers_and_holds_no_formula() -> None:
    rows = Group.objects.order_by("name")
    response = export.stream(_SCOPE, rows, _COLUMNS, kind="xlsx", name="groups")
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    response.close()
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    cells = list(sheet.iter_rows(min_row=2))
    assert {row[0].value for row in cells} == {"'=cmd", "b;c", 'd"e'}
    assert {row[1].value for row in cells} == {12.5}
    assert {row[2].value for row in cells} == {"controller/7"}
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="pdf"):
        export.stream(_SCOPE, Group.objects.all(), _COLUMNS, kind="pdf", name="x")
