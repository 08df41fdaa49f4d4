"""Rows of declaration files: whatever the format, what they say stays the same."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.rules.filecells import PIECES, Fault, RowReader, Said
from billing.rules.filecolumns import Field, Layout, guess, is_known, signature
from billing.rules.filelines import period_of, quantity_of
from hoofdaannemer.core import sheets
from hoofdaannemer.core.periods import Month, Period
from tests.billing.sheetfiles import Cell, csv_file, workbook

HEADS = (
    *("Toewijzingsnr.", "Product-code", "Begindatum", "Einddatum", "Aantal", "Eenheid"),
    *("Tarief", "Totaalbedrag", "Kenmerk", "Debet/Credit", "Vorig referentienummer"),
)
DAYS = {
    "dutch": lambda day: f"{day:%d-%m-%Y}",
    "slashes": lambda day: f"{day.day}/{day.month}/{day.year}",
    "iso": lambda day: day.isoformat(),
    "american": lambda day: f"{day:%m/%d/%Y}",
    "number": lambda day: str((day - date(1899, 12, 30)).days),
}
rows = st.lists(
    st.builds(
        Said,
        line=st.just(0),
        number=st.integers(1, 999_999_999),
        product=st.sampled_from(["", "45A04", "50C02"]),
        start=st.dates(date(2024, 1, 1), date(2026, 12, 31)),
        end=st.none(),
        volume=st.decimals(0, 9_999, places=2),
        unit=st.sampled_from(["", "01", "04", PIECES]),
        tariff=st.none() | st.decimals(0, 999, places=4),
        amount=st.none() | st.decimals(0, 999_999, places=2),
        reference=st.from_regex(r"[A-Z][A-Z0-9/-]{0,18}[A-Z0-9]", fullmatch=True),
        is_credit=st.booleans(),
        previous=st.just(""),
    ),
    min_size=1,
    max_size=6,
)


def _written(said: Said, days: str, *, has_point: bool, grouped: bool) -> list[Cell]:
    """The cells of a row, as texts."""

    def number(value: Decimal | None) -> str:
        if value is None:
            return ""
        text = f"{value:,f}" if grouped else f"{value:f}"
        return text if has_point else text.translate(str.maketrans(",.", ".,"))

    end = said.start and said.start + timedelta(days=3)
    return [
        str(said.number), said.product.lower(), DAYS[days](said.start), DAYS[days](end),
        number(said.volume), {"01": "Minuten", "04": "uur", PIECES: "stuks"}.get(said.unit, ""),
        number(said.tariff), number(said.amount), said.reference,
        "C" if said.is_credit else "D", "",
    ]  # fmt: skip


def _stored(said: Said) -> list[Cell]:
    """The cells of a row, as a spreadsheet keeps them."""
    end = said.start and said.start + timedelta(days=3)
    return [
        said.number, said.product, said.start, end, said.volume,
        {"01": "min", "04": "4", PIECES: "st"}.get(said.unit, ""), said.tariff, said.amount,
        said.reference, "ja" if said.is_credit else None, None,
    ]  # fmt: skip


def _read(raw: bytes, layout: Layout | None = None) -> list[Said]:
    sheet = sheets.read(raw, is_known)
    reader = RowReader(sheet.heads, layout or guess(sheet.heads, sheet.lines))
    found = [reader.read(line) for line in sheet.lines]
    assert [faults for _said, faults in found if faults] == []
    return [said for said, _faults in found if said]


def _same(found: list[Said], asked: list[Said]) -> None:
    for line, (one, other) in enumerate(zip(found, asked, strict=True)):
        assert one.start and one.end == one.start + timedelta(days=3), line
        for field in ("number", "product", "start", "unit", "reference", "is_credit"):
            assert getattr(one, field) == getattr(other, field), field
        for field in ("volume", "tariff", "amount"):
            assert getattr(one, field) == getattr(other, field), field


@settings(max_examples=60, deadline=None)
@given(
    rows,
    st.sampled_from(sorted(DAYS)),
    st.booleans(),
    st.booleans(),
    st.sampled_from(";,\t"),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
)
def test_rows_come_back_from_any_csv(
    asked: list[Said], days: str, has_point: bool, grouped: bool, delimiter: str, encoding: str
) -> None:
    written = [_written(one, days, has_point=has_point, grouped=grouped) for one in asked]
    raw = csv_file([["Export"], [], HEADS, *written], delimiter=delimiter, encoding=encoding)
    guessed = guess(HEADS, [])
    layout = Layout(guessed.columns, has_point, days == "american")
    _same(_read(raw, layout), asked)


@settings(max_examples=20, deadline=None)
@given(rows)
def test_rows_come_back_from_a_workbook(asked: list[Said]) -> None:
    raw = workbook([HEADS, *map(_stored, asked)], hidden=[HEADS, ["x"] * len(HEADS)])
    _same(_read(raw), asked)


def test_formats_are_guessed_where_only_one_fits() -> None:
    def guessed(*rows: list[str]) -> Layout:
        sheet = sheets.read(csv_file([("Plaatsing", "Van", "Uren", "Bedrag"), *rows]), is_known)
        return guess(sheet.heads, sheet.lines)

    dutch = guessed(["1", "01-02-2026", "2,5", "1.234,50"])
    american = guessed(["1", "01/02/2026", "2.5", "99.00"], ["1", "01/31/2026", "2", "1,234.50"])
    assert (dutch.has_point, dutch.month_first, dutch.unit) == (False, False, "04")
    assert (american.has_point, american.month_first) == (True, True)


def test_a_signature_is_of_the_headings_alone() -> None:
    heads = ("Toewijzingsnummer", "Uren")
    assert signature(heads) == signature(("uren ", "Toewijzings-nummer", "", "rij", "regel"))
    assert signature(heads) != signature(("Toewijzingsnummer", "Minuten"))


@pytest.mark.parametrize(
    ("cells", "faults"),
    [
        (["12x", "", "", "", "1"], [(Field.NUMBER, "BIL-143"), (Field.START, "BIL-145")]),
        (["12", "", "31-02-2026", "", "1"], [(Field.START, "BIL-145")]),
        (["12", "", "02-02-2026", "01-02-2026", "1"], [(Field.END, "BIL-145")]),
        (["12", "", "01-02-2026", "", "veel"], [(Field.VOLUME, "BIL-147")]),
        (["12", "", "01-02-2026", "", "1", "liter"], [(Field.UNIT, "BIL-148")]),
        (["12", "", "01-02-2026", "", "1", "", "", "1,234"], [(Field.AMOUNT, "BIL-146")]),
        (["12", "", "01-02-2026", "", "1", "", "", "", "R" * 21], [(Field.REFERENCE, "BIL-149")]),
        (["12", "", "01-02-2026", "", "1", "", "", "", "R", "?"], [(Field.CREDIT, "BIL-150")]),
    ],
)
def test_what_cannot_be_read_is_said_by_cell(
    cells: list[str], faults: list[tuple[Field, str]]
) -> None:
    padded = [*cells, *[""] * (len(HEADS) - len(cells))]
    padded[8] = padded[8] or "R1"
    sheet = sheets.read(csv_file([HEADS, padded]), is_known)
    said, found = RowReader(sheet.heads, guess(sheet.heads, [])).read(sheet.lines[0])
    assert said is None
    assert [(one.field, one.rule) for one in found] == faults


@pytest.mark.parametrize(
    ("volume", "said_unit", "unit", "outcome"),
    [
        ("3", "", "04", (3, "04")),
        ("2.5", "04", "04", (150, "01")),  # half an hour goes in minutes
        ("2", "04", "01", (120, "01")),  # and hours of a contract in minutes
        ("150", "01", "04", (150, "01")),
        ("12.50", "83", "83", (1250, "83")),
        ("2", PIECES, "84", (2, "84")),
        ("2.01", "04", "04", "BIL-147"),
        ("0", "04", "04", "BIL-147"),
        ("1.5", "14", "14", "BIL-147"),
    ],
)
def test_quantities(volume: str, said_unit: str, unit: str, outcome: tuple[int, str] | str) -> None:
    found = quantity_of(Said(1, 1, volume=Decimal(volume), unit=said_unit), unit)
    if isinstance(found, Fault):
        assert found.rule == outcome
    else:
        assert (found.volume, found.unit) == outcome


def test_a_month_is_the_part_of_it_that_was_placed() -> None:
    placed = Period(date(2026, 1, 10), date(2026, 3, 31))
    assert period_of(Said(1, 1, month=Month(2026, 1)), placed) == Period(
        date(2026, 1, 10), date(2026, 1, 31)
    )
    first_day = Said(1, 1, start=date(2026, 2, 1))
    assert period_of(first_day, placed) == Period(date(2026, 2, 1), date(2026, 2, 28))
