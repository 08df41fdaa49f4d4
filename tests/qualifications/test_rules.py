"""When evidence counts."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoofdaannemer.core.periods import Period
from qualifications.rules import Verdict, counted_period, still_valid_until, uncovered_days

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def at(day: int) -> datetime:
    return datetime(2026, 6, day, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        pytest.param([], None, id="never reviewed"),
        pytest.param([Verdict(True, at(1))], YEAR, id="approved"),
        pytest.param([Verdict(False, at(1), date(2026, 1, 1))], None, id="rejected at once"),
        pytest.param(
            [Verdict(True, at(1)), Verdict(False, at(2), date(2026, 7, 1))],
            Period(date(2026, 1, 1), date(2026, 6, 30)),
            id="rejected with effect from July",
        ),
        pytest.param(
            [Verdict(True, at(1)), Verdict(False, at(2), date(2026, 1, 1))],
            None,
            id="rejected from the first day",
        ),
        pytest.param(
            [
                Verdict(True, at(3)),
                Verdict(False, at(2), date(2026, 7, 1)),
                Verdict(True, at(1)),
            ],
            YEAR,
            id="approved again, in any order",
        ),
        pytest.param(
            [Verdict(True, at(1)), Verdict(False, at(2), date(2027, 3, 1))],
            YEAR,
            id="rejected after it ended",
        ),
    ],
)
def test_counted_period(verdicts: list[Verdict], expected: Period | None) -> None:
    assert counted_period(YEAR, verdicts) == expected


def test_days_without_cover_are_named() -> None:
    covered = [
        Period(date(2026, 3, 1), date(2026, 3, 10)),
        Period(date(2026, 3, 12), None),
    ]
    asked = Period(date(2026, 2, 28), date(2026, 3, 31))
    assert uncovered_days(asked, covered) == [date(2026, 2, 28), date(2026, 3, 11)]


def test_cover_goes_on_over_adjoining_proofs() -> None:
    first = Period(date(2026, 1, 1), date(2026, 6, 30))
    second = Period(date(2026, 7, 1), date(2026, 12, 31))
    assert still_valid_until([second, first], date(2026, 5, 1)) == date(2026, 12, 31)
    assert still_valid_until([first, Period(date(2026, 7, 1))], date(2026, 5, 1)) is None
    with pytest.raises(LookupError):
        still_valid_until([second], date(2026, 5, 1))


days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(st.lists(st.tuples(days, days).map(sorted), max_size=5), st.tuples(days, days).map(sorted))
def test_a_day_is_covered_or_uncovered(periods: list[list[date]], asked: list[date]) -> None:
    counted = [Period(first, last) for first, last in periods]
    wanted = Period(*asked)
    missing = set(uncovered_days(wanted, counted))
    for day in wanted.each_day():
        assert (day in missing) != any(p.contains(day) for p in counted)
