"""Price times quantity; the ids of the cases are the rules' codes."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules import pxq
from billing.rules.pxq import Line, Minutes, Tariff, Unit
from hoofdaannemer.core.errors import RuleError

HOUR = Tariff(Unit.HOUR, Decimal("69.27"))
prices = st.decimals(min_value=0, max_value=9999, places=4)
volumes = st.integers(0, 10**6)


@pytest.mark.parametrize(
    ("volume", "unit", "tariff", "amount"),
    [
        pytest.param(10_000, Unit.MINUTE, HOUR, "11545.00", id="IV081"),
        pytest.param(90, Unit.MINUTE, HOUR, "103.91", id="TR346-half-cent-up"),
        pytest.param(6, Unit.HOUR, HOUR, "415.62", id="TR346-hours"),
        pytest.param(
            10_000, Unit.MINUTE, Tariff(Unit.MINUTE, Decimal("1.1545")), "11545.00", id="TR346-four"
        ),
        pytest.param(123_45, Unit.EURO, None, "123.45", id="CS339"),
        pytest.param(0, Unit.HOUR, HOUR, "0.00", id="nothing"),
    ],
)
def test_amount_of_a_line(volume: int, unit: Unit, tariff: Tariff | None, amount: str) -> None:
    assert pxq.line_amount(volume, unit, tariff).amount == Decimal(amount)


def test_the_tariff_per_minute_is_information_only() -> None:
    assert pxq.minute_tariff(HOUR.price) == Decimal("1.15")


@pytest.mark.parametrize(
    ("unit", "tariff"),
    [
        (Unit.DAY_PART, HOUR),
        (Unit.HOUR, None),
        (Unit.EURO, HOUR),
        (Unit.HOUR, Tariff(Unit.MINUTE, Decimal(1))),
    ],
)
def test_a_tariff_for_another_unit_is_refused(unit: Unit, tariff: Tariff | None) -> None:
    with pytest.raises(RuleError) as refused:
        pxq.line_amount(4, unit, tariff)
    assert refused.value.code == "BIL-01"


@pytest.mark.parametrize(
    ("minutes", "hours"), [(380, 6), (390, 7), (389, 6), (1, 1), (30, 1), (89, 1), (90, 2), (0, 0)]
)
def test_hours_are_rounded_on_the_total_of_the_line(minutes: int, hours: int) -> None:
    assert pxq.declared_hours(minutes) == hours


@given(volumes, prices)
def test_minutes_of_an_hourly_tariff_keep_to_half_a_cent(minutes: int, price: Decimal) -> None:
    amount = pxq.line_amount(minutes, Unit.MINUTE, Tariff(Unit.HOUR, price)).amount
    assert abs(amount * 60 - price * minutes) <= Decimal("0.3")
    assert amount >= 0


@pytest.mark.parametrize(
    ("how", "minutes", "paid", "amount"),
    [
        (Minutes.EXACT, 100, 100, "115.45"),
        (Minutes.QUARTER, 100, 105, "121.22"),
        (Minutes.QUARTER, 105, 105, "121.22"),
        (Minutes.HALF, 100, 120, "138.54"),
        (Minutes.HOUR, 100, 120, "138.54"),
        (Minutes.HOUR, 121, 180, "207.81"),
        (Minutes.HOUR, 0, 0, "0.00"),
    ],
)
def test_minutes_are_paid_as_the_contract_says(
    how: Minutes, minutes: int, paid: int, amount: str
) -> None:
    why = pxq.line_amount(minutes, Unit.MINUTE, HOUR, how)
    assert (pxq.paid_minutes(minutes, how), str(why.amount)) == (paid, amount)
    assert pxq.priced(minutes, "01", HOUR.price, "04", how) == (115, int(Decimal(amount) * 100))
    # Of another unit, and of minutes at a tariff of their own, nothing is begun.
    assert pxq.line_amount(3, Unit.HOUR, HOUR, how) == pxq.line_amount(3, Unit.HOUR, HOUR)
    by_minute = Tariff(Unit.MINUTE, Decimal("1.10"))
    assert pxq.line_amount(7, Unit.MINUTE, by_minute, how).amount == Decimal("7.70")


@given(volumes, st.sampled_from(Minutes))
def test_what_was_begun_is_the_least_number_of_parts_that_holds_it(
    minutes: int, how: Minutes
) -> None:
    paid, part = pxq.paid_minutes(minutes, how), pxq.paid_minutes(1, how)
    assert paid % part == 0
    assert 0 <= paid - minutes < part


def lines() -> st.SearchStrategy[list[Line]]:
    one = st.builds(
        Line,
        reference=st.uuids().map(str),
        volume=volumes,
        unit=st.just(Unit.MINUTE),
        tariff=st.builds(Tariff, st.sampled_from([Unit.MINUTE, Unit.HOUR]), prices),
    )
    return st.lists(one, max_size=12, unique_by=lambda line: line.reference)


@given(lines(), st.randoms(use_true_random=False))
def test_a_month_adds_up_in_any_order(month: list[Line], random: Random) -> None:
    shuffled = random.sample(month, len(month))
    entitlement = pxq.month_entitlement(month)
    assert entitlement == pxq.month_entitlement(shuffled)
    assert entitlement.amount == sum(entry.amount for entry in entitlement.entries)


@given(lines())
def test_a_credit_takes_its_debit_back_to_the_cent(month: list[Line]) -> None:
    taken_back = [
        replace(line, reference=f"C{line.reference}", credits=line.reference) for line in month
    ]
    assert pxq.month_entitlement([*month, *taken_back]).amount == Decimal("0.00")


def test_a_month_without_lines_is_nothing() -> None:
    assert pxq.month_entitlement([]).amount == Decimal("0.00")
