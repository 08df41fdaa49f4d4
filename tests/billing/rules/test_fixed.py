"""Amounts that follow from the contract alone: twelfths, months, instalments, one-off amounts."""

from datetime import date
from decimal import Decimal as D

import pytest

from billing.rules import fixed, subsidy
from billing.rules.discount import discount
from billing.rules.explain import Entry
from hoofdaannemer.core.periods import Month, Period, parse_period

YEAR = parse_period("2026")
MONTHS = list(YEAR.months())
FROM_APRIL_11 = Period(date(2026, 4, 11), date(2026, 6, 30))


def amounts(entries: list[Entry | None]) -> list[str]:
    return [str(entry.amount) for entry in entries if entry]


def test_a_lump_sum_is_paid_in_twelfths_that_add_up() -> None:
    # 100,000 ÷ 12 is 8,333.333…: four months have a cent more.
    got = amounts([fixed.lump_sum(D("100000.00"), month, YEAR) for month in MONTHS])
    assert got == ["8333.34"] * 4 + ["8333.33"] * 8
    assert sum(map(D, got)) == D("100000.00")


def test_a_part_of_a_month_counts_by_days() -> None:
    got = [fixed.lump_sum(D("120000.00"), month, FROM_APRIL_11) for month in MONTHS]
    assert amounts(got) == ["6666.67", "10000.00", "10000.00"]  # 20 of 30 days


@pytest.mark.parametrize(
    ("entry", "amount"),
    [
        pytest.param(
            fixed.function(D("412.5"), D("160.00"), Month(2026, 3), YEAR), "5500.00", id="function"
        ),
        pytest.param(
            fixed.population(D("49000"), D("11.25"), Month(2026, 3), YEAR),
            "45937.50",
            id="population",
        ),
        pytest.param(
            fixed.availability(D("2500.00"), Month(2026, 3), YEAR), "2500.00", id="availability"
        ),
        pytest.param(
            fixed.availability(D("2500.00"), Month(2026, 4), FROM_APRIL_11),
            "1666.67",
            id="availability of a part",
        ),
        pytest.param(
            fixed.one_off(D("750.00"), Month(2026, 4), FROM_APRIL_11), "750.00", id="one-off"
        ),
        pytest.param(
            fixed.one_off(D("750.00"), Month(2026, 5), FROM_APRIL_11), None, id="one-off, later"
        ),
    ],
)
def test_month(entry: Entry | None, amount: str | None) -> None:
    assert (str(entry.amount) if entry else None) == amount


@pytest.mark.parametrize(
    ("instalments", "paid"),
    [
        (1, {1: "1000.00"}),
        (4, {1: "250.00", 4: "250.00", 7: "250.00", 10: "250.00"}),
        (3, {1: "333.34", 5: "333.33", 9: "333.33"}),
        (5, {1: "200.00", 3: "200.00", 5: "200.00", 8: "200.00", 10: "200.00"}),
    ],
)
def test_instalments_of_a_subsidy(instalments: int, paid: dict[int, str]) -> None:
    got = {
        month.month: str(entry.amount)
        for month in MONTHS
        if (entry := fixed.instalment(D("1000.00"), instalments, YEAR, month))
    }
    assert got == paid


def test_more_instalments_than_months_come_together() -> None:
    quarter = parse_period("2026-Q1")
    got = [fixed.instalment(D("600.00"), 6, quarter, month) for month in MONTHS]
    assert amounts(got) == ["200.00"] * 3


@pytest.mark.parametrize(
    ("established", "settled"),
    [("1000.00", "0.00"), ("1200.00", "0.00"), ("900.00", "-100.00"), ("0", "-1000.00")],
)
def test_a_subsidy_settles_on_costs_up_to_its_amount(established: str, settled: str) -> None:
    assert subsidy.settle(D("1000.00"), D(established), D("1000.00")).amount == D(settled)


def test_two_discounts_take_no_more_than_there_is() -> None:
    march = Month(2026, 3)
    first = discount(D("0.60"), D("100.00"), march, YEAR)
    assert first
    second = discount(D("0.60"), D("100.00"), march, YEAR, before=-first.amount)
    assert second
    assert (first.amount, second.amount) == (D("-60.00"), D("-40.00"))
    assert discount(D("0.60"), D("100.00"), march, YEAR, before=D("100.00")) is None
