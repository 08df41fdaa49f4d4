"""The clock of a formal decision, around holidays, weekends and leap days, and by property."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoofdaannemer.core.working_days import end_of_term, is_working_day
from subcontracts.rules import objections as rules
from subcontracts.rules.objections import Timeliness

days = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 12, 31))


@pytest.fixture(autouse=True)
def _decree_days(settings: Any) -> None:
    settings.DECREE_DAYS = ["2026-01-02", "2026-05-15"]
    settings.DECREE_DAYS_ARE_FREE = False


@pytest.mark.parametrize(
    ("sent", "until"),
    [
        pytest.param("2026-09-01", "2026-10-13", id="an-ordinary-tuesday"),
        pytest.param("2026-09-04", "2026-10-16", id="a-friday-ends-on-a-friday"),
        pytest.param("2026-09-05", "2026-10-19", id="a-saturday-ends-on-monday"),
        pytest.param("2025-11-13", "2025-12-29", id="Christmas-and-the-weekend-after"),
        pytest.param("2026-11-13", "2026-12-28", id="Christmas-on-a-Friday"),
        pytest.param("2025-11-20", "2026-01-05", id="New-Year-the-decree-day-and-a-weekend"),
        pytest.param("2026-02-20", "2026-04-07", id="Good-Friday-to-the-Tuesday-after-Easter"),
        pytest.param("2026-02-23", "2026-04-07", id="Easter-Monday"),
        pytest.param("2026-03-16", "2026-04-28", id="King's-Day"),
        # The 27th is a Sunday: it is celebrated on Saturday, and Monday is a day as any other.
        pytest.param("2025-03-15", "2025-04-28", id="King's-Day-on-a-Saturday"),
        pytest.param("2026-03-24", "2026-05-06", id="Liberation-Day-every-year"),
        pytest.param("2026-04-02", "2026-05-18", id="Ascension-and-the-decree-day-after-it"),
        pytest.param("2026-04-13", "2026-05-26", id="Whit-Monday"),
        pytest.param("2028-01-18", "2028-02-29", id="ends-on-a-leap-day"),
        pytest.param("2028-02-29", "2028-04-11", id="sent-on-a-leap-day"),
        pytest.param("2027-01-19", "2027-03-02", id="the-same-without-a-leap-day"),
        pytest.param("2026-09-15", "2026-10-27", id="over-the-end-of-summer-time"),
    ],
)
def test_six_weeks_from_the_day_after(sent: str, until: str) -> None:
    assert rules.objection_until(date.fromisoformat(sent)) == date.fromisoformat(until)


@given(days)
def test_the_term_is_six_weeks_and_ends_on_a_day_at_work(sent: date) -> None:
    until = rules.objection_until(sent)
    whole = sent + timedelta(days=42)
    assert is_working_day(until)
    assert end_of_term(until) == until
    # Nothing between the sixth week and the end is a day on which it could have ended.
    assert whole <= until <= whole + timedelta(days=9)
    passed = (whole + timedelta(days=n) for n in range((until - whole).days))
    assert all(end_of_term(day) != day for day in passed)


@given(st.lists(days, min_size=2))
def test_who_is_told_later_never_has_to_object_sooner(sent: list[date]) -> None:
    ends = [rules.objection_until(day) for day in sorted(sent)]
    assert all(first <= later for first, later in pairwise(ends))


@pytest.mark.parametrize(
    ("received", "posted", "found"),
    [
        pytest.param("2026-10-13", None, Timeliness.IN_TIME, id="on-the-last-day"),
        pytest.param("2026-10-14", None, Timeliness.LATE, id="a-day-later"),
        pytest.param("2026-08-28", None, Timeliness.IN_TIME, id="before-the-term-began"),
        pytest.param("2026-10-20", "2026-10-13", Timeliness.IN_TIME, id="posted-on-the-last-day"),
        pytest.param("2026-10-21", "2026-10-13", Timeliness.LATE, id="more-than-a-week-after"),
        pytest.param("2026-10-15", "2026-10-14", Timeliness.LATE, id="posted-too-late"),
    ],
)
def test_an_objection_is_in_time_or_late(
    received: str, posted: str | None, found: Timeliness
) -> None:
    until = rules.objection_until(date(2026, 9, 1))
    sent_off = date.fromisoformat(posted) if posted else None
    assert rules.timeliness(until, date.fromisoformat(received), sent_off) == found


def test_the_week_of_the_post_does_not_end_on_a_holiday() -> None:
    until = rules.objection_until(date(2025, 11, 6))
    assert until == date(2025, 12, 18)
    # A week later is Christmas.
    assert rules.timeliness(until, date(2025, 12, 29), until) == Timeliness.IN_TIME
    assert rules.timeliness(until, date(2025, 12, 30), until) == Timeliness.LATE


@given(days, days, days)
def test_the_post_helps_and_never_harms(sent: date, received: date, posted: date) -> None:
    until = rules.objection_until(sent)
    without = rules.timeliness(until, received)
    with_post = rules.timeliness(until, received, posted)
    assert with_post == Timeliness.IN_TIME or without == Timeliness.LATE
    assert (without == Timeliness.IN_TIME) == (received <= until)


@pytest.mark.parametrize(
    ("until", "is_advised", "weeks", "due"),
    [
        pytest.param("2026-10-13", False, 0, "2026-11-24", id="six-weeks"),
        pytest.param("2026-10-13", True, 0, "2027-01-05", id="twelve-with-a-committee"),
        pytest.param("2026-10-13", False, 6, "2027-01-05", id="put-off-six-weeks"),
        pytest.param("2026-11-13", False, 0, "2026-12-28", id="not-on-Christmas"),
        # What was extended to Monday 28 December is put off from there.
        pytest.param("2026-11-13", False, 6, "2027-02-08", id="put-off-after-Christmas"),
        pytest.param("2028-01-18", False, 0, "2028-02-29", id="a-leap-day"),
    ],
)
def test_when_an_objection_is_to_be_decided(
    until: str, is_advised: bool, weeks: int, due: str
) -> None:
    found = rules.decide_by(date.fromisoformat(until), is_advised=is_advised, weeks_put_off=weeks)
    assert found == date.fromisoformat(due)


@given(days, st.booleans(), st.integers(min_value=1, max_value=6))
def test_putting_off_gives_more_time_and_ends_on_a_day_at_work(
    sent: date, is_advised: bool, weeks: int
) -> None:
    until = rules.objection_until(sent)
    first = rules.decide_by(until, is_advised=is_advised)
    later = rules.decide_by(until, is_advised=is_advised, weeks_put_off=weeks)
    assert first - until >= (rules.WITH_COMMITTEE if is_advised else rules.SIX_WEEKS)
    assert later - first >= timedelta(weeks=weeks)
    assert end_of_term(later) == later


@pytest.mark.parametrize("weeks", [-1, 7])
def test_no_answer_is_put_off_longer_than_the_law_allows(weeks: int) -> None:
    with pytest.raises(ValueError, match="6 weeks"):
        rules.decide_by(date(2026, 10, 13), is_advised=False, weeks_put_off=weeks)
