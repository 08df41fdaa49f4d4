"""What running care will still cost this year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hoofdaannemer.core.periods import Period
from subcontracts.rules.committed import Placed, Running, by_year, committed

FOUR_WEEKS = Period(date(2026, 11, 2), date(2026, 11, 29))


@pytest.mark.parametrize(
    ("care", "euros"),
    [
        pytest.param(Running(None, Decimal("66.00"), 3, "2"), "0.00", id="nothing ahead"),
        pytest.param(Running(FOUR_WEEKS, Decimal("66.00"), 3, "2"), "792.00", id="3 a week"),
        pytest.param(Running(FOUR_WEEKS, Decimal("1.50"), 60, "1"), "2520.00", id="60 a day"),
        pytest.param(
            Running(Period(date(2026, 1, 1), date(2026, 12, 31)), Decimal("2.00"), 100, "4"),
            "2398.36",
            id="100 a month, by the average month",
        ),
        pytest.param(
            Running(FOUR_WEEKS, Decimal("10.00"), 40, "6", declared_units=30),
            "100.00",
            id="what is left of a total",
        ),
        pytest.param(
            Running(FOUR_WEEKS, Decimal("10.00"), 40, "6", declared_units=50),
            "0.00",
            id="a total that is used up",
        ),
        pytest.param(
            Running(
                FOUR_WEEKS, Decimal("10.00"), budget=Decimal("900.00"), declared=Decimal("650.00")
            ),
            "250.00",
            id="what is left of a budget",
        ),
        pytest.param(Running(FOUR_WEEKS, Decimal("10.00")), "0.00", id="no number agreed"),
    ],
)
def test_committed(care: Running, euros: str) -> None:
    assert committed(care) == Decimal(euros)


YEARS = Period(date(2026, 1, 1), date(2028, 12, 31))
PRICES = [(Period(date(2025, 1, 1), date(2026, 12, 31)), Decimal("50.00"))]


def placed(first: date, last: date | None, **others: Any) -> Placed:
    values: dict[str, Any] = {"prices": PRICES, **others}
    return Placed(period=Period(first, last), **values)


def test_a_volume_a_week_costs_its_days_at_the_price_of_each_year() -> None:
    dearer = [*PRICES, (Period(date(2027, 1, 1)), Decimal("60.00"))]
    care = placed(date(2025, 6, 1), None, volume=7, frequency="2", prices=dearer)
    assert by_year(care, YEARS) == {
        2026: Decimal("18250.00"),
        2027: Decimal("21900.00"),
        2028: Decimal("21960.00"),
    }


def test_a_year_without_a_price_is_left_out() -> None:
    care = placed(date(2026, 1, 1), None, volume=7, frequency="2")
    assert by_year(care, YEARS).keys() == {2026}


@pytest.mark.parametrize(
    "extent",
    [{"budget": Decimal("1000.00")}, {"volume": 20, "frequency": "6"}],
    ids=["budget", "total"],
)
def test_a_budget_or_total_is_shared_by_days_to_the_cent(extent: dict[str, Any]) -> None:
    found = by_year(placed(date(2025, 7, 1), date(2027, 6, 30), **extent), YEARS)
    # Of 730 days 184 lie before, 365 in the first year that is shown, and 181 in the next.
    assert found == {2026: Decimal("500.00"), 2027: Decimal("247.95")}


def test_a_budget_without_a_last_day_is_of_the_first_year() -> None:
    care = placed(date(2025, 7, 1), None, budget=Decimal("1000.00"))
    assert by_year(care, YEARS) == {2026: Decimal("1000.00")}


def test_care_outside_the_years_costs_nothing_in_them() -> None:
    assert by_year(placed(date(2025, 1, 1), date(2025, 12, 31), volume=1), YEARS) == {}
