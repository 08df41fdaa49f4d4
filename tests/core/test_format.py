"""How figures, days and periods read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.templatetags import core_format


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1234.50"), "1.234,5"),
        (Decimal("15.00"), "15"),
        (Decimal("0.125"), "0,125"),
        (Decimal("0.00"), "0"),
        (Decimal("-1200"), "-1.200"),
        (Decimal("1E+3"), "1.000"),
        (1_234_567, "1.234.567"),
        (0, "0"),
        (None, "–"),
    ],
)
def test_volume(value: Decimal | int | None, text: str) -> None:
    assert core_format.volume(value) == text


def test_euro_has_a_dash_for_no_amount() -> None:
    assert core_format.euro(None) == "–"
    assert core_format.euro(Decimal("1234.5")).endswith("1.234,50")


def test_a_moment_is_the_local_day() -> None:
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    assert core_format.date_nl(late) == "22-11-2026"
    assert core_format.moment_nl(late) == "22-11-2026 00:30"
    assert core_format.date_nl(None) == core_format.moment_nl(None) == "–"


def test_days_and_months_in_words() -> None:
    with translation.override("nl"):
        assert core_format.date_long(date(2026, 11, 22)) == "22 november 2026"
        assert core_format.month_nl(Month(2026, 9)) == "september 2026"
        assert core_format.month_nl(date(2026, 9, 30)) == "september 2026"
        assert core_format.month_nl(None) == "–"


@pytest.mark.parametrize(
    ("start", "end", "parts"),
    [
        (date(2026, 9, 1), date(2026, 9, 30), ["1 ", "30 september 2026"]),
        (date(2026, 9, 1), date(2026, 10, 31), ["1 september ", "31 oktober 2026"]),
        (date(2025, 12, 1), date(2026, 1, 31), ["1 december 2025", "31 januari 2026"]),
        (date(2026, 9, 1), date(2026, 9, 1), ["1 september 2026"]),
        (date(2026, 9, 1), None, ["1 september 2026"]),
    ],
)
def test_period_repeats_nothing(start: date, end: date | None, parts: list[str]) -> None:
    with translation.override("nl"):
        text = core_format.period_nl(Period(start, end))
    assert all(part in text for part in parts)
    assert text.count("september") <= 1
    assert text.count("2026") <= 1
    assert core_format.period_nl(None) == "–"


@pytest.mark.parametrize(
    ("due", "days"),
    [
        (date(2026, 11, 20), 0),
        (date(2026, 11, 23), 1),
        (date(2026, 11, 24), 2),
        (date(2026, 11, 19), -1),
    ],
)
def test_working_days_left_skip_the_weekend(due: date, days: int) -> None:
    friday = date(2026, 11, 20)
    assert core_format.working_days_until(due, friday) == days
    assert core_format.working_days_until(None, friday) is None


def test_deadline_says_how_many_days() -> None:
    with translation.override("en"):
        assert core_format.deadline_text(0) == "today"
        assert core_format.deadline_text(2) == "2 working days left"
        assert core_format.deadline_text(1) == "1 working day left"
        assert core_format.deadline_text(-1) == "1 working day late"


@pytest.mark.parametrize(
    ("days", "text"), [(20, "nog 20 werkdagen"), (21, "uiterlijk 22-12-2026"), (-21, "te laat")]
)
def test_a_deadline_far_away_is_a_day(days: int, text: str) -> None:
    context = {"days": days, "due": date(2026, 12, 22)}
    with translation.override("nl"):
        assert text in render_to_string("components/deadline_chip.html", context)


def test_a_cell_knows_the_head_of_its_column() -> None:
    assert core_format.with_labels(["A", 3], ["Naam", "Uren"]) == [("Naam", "A"), ("Uren", 3)]
    with pytest.raises(ValueError, match="zip"):
        core_format.with_labels(["A"], ["Naam", "Uren"])


def test_an_amount_stays_with_its_sign() -> None:
    assert core_format.unbroken("Samen € 3,00.") == "Samen €\u00a03,00."


def test_a_masked_number_keeps_three_digits() -> None:
    assert core_format.bsn_masked("999900006") == "••••••006"
    assert core_format.bsn_masked("") == "–"


@pytest.mark.parametrize(
    ("count", "text"), [(999, "999 B"), (12_400, "12 kB"), (3_450_000, "3,4 MB")]
)
def test_file_size(count: int, text: str) -> None:
    assert core_format.file_size(count) == text
