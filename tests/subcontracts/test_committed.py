"""What running care will still cost this year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hoofdaannemer.core.periods import Period
from subcontracts.rules.committed import Running, committed

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
