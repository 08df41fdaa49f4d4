"""The fixed sum for FTE: figures of domain.md 3.2, and properties."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.fte import (
    FteMonth,
    FteTerms,
    WorkerMonth,
    month_amount,
    recognised_month,
    true_up,
)
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Month, Period, parse_period

YEAR = list(parse_period("2026").months())
TERMS = FteTerms(fte=Decimal("12.0"), price=Decimal(98_000), tolerance=Decimal("0.05"))
REPORTED = [Decimal(fte) for fte in ["12.0"] * 4 + ["10.5"] * 4 + ["10.8"] * 4]


def reports(*, unregistered_months: int) -> list[FteMonth]:
    """The year of domain.md; in its first months a worker of 0.4 FTE is not registered."""
    return [
        recognised_month(
            month,
            [
                WorkerMonth("registered", reported - Decimal("0.4"), 30, 30),
                WorkerMonth("other", Decimal("0.4"), 0 if place < unregistered_months else 30, 30),
            ],
        )
        for place, (month, reported) in enumerate(zip(YEAR, REPORTED, strict=True))
    ]


@pytest.mark.parametrize(
    ("months", "recognised", "difference", "amount"),
    [(3, "11.0", "-0.4", "-39200.00"), (0, "11.1", "-0.3", "-29400.00")],
    ids=["with the gate", "without the gate"],
)
def test_year_end(months: int, recognised: str, difference: str, amount: str) -> None:
    settled = true_up(TERMS, YEAR, reports(unregistered_months=months))
    assert settled.recognised == Decimal(recognised)
    assert settled.difference == Decimal(difference)
    assert settled.amount == Decimal(amount)


def test_a_month_is_a_twelfth() -> None:
    entry = month_amount(TERMS, Month(2026, 3), Period(date(2026, 1, 1)))
    assert entry is not None
    assert entry.amount == Decimal("98000.00")


@given(
    st.decimals(min_value=0, max_value=500, places=2),
    st.decimals(min_value=0, max_value=200_000, places=2),
)
def test_twelve_months_are_the_year_to_the_cent(fte: Decimal, price: Decimal) -> None:
    terms = FteTerms(fte, price)
    parts = [month_amount(terms, month, Period(date(2026, 1, 1))) for month in YEAR]
    amounts = [part.amount for part in parts if part]
    assert len(amounts) == 12
    assert abs(sum(amounts) - fte * price) <= Decimal("0.005")
    assert max(amounts) - min(amounts) <= Decimal("0.01")


def test_a_part_of_a_month_counts_by_days() -> None:
    in_force = Period(date(2026, 4, 11), date(2026, 6, 30))
    whole, part = Decimal("98000.00"), Decimal("65333.33")
    got = [month_amount(TERMS, month, in_force) for month in YEAR[2:7]]
    assert [entry.amount if entry else None for entry in got] == [None, part, whole, whole, None]


def at(fte: str) -> list[FteMonth]:
    return [FteMonth(month, Decimal(fte), Decimal(fte)) for month in YEAR]


@pytest.mark.parametrize(
    ("fte", "terms", "amount"),
    [
        ("11.4", {}, "0.00"),  # exactly the tolerance
        ("13.0", {}, "0.00"),
        ("13.0", {"is_symmetric": True}, "39200.00"),
        ("20.0", {"is_symmetric": True, "most_over": Decimal("0.10")}, "58800.00"),
        ("13.0", {"is_symmetric": True, "most_over": Decimal("0.01")}, "0.00"),
    ],
)
def test_over_and_inside_the_tolerance(fte: str, terms: dict[str, object], amount: str) -> None:
    agreed = FteTerms(TERMS.fte, TERMS.price, TERMS.tolerance, **terms)
    assert true_up(agreed, YEAR, at(fte)).amount == Decimal(amount)


def test_half_a_year_settles_half_a_year() -> None:
    full = true_up(TERMS, YEAR, at("10")).amount
    assert true_up(TERMS, YEAR[:6], at("10")[:6]).amount * 2 == full


@pytest.mark.parametrize("months", [at("12")[1:], [*at("12"), *at("12")[:1]]])
def test_every_month_has_one_report(months: list[FteMonth]) -> None:
    with pytest.raises(RuleError) as refused:
        true_up(TERMS, YEAR, months)
    assert refused.value.code == "BIL-10"


recognised = st.lists(
    st.decimals(min_value=0, max_value=30, places=3), min_size=12, max_size=12
).map(lambda ftes: [FteMonth(m, fte, fte) for m, fte in zip(YEAR, ftes, strict=True)])


@given(recognised, st.randoms(use_true_random=False))
def test_what_goes_back_is_no_more_than_was_paid(months: list[FteMonth], random: Random) -> None:
    settled = true_up(TERMS, YEAR, months)
    assert -TERMS.fte * TERMS.price <= settled.amount <= 0
    assert settled == true_up(TERMS, YEAR, random.sample(months, 12))


@given(st.integers(0, 31))
def test_a_worker_counts_for_the_days_he_may_work(days: int) -> None:
    month = recognised_month(YEAR[0], [WorkerMonth("a", Decimal("0.8"), days, 31)])
    assert month.reported == Decimal("0.8")
    assert abs(month.recognised - Decimal("0.8") * days / 31) < Decimal("1e-20")
