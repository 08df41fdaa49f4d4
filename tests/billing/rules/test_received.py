"""Judging invoice lines on values alone: what stands never passes what was decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing.rules.received import (
    Bounds,
    Line,
    judge,
    judge_whole,
    latest_receipt,
    line_amount,
)
from billing.rules.received_credits import Credit, Debit, judge_credits, taken_quantity
from hoofdaannemer.core.periods import Month, Period

START = date(2026, 1, 1)
YEAR = Period(START, date(2026, 12, 31))
quantities = st.decimals(Decimal("0.25"), Decimal(12), places=2)
days = st.integers(0, 120)


@st.composite
def lines(draw: st.DrawFn) -> list[Line]:
    bounds = [
        Bounds(
            key=key,
            period=YEAR,
            unit="04",
            volume=draw(st.none() | st.decimals(Decimal(1), Decimal(30), places=2)),
            price=Decimal("80.00"),
            budget=draw(st.none() | st.decimals(Decimal(1), Decimal(3000), places=2)),
            is_monthly=draw(st.booleans()),
        )
        for key in (1, 2)
    ]
    made = []
    for key in range(draw(st.integers(1, 12))):
        first = START + timedelta(days=draw(days))
        quantity, price = draw(quantities), draw(st.sampled_from([Decimal(79), Decimal(81)]))
        made.append(
            Line(
                key=key,
                period=Period(first, first + timedelta(days=draw(st.integers(0, 6)))),
                quantity=quantity,
                price=price,
                amount=line_amount(quantity, price) + draw(st.sampled_from([0, 0, 0, 1])),
                bounds=draw(st.sampled_from([*bounds, None])),
            )
        )
    return made


def right(made: list[Line]) -> list[Line]:
    found = judge(
        made,
        [],
        received=date(2026, 7, 1),
        today=date(2026, 7, 1),
        oldest_months=12,
        number="F",
    )
    return [one for one in made if not found[one.key]]


@given(lines())
def test_what_is_right_stays_within_what_was_decided(made: list[Line]) -> None:
    for of in {one.bounds for one in made if one.bounds}:
        good = [one for one in right(made) if one.bounds == of]
        assert all(one.price <= Decimal("80.00") for one in good)
        if of.budget is not None:
            assert sum(one.amount for one in good) <= of.budget
        if of.volume is not None:
            months = {Month.of(one.period.start) for one in good}
            parts = (
                [[one for one in good if Month.of(one.period.start) == month] for month in months]
                if of.is_monthly
                else [good]
            )
            assert all(sum(one.quantity for one in part) <= of.volume for part in parts)
        assert not any(
            one.period.overlaps(other.period) for one in good for other in good if one is not other
        )


@given(lines())
def test_a_wrong_line_stands_in_no_other_lines_way(made: list[Line]) -> None:
    good = right(made)
    assert right(good) == good


def test_an_invoice_that_names_no_account_is_paid_to_the_known_one() -> None:
    whole = judge_whole(total=Decimal(3), amounts=[Decimal(1), Decimal(2)], iban="", known_iban="A")
    assert whole == []


credits_asked = st.lists(
    st.tuples(st.integers(1, 12), st.sampled_from([Decimal("80.00"), Decimal("7.50")])),
    min_size=1,
    max_size=8,
)


@given(credits_asked)
def test_credits_together_never_take_more_than_the_line(
    asked: list[tuple[int, Decimal]],
) -> None:
    whole = Debit(
        key=9,
        period=YEAR,
        unit="04",
        price=Decimal("80.00"),
        quantity=Decimal(10),
        amount=Decimal("800.00"),
    )
    lines = [
        Credit(
            key=key,
            period=YEAR,
            quantity=Decimal(quantity),
            price=price,
            amount=line_amount(Decimal(quantity), price),
            of=whole,
        )
        for key, (quantity, price) in enumerate(asked)
    ]
    found = judge_credits(lines)
    amount, units = Decimal(0), Decimal(0)
    for line in lines:
        if found[line.key]:
            continue
        left = replace(whole, amount=whole.amount - amount, quantity=whole.quantity - units)
        units += taken_quantity(line.amount, line.quantity, line.price, left)
        amount += line.amount
    assert 0 <= amount <= whole.amount
    assert 0 <= units <= whole.quantity
    assert (amount == whole.amount) <= (units == whole.quantity)


def test_months_count_from_the_end_of_the_month_of_the_care() -> None:
    assert latest_receipt(date(2025, 8, 3), 6) == date(2026, 2, 28)
