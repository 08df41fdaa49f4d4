"""The checked examples of the standard, and the derived caps."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoofdaannemer.core.periods import Period
from messaging.istandaard.model.elements import Family
from messaging.istandaard.volumes import (
    AllocatedVolume,
    in_declared_unit,
    line_cap,
    term_cap,
)


def allocated(
    unit: str, frequency: str, volume: int, start: str, end: str | None, category: str = "45"
) -> AllocatedVolume:
    last = date.fromisoformat(end) if end else None
    return AllocatedVolume(
        family=Family.WMO if category < "31" else Family.JW,
        category=category,
        volume=volume,
        unit=unit,
        frequency=frequency,
        period=Period(date.fromisoformat(start), last),
    )


WEEKLY = {
    "effort summer": (("04", "2", 3, "2022-07-11", "2022-09-04"), [9, 15, 3], 24),
    "effort autumn": (("04", "2", 3, "2022-10-11", "2022-12-28"), [12, 15, 15], 36),
    "output to Sunday": (("82", "2", 300, "2022-07-11", "2022-09-04"), [900, 1200, 300], 2400),
    "output to Saturday": (("83", "2", 300, "2022-07-11", "2022-09-03"), [900, 1500, 0], 2400),
    "output to new year": (("82", "2", 300, "2022-10-11", "2022-12-31"), [900, 1200, 1500], 3600),
}


@pytest.mark.parametrize("name", WEEKLY)
def test_weekly_examples(name: str) -> None:
    arguments, lines, total = WEEKLY[name]
    volume = allocated(*arguments)
    clipped = [month.period.intersection(volume.period) for month in volume.period.months()]
    assert [line_cap(volume, part) for part in clipped if part] == lines
    assert term_cap(volume) == total


def test_domestic_help_counts_six_weeks() -> None:
    volume = allocated("04", "2", 3, "2026-01-01", "2026-12-31", category="01")
    assert line_cap(volume, Period(date(2026, 2, 1), date(2026, 2, 28))) == 18


def test_other_frequencies() -> None:
    february = Period(date(2026, 2, 10), date(2026, 2, 28))
    daily = allocated("01", "1", 30, "2026-02-10", "2026-03-31")
    assert (line_cap(daily, february), term_cap(daily)) == (30 * 19, 30 * 50)
    monthly = allocated("16", "4", 8, "2026-02-10", "2026-04-01")
    assert (line_cap(monthly, february), term_cap(monthly)) == (8, 24)
    total = allocated("83", "6", 90_000, "2026-02-10", None)
    assert (line_cap(total, february), term_cap(total)) == (90_000, 90_000)


def test_open_ended() -> None:
    assert term_cap(allocated("01", "1", 30, "2026-01-01", None)) is None
    assert term_cap(allocated("16", "4", 8, "2026-01-01", None)) is None
    with pytest.raises(ValueError, match="end date"):
        term_cap(allocated("04", "2", 3, "2026-01-01", None))


def test_term_without_sunday_is_one_week() -> None:
    volume = allocated("82", "2", 300, "2026-03-02", "2026-03-06")
    assert term_cap(volume) == line_cap(volume, volume.period) == 300


def test_hours_declared_as_minutes() -> None:
    hours = allocated("04", "2", 3, "2026-01-01", "2026-12-31")
    assert in_declared_unit(12, "01", hours) == 720
    assert in_declared_unit(12, "04", hours) == 12
    pieces = allocated("84", "2", 3, "2026-01-01", "2026-12-31")
    assert in_declared_unit(12, "01", pieces) == 12


DAYS = st.dates(date(2021, 1, 1), date(2029, 12, 31))


@given(DAYS, st.integers(0, 900), st.integers(1, 500))
def test_output_lines_add_up_to_the_term(start: date, length: int, volume: int) -> None:
    end = date.fromordinal(start.toordinal() + length)
    term = Period(start, end)
    weekly = allocated("82", "2", volume, start.isoformat(), end.isoformat())
    parts = [month.period.intersection(term) for month in term.months()]
    caps = [line_cap(weekly, part) for part in parts if part]
    has_sunday = any(day.isoweekday() == 7 for day in term.each_day())
    if has_sunday:
        assert sum(caps) == term_cap(weekly)
    else:
        assert set(caps) == {volume}


@given(DAYS, st.integers(0, 400), st.integers(1, 500))
def test_effort_lines_cover_the_term(start: date, length: int, volume: int) -> None:
    """Weeks over a month border count in both months, so lines may reach more, never less."""
    end = date.fromordinal(start.toordinal() + length)
    term = Period(start, end)
    weekly = allocated("04", "2", volume, start.isoformat(), end.isoformat())
    parts = [month.period.intersection(term) for month in term.months()]
    total = term_cap(weekly)
    assert total is not None
    assert sum(line_cap(weekly, part) for part in parts if part) >= total
