"""Working days follow the statutory calendar; decree days are a setting."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoofdaannemer.core.working_days import (
    add_working_days,
    is_bank_day,
    is_working_day,
    next_working_day,
    working_days_between,
)

days = st.dates(min_value=date(2015, 1, 1), max_value=date(2040, 12, 31))


@pytest.fixture(autouse=True)
def _calendar(settings) -> None:
    settings.DECREE_DAYS = ["2026-01-02", "2026-05-15", "2027-05-07"]
    settings.DECREE_DAYS_ARE_FREE = False


@pytest.mark.parametrize(("free", "due"), [(False, date(2026, 5, 21)), (True, date(2026, 5, 22))])
def test_five_days_after_the_day_before_ascension(settings, *, free: bool, due: date) -> None:
    settings.DECREE_DAYS_ARE_FREE = free
    assert add_working_days(date(2026, 5, 13), 5) == due
    assert working_days_between(date(2026, 5, 13), due) == 5


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 6),
        date(2026, 4, 27),
        date(2025, 4, 26),  # King's Day, for the 27th is a Sunday
        date(2026, 5, 5),  # every year, not only in lustrum years
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 12, 25),
        date(2026, 11, 21),  # Saturday
    ],
)
def test_days_off(day: date) -> None:
    assert not is_working_day(day)


@pytest.mark.parametrize("day", [date(2026, 5, 15), date(2026, 12, 24), date(2025, 4, 28)])
def test_days_at_work(day: date) -> None:
    assert is_working_day(day)


def test_a_deadline_on_friday_is_one_day_late_on_monday() -> None:
    assert working_days_between(date(2026, 11, 23), date(2026, 11, 20)) == -1


def test_the_next_working_day_may_be_today() -> None:
    assert next_working_day(date(2026, 12, 24)) == date(2026, 12, 24)
    assert next_working_day(date(2026, 12, 25)) == date(2026, 12, 28)


def test_adding_and_counting_are_twins() -> None:
    @given(days, st.integers(-40, 40))
    def check(day: date, n: int) -> None:
        there = add_working_days(day, n)
        assert working_days_between(day, there) == n
        assert n == 0 or is_working_day(there)

    check()  # inside the test, since the fixture's settings hold for all of its examples


@pytest.mark.parametrize(
    ("day", "open_for_payments"),
    [
        (date(2026, 5, 1), False),  # closed for payments, though people work
        (date(2026, 5, 4), True),
        (date(2026, 5, 5), False),
        (date(2026, 12, 25), False),
    ],
)
def test_banks_have_a_day_off_of_their_own(day: date, *, open_for_payments: bool) -> None:
    assert is_bank_day(day) is open_for_payments
