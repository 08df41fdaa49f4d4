"""Paying late: the last day, the days past it, and interest that follows the rate."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing.rules.late import RATES, Lateness, last_day, lateness

ISSUED = date(2025, 2, 10)
EUROS = Decimal("10000.00")


def test_on_the_last_day_it_is_in_time() -> None:
    assert last_day(ISSUED) == date(2025, 3, 12)
    assert lateness(EUROS, ISSUED, date(2025, 3, 12)) is None


def test_a_day_late() -> None:
    assert lateness(EUROS, ISSUED, date(2025, 3, 13)) == Lateness(1, Decimal("3.05"))


def test_over_a_change_of_the_rate() -> None:
    # 18 days of June at 11.15 percent, 10 of July at 10.15.
    late = lateness(EUROS, date(2025, 5, 13), date(2025, 7, 10))
    assert late == Lateness(28, Decimal("82.79"))


def test_the_last_known_rate_goes_on() -> None:
    late = lateness(EUROS, date(2030, 1, 1), date(2030, 2, 1))
    assert late == Lateness(1, Decimal("2.78"))


@given(
    st.integers(1, 10_000_000),
    st.dates(date(2023, 1, 1), date(2027, 1, 1)),
    st.integers(1, 400),
    st.integers(1, 400),
)
def test_later_is_never_less(cents: int, issued: date, days: int, more: int) -> None:
    amount = Decimal(cents) / 100
    one = lateness(amount, issued, last_day(issued) + timedelta(days=days))
    two = lateness(amount, issued, last_day(issued) + timedelta(days=days + more))
    assert one
    assert two
    assert (one.days, two.days) == (days, days + more)
    assert two.interest >= one.interest
    most = amount * max(rate for _day, rate in RATES) / 100 * two.days / 365
    assert two.interest <= most + Decimal("0.01")
