"""Tables as people hand them in: encodings, delimiters, headings, and cells of all kinds."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.sheetcells import day_of, month_of, number_of
from hoofdaannemer.core.sheets import (
    BEGIN,
    MOST_BYTES,
    MOST_ROWS,
    UNCOMPUTED,
    Cell,
    UnreadableError,
    begin,
    read,
)

KNOWN = {"Naam", "Uren", "Bedrag"}


def cells(raw: bytes) -> list[list[Cell]]:
    return [list(line.cells) for line in read(raw, KNOWN.__contains__).lines]


def book(fill: object, *, title: str = "Blad") -> bytes:
    made = Workbook()
    assert isinstance(made.active, Worksheet)
    made.active.title = title
    fill(made)  # type: ignore[operator]
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    "raw",
    [
        "Naam;Uren\nZoë;1,5\n".encode(),
        "\ufeffNaam;Uren\r\nZoë;1,5\r\n".encode(),
        "Naam;Uren\nZoë;1,5\n".encode("cp1252"),
        "Naam;Uren\nZoë;1,5\n".encode("utf-16"),
        'Naam,Uren\nZoë,"1,5"\n'.encode(),
        "Naam\tUren\nZoë\t1,5\n".encode(),
        "sep=;\nNaam;Uren\nZoë;1,5\n".encode(),
        "Overzicht, van januari, tot maart\n\n\nNaam;Uren\n\nZoë;1,5\n".encode(),
        "Naam;Uren\nZoë;'1,5\n".encode(),
    ],
)
def test_a_csv_file_is_read_however_it_was_saved(raw: bytes) -> None:
    assert cells(raw) == [["Zoë", "1,5"]]


def test_rows_keep_the_number_that_a_spreadsheet_shows() -> None:
    sheet = read(b"titel\n\nNaam;Uren\n;\nA;1\n\nB;2\n", KNOWN.__contains__)
    assert [line.number for line in sheet.lines] == [5, 7]


def test_a_workbook_gives_days_and_numbers_as_they_are() -> None:
    def fill(made: Workbook) -> None:
        hidden, sheet = made.active, made.create_sheet("Regels")
        hidden.append(["Naam", "geheim"])
        hidden.sheet_state = "hidden"
        sheet.append(["Overzicht"])
        sheet.merge_cells("A1:C1")
        sheet.append(["Naam", "Periode", None, "Uren", "Uren"])
        sheet.merge_cells("B2:C2")
        sheet.append([None, "van", "tot", None, None])
        sheet.append(["A", datetime(2026, 1, 31), date(2026, 2, 1), 0.1 + 0.2, True])  # noqa: DTZ001
        sheet.append(["B", "=A1", None, 1234567, 66.5])
        sheet.append(["C", None, None, None, 1e15])

    sheet = read(book(fill), {"Naam", "van", "tot"}.__contains__)
    # The headings merged over two rows stand above.
    assert list(sheet.heads) == ["Naam", "van", "tot", "Uren", "Uren (2)"]
    assert [list(line.cells) for line in sheet.lines] == [
        ["A", date(2026, 1, 31), date(2026, 2, 1), Decimal("0.3"), "ja"],
        ["B", UNCOMPUTED, "", Decimal(1234567), Decimal("66.5")],
        ["C", "", "", "", Decimal("1E+15")],
    ]


def test_the_first_rows_tell_the_columns_of_a_long_table() -> None:
    long = b"Naam;Uren\n" + b"A;1\n" * (MOST_ROWS + 1)
    assert len(begin(long, KNOWN.__contains__).lines) == BEGIN
    with pytest.raises(UnreadableError):
        read(long, KNOWN.__contains__)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\x01\x02",
        b"alleen tekst\n",
        b"Naam;Uren\n",
        b'Naam;Uren\n"A;1\n',
        b"PK\x03\x04 geen werkmap",
        b"x" * (MOST_BYTES + 1),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(raw: bytes) -> None:
    with pytest.raises(UnreadableError):
        cells(raw)


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in range(3):
            packed.writestr(f"xl/worksheets/sheet{part}.xml", b" " * 80_000_000)
    with pytest.raises(UnreadableError):
        cells(target.getvalue())


@pytest.mark.parametrize(
    ("text", "has_point", "number"),
    [
        ("1.234,50", False, "1234.50"),
        ("€ 12", False, "12"),
        ("12,50-", False, "-12.50"),
        ("1.234", False, "1234"),
        ("1,234.50", True, "1234.50"),
        ("1.5", True, "1.5"),
        ("1,234.50", False, None),
        ("1.234,50", True, None),
        ("#N/B", False, None),
    ],
)
def test_numbers(text: str, has_point: bool, number: str | None) -> None:
    expected = None if number is None else Decimal(number)
    assert number_of(text, has_point=has_point) == expected


@pytest.mark.parametrize(
    "cell",
    [
        *("1-10-2026", "01/10/26", "2026-10-01", "20261001", "1 okt 2026", "1-okt-26", "46296"),
        *(Decimal(46296), Decimal(20261001), date(2026, 10, 1), "2026-10-01 00:00:00"),
    ],
)
def test_days(cell: Cell) -> None:
    assert day_of(cell) == date(2026, 10, 1)


def test_days_with_the_month_first_and_days_that_are_none() -> None:
    assert day_of("10/31/2026", month_first=True) == date(2026, 10, 31)
    assert [day_of(text) for text in ("31-02-2026", "1-13-2026", "straks", "1-1-0026")] == [
        None
    ] * 4


@pytest.mark.parametrize(
    "cell",
    ["2026-10", "10-2026", "oktober 2026", "okt-26", "202610", date(2026, 10, 5), Decimal(202610)],
)
def test_months(cell: Cell) -> None:
    assert month_of(cell) == Month(2026, 10)
