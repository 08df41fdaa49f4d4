"""Places and profiles: paid as agreed, or by the days on which clients were in care."""

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.capacity import (
    CapacityTerms,
    OccupiedMonth,
    Per,
    Settled,
    month_amount,
    settle,
)
from billing.rules.occupancy import days_in, place_days
from billing.rules.profile import ProfileTerms, client_month
from hoofdaannemer.core.periods import Month, Period, parse_period

YEAR = parse_period("2026")
MARCH = Month(2026, 3)


def days(first: int, last: int | None, month: int = 3) -> Period:
    return Period(date(2026, month, first), date(2026, month, last) if last else None)


@pytest.mark.parametrize(
    ("per", "price", "amount"),
    [
        (Per.DAY, "150.00", "46500.00"),
        (Per.MONTH, "4600.00", "46000.00"),
        (Per.YEAR, "55000.00", "45833.34"),
    ],
)
def test_ten_places_in_march(per: Per, price: str, amount: str) -> None:
    entry = month_amount(CapacityTerms(D(10), D(price), per), MARCH, YEAR)
    assert entry
    assert str(entry.amount) == amount


@pytest.mark.parametrize(
    ("occupied", "changed", "amount"),
    [
        pytest.param(310, {}, "46500.00", id="full"),
        pytest.param(248, {}, "37200.00", id="eight of ten"),
        pytest.param(340, {}, "46500.00", id="more than agreed is not paid"),
        pytest.param(340, {"pays_over": True}, "51000.00", id="more than agreed is paid"),
        pytest.param(200, {"guarantee": D("0.9")}, "41850.00", id="nine are guaranteed"),
        pytest.param(300, {"guarantee": D("0.9")}, "45000.00", id="above the guarantee"),
        pytest.param(0, {}, "0.00", id="empty"),
    ],
)
def test_a_month_by_occupancy(occupied: int, changed: dict[str, object], amount: str) -> None:
    terms = CapacityTerms(D(10), D("150.00"), Per.DAY, Settled.MONTH, **changed)  # type: ignore[arg-type]
    entry = month_amount(terms, MARCH, YEAR, occupied)
    assert entry
    assert str(entry.amount) == amount


def test_a_price_a_month_counts_its_days() -> None:
    terms = CapacityTerms(D(10), D("4650.00"), Per.MONTH, Settled.MONTH)
    entry = month_amount(terms, MARCH, YEAR, 248)
    assert entry
    assert entry.amount == D("37200.00")  # 248 ÷ 31 × 4,650


def year_of(occupied: list[int], paid: str) -> list[OccupiedMonth]:
    return [
        OccupiedMonth(month, month.period, found, D(paid))
        for month, found in zip(YEAR.months(), occupied, strict=True)
    ]


@pytest.mark.parametrize(
    ("changed", "settled"),
    [
        pytest.param({}, "-9000.00", id="as price times quantity"),
        pytest.param({"guarantee": D("0.99")}, "-5475.00", id="never below the guarantee"),
    ],
)
def test_place_price_settled_as_price_times_quantity(
    changed: dict[str, object], settled: str
) -> None:
    # Ten places at 150 a day: 547,500 in 365 days, of which 60 place-days stayed empty.
    terms = CapacityTerms(D(10), D("150.00"), Per.DAY, Settled.YEAR, **changed)  # type: ignore[arg-type]
    occupied = [month.period.days * 10 for month in YEAR.months()]
    occupied[1] -= 100
    occupied[5] += 40  # a full month makes good an empty one
    months = year_of(occupied, "45625.00")
    assert sum(one.paid for one in months) == D("547500.00")
    assert str(settle(terms, months).amount) == settled
    assert settle(terms, months[::-1]) == settle(terms, months)


def test_a_full_year_at_a_price_a_month_settles_at_nothing() -> None:
    terms = CapacityTerms(D("2.5"), D("4600.00"), Per.MONTH, Settled.YEAR)
    full = [
        OccupiedMonth(month, month.period, month.period.days * 3, D("11500.00"))
        for month in YEAR.months()
    ]
    assert settle(terms, full).amount == D("0.00")


def test_days_of_care_count_once() -> None:
    spells = [days(1, 10), days(5, 12), days(20, None), days(28, None)]
    assert days_in(spells, MARCH.period) == 12 + 12
    assert days_in([days(1, 5, 2)], MARCH.period) == 0
    assert place_days({1: [days(1, 10)], 2: [days(10, 10)], 3: []}, MARCH.period) == 11


@pytest.mark.parametrize(
    ("spells", "whole", "amount"),
    [
        pytest.param([days(1, None, 1)], False, "930.00", id="all month"),
        pytest.param([days(17, None)], False, "450.00", id="15 of 31 days"),
        pytest.param([days(17, None)], True, "930.00", id="a part counts in full"),
        pytest.param([days(1, 10), days(5, 15)], False, "450.00", id="two placements, one client"),
        pytest.param([days(1, 28, 2)], True, None, id="not in March"),
    ],
)
def test_client_by_profile(spells: list[Period], whole: bool, amount: str | None) -> None:
    terms = ProfileTerms("licht", D("930.00"), whole_months=whole)
    entry = client_month(terms, MARCH, YEAR, spells)
    assert (str(entry.amount) if entry else None) == amount


random_days = st.lists(
    st.tuples(st.integers(0, 89), st.integers(0, 30)).map(
        lambda one: Period(
            date.fromordinal(date(2026, 2, 1).toordinal() + one[0]),
            date.fromordinal(date(2026, 2, 1).toordinal() + one[0] + one[1]),
        )
    ),
    max_size=6,
)


@given(random_days, st.randoms(use_true_random=False))
def test_counted_as_days_are_counted_on_fingers(spells: list[Period], random: object) -> None:
    mixed = random.sample(spells, len(spells))  # type: ignore[attr-defined]
    fingers = sum(any(spell.contains(day) for spell in spells) for day in MARCH.period.each_day())
    assert days_in(spells, MARCH.period) == days_in(mixed, MARCH.period) == fingers
