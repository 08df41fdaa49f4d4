"""Periods have both ends included; an empty end goes on."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoofdaannemer.core.periods import (
    InclusiveDateRange,
    Month,
    Period,
    SameId,
    parse_period,
)

days = st.dates(min_value=date(2019, 1, 1), max_value=date(2030, 12, 31))


@st.composite
def periods(draw: st.DrawFn, *, closed: bool = False) -> Period:
    start = draw(days)
    length = draw(st.integers(0, 800))
    end = start + timedelta(days=length)
    return Period(start, end if closed or draw(st.booleans()) else None)


@given(periods(), periods(), days)
def test_a_day_is_shared_when_both_have_it(one: Period, other: Period, day: date) -> None:
    both = one.intersection(other)
    assert (both is not None and both.contains(day)) == (one.contains(day) and other.contains(day))
    assert one.overlaps(other) == other.overlaps(one) == (both is not None)
    assert one.intersection(other) == other.intersection(one)


@given(periods(closed=True))
def test_months_cover_every_day_once(period: Period) -> None:
    parts = [month.period.intersection(period) for month in period.months()]
    assert sum(part.days for part in parts if part) == period.days == len([*period.each_day()])
    assert None not in parts


def test_touching_at_one_day_is_overlapping() -> None:
    march = parse_period("2026-03")
    assert march.overlaps(Period(date(2026, 3, 31)))
    assert not march.overlaps(Period(date(2026, 4, 1)))


def test_a_period_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="ends before"):
        Period(date(2026, 3, 2), date(2026, 3, 1))


def test_an_open_period_has_no_number_of_days_but_has_months() -> None:
    period = Period(date(2026, 11, 5))
    with pytest.raises(ValueError, match="open-ended"):
        assert period.days
    months = period.months()
    assert [str(next(months)) for _ in range(3)] == ["2026-11", "2026-12", "2027-01"]


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1)))
def test_months_there_and_back(day: date) -> None:
    month = Month.of(day)
    assert Month.parse(str(month)) == month
    assert month.next().previous() == month
    assert month.last + timedelta(days=1) == month.next().first
    assert month.period.contains(day)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_periods_in_words(text: str, start: date, end: date) -> None:
    assert parse_period(text) == Period(start, end)


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-3", "2026-Q5", "２０２６", "2026-03 ", "0000"]
)
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(ValueError):
        parse_period(text)


def test_pieces_of_constraints_survive_a_migration() -> None:
    for piece in (InclusiveDateRange(), SameId("subcontract")):
        path, args, options = piece.deconstruct()
        assert path.startswith("hoofdaannemer.core.periods.")
        assert type(piece)(*args, **options) == piece
