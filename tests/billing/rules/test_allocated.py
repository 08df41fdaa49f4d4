"""What was allocated, paid by days of care: worked by hand, and by property."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.allocated import Allocated, Care, Price, month_entry
from billing.rules.pxq import Tariff, Unit
from hoofdaannemer.core.periods import Month, Period
from messaging.istandaard import Family
from messaging.istandaard.volumes import AllocatedVolume, term_cap

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
JANUARY, FEBRUARY, MARCH = Month(2026, 1), Month(2026, 2), Month(2026, 3)
HOUR = Tariff(Unit.HOUR, D("66"))


def care(
    volume: int | None = 12,
    unit: str = "04",
    frequency: str = "4",
    *,
    period: Period = YEAR,
    budget: D | None = None,
    spells: Sequence[Period] = (YEAR,),
    tariff: Tariff | None = HOUR,
) -> Care:
    prices = [Price(Period(date(2020, 1, 1)), tariff)] if tariff else []
    return Care(Allocated(period, volume, unit, frequency, budget), spells, prices)


def amount(of: Care, month: Month = JANUARY) -> str:
    entry = month_entry(of, month)
    return str(entry.amount) if entry else ""


def test_a_golden_quarter_worked_by_hand() -> None:
    """12 hours a month at 66 euros; care from 12 January, interrupted from the 21st to the 26th,
    ended on 10 March: 9 + 5 of 31 days, the whole of February, and 10 of 31 days.
    """
    one = care(
        spells=[
            Period(date(2026, 1, 12), date(2026, 1, 20)),
            Period(date(2026, 1, 27), date(2026, 3, 10)),
        ]
    )
    assert [amount(one, month) for month in (JANUARY, FEBRUARY, MARCH)] == [
        "357.68",
        "792.00",
        "255.48",
    ]
    assert month_entry(one, Month(2026, 4)) is None
    entry = month_entry(one, JANUARY)
    assert entry
    shown = {each.name: each.value for each in entry.explanation.inputs}
    assert shown == {
        "volume": "12", "unit": "unit.04", "days": "14", "of_days": "31", "tariff": "66",
        "per": "per.04",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        pytest.param(care(2, "16", "1", tariff=Tariff(Unit.DAY_PART, D("40"))), "2480.00", id="1"),
        pytest.param(care(2, frequency="2"), "584.57", id="2"),
        pytest.param(care(3, frequency="4"), "198.00", id="4"),
        pytest.param(care(365, frequency="6"), "2046.00", id="6"),
        pytest.param(care(120, "01", "2"), "584.57", id="minutes-at-an-hour"),
        pytest.param(
            care(2, frequency="2", tariff=Tariff(Unit.MINUTE, D("1.1"))), "584.57", id="by-minute"
        ),
        pytest.param(care(700_00, "83", "2", tariff=None), "3100.00", id="euros-a-week"),
        pytest.param(care(None, "", "", budget=D("3650")), "310.00", id="budget"),
        pytest.param(care(12, budget=D("3650")), "310.00", id="budget-below-volume"),
        pytest.param(care(12, budget=D("36500")), "792.00", id="volume-below-budget"),
        pytest.param(care(None, "", ""), "", id="nothing-allocated"),
        pytest.param(care(tariff=None), "", id="no-tariff"),
        pytest.param(care(3, "16"), "", id="a-price-for-something-else"),
        pytest.param(care(9, frequency="6", period=Period(YEAR.start)), "", id="total-without-end"),
        pytest.param(care(spells=[]), "", id="not-begun"),
    ],
)
def test_a_month_of_each_frequency(one: Care, expected: str) -> None:
    assert amount(one) == expected


def test_the_price_is_that_of_the_first_day_of_care_in_the_month() -> None:
    later = Price(Period(date(2026, 1, 15)), Tariff(Unit.HOUR, D("70")))
    earlier = Price(Period(date(2026, 1, 1), date(2026, 1, 14)), HOUR)
    at = Period(date(2026, 1, 14), date(2026, 1, 31))
    one = Care(care().allocated, [at], [earlier, later])
    assert amount(one) == "459.87"  # 12 × 18 ÷ 31 × 66
    assert amount(one, FEBRUARY) == ""
    still = Care(care().allocated, [Period(at.start)], [earlier, later])
    assert amount(still, FEBRUARY) == "840.00"


def test_care_outside_the_placement_is_not_paid() -> None:
    one = care(period=Period(date(2026, 1, 22), date(2026, 2, 14)), spells=[YEAR])
    assert [amount(one, month) for month in (JANUARY, FEBRUARY, MARCH)] == ["255.48", "396.00", ""]


days = st.integers(0, 800).map(lambda number: date(2026, 1, 1) + timedelta(days=number))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first, length = draw(days), draw(st.integers(0, 500))
    return Period(first, first + timedelta(days=length))


@st.composite
def cares(draw: st.DrawFn) -> Care:
    return care(
        draw(st.integers(0, 10_000)),
        draw(st.sampled_from(["01", "04"])),
        draw(st.sampled_from(["1", "2", "4", "6"])),
        period=draw(periods()),
        spells=draw(st.lists(periods(), max_size=4)),
        tariff=Tariff(Unit.HOUR, draw(st.decimals(0, 500, places=4))),
    )


def total(one: Care) -> tuple[D, int]:
    months = list(one.allocated.period.months())
    entries = [month_entry(one, month) for month in months]
    return sum((entry.amount for entry in entries if entry), D(0)), len(months)


@given(cares())
def test_over_the_term_no_more_is_paid_than_may_be_declared(one: Care) -> None:
    """TR322, but for half a cent a month of rounding."""
    held = one.allocated
    assert held.volume is not None
    cap = term_cap(
        AllocatedVolume(
            family=Family.JW,
            category="45",
            volume=held.volume,
            unit=held.unit,
            frequency=held.frequency,
            period=held.period,
        )
    )
    assert cap is not None
    hours = D(cap) / 60 if held.unit == "01" else D(cap)
    paid, months = total(one)
    assert paid <= hours * one.prices[0].tariff.price + D("0.005") * months


@given(cares(), st.decimals(0, 100_000, places=2))
def test_over_the_term_no_more_is_paid_than_the_budget(one: Care, budget: D) -> None:
    """TR369, but for half a cent a month of rounding."""
    held = one.allocated
    of = Allocated(held.period, held.volume, held.unit, held.frequency, budget)
    paid, months = total(Care(of, one.spells, one.prices))
    assert paid <= budget + D("0.005") * months


@given(cares(), periods())
def test_an_interruption_never_brings_more(one: Care, interruption: Period) -> None:
    assert interruption.end
    left = [
        part
        for spell in one.spells
        for part in (
            spell.intersection(Period(date(2020, 1, 1), interruption.start - timedelta(days=1))),
            spell.intersection(Period(interruption.end + timedelta(days=1))),
        )
        if part
    ]
    for month in one.allocated.period.months():
        whole, cut = (
            month_entry(one, month),
            month_entry(Care(one.allocated, left, one.prices), month),
        )
        assert (cut.amount if cut else D(0)) <= (whole.amount if whole else D(0))


@given(cares(), st.integers(1, 500))
def test_two_placements_in_succession_are_paid_once(one: Care, after: int) -> None:
    """Each part of the days of an allocation apart comes to the whole, within a cent a month."""
    held = one.allocated
    day = held.period.start + timedelta(days=after)
    first = Period(held.period.start, day - timedelta(days=1))
    second = Period(day, max(day, held.period.end or day))
    parts = []
    for part in (first, second):
        within = [shared for spell in one.spells if (shared := spell.intersection(part))]
        parts.append(Care(held, within, one.prices))
    for month in held.period.months():
        whole = month_entry(one, month)
        halves = sum((entry.amount for each in parts if (entry := month_entry(each, month))), D(0))
        assert abs(halves - (whole.amount if whole else D(0))) <= D("0.01")
