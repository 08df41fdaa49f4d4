"""Paying late: the last day, the days past it, and interest that follows the rate."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing.rules.late import Lateness, half_year, last_day, lateness, unknown

ISSUED = date(2025, 2, 10)
EUROS = Decimal("10000.00")
RATES = (
    (date(2023, 1, 1), Decimal("10.5")),
    (date(2023, 7, 1), Decimal(12)),
    (date(2024, 1, 1), Decimal("12.5")),
    (date(2024, 7, 1), Decimal("12.25")),
    (date(2025, 1, 1), Decimal("11.15")),
    (date(2025, 7, 1), Decimal("10.15")),
)


def test_on_the_last_day_it_is_in_time() -> None:
    assert last_day(ISSUED) == date(2025, 3, 12)
    assert lateness(EUROS, last_day(ISSUED), date(2025, 3, 12), RATES) is None


def test_a_day_late() -> None:
    assert lateness(EUROS, last_day(ISSUED), date(2025, 3, 13), RATES) == Lateness(
        1, Decimal("3.05")
    )


def test_over_a_change_of_the_rate() -> None:
    # 18 days of June at 11.15 percent, 10 of July at 10.15.
    late = lateness(EUROS, date(2025, 6, 12), date(2025, 7, 10), RATES)
    assert late == Lateness(28, Decimal("82.79"))


def test_the_last_known_rate_goes_on() -> None:
    late = lateness(EUROS, date(2030, 1, 31), date(2030, 2, 1), RATES)
    assert late == Lateness(1, Decimal("2.78"))


@given(
    st.integers(1, 10_000_000),
    st.dates(date(2023, 1, 1), date(2027, 1, 1)),
    st.integers(1, 400),
    st.integers(1, 400),
)
def test_later_is_never_less(cents: int, issued: date, days: int, more: int) -> None:
    amount = Decimal(cents) / 100
    one = lateness(amount, last_day(issued), last_day(issued) + timedelta(days=days), RATES)
    two = lateness(amount, last_day(issued), last_day(issued) + timedelta(days=days + more), RATES)
    assert one
    assert two
    assert (one.days, two.days) == (days, days + more)
    assert two.interest >= one.interest
    most = amount * max(rate for _day, rate in RATES) / 100 * two.days / 365
    assert two.interest <= most + Decimal("0.01")


def test_an_agreed_term_is_another_last_day() -> None:
    assert last_day(ISSUED, 14) == date(2025, 2, 24)


def test_a_half_year_of_which_no_rate_is_known() -> None:
    last = date(2025, 12, 31)
    assert unknown(last, last, RATES) is None
    assert unknown(last, date(2026, 1, 1), RATES) == date(2026, 1, 1)
    known = (*RATES, (date(2026, 1, 1), Decimal("10.15")))
    assert unknown(last, date(2026, 6, 30), known) is None
    assert unknown(last, date(2026, 7, 1), known) == date(2026, 7, 1)
    assert unknown(date(2025, 3, 1), date(2025, 12, 31), RATES) is None
    assert half_year(date(2026, 6, 30)) == date(2026, 1, 1)
    assert half_year(date(2026, 7, 1)) == date(2026, 7, 1)
