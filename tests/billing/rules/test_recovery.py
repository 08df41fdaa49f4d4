"""What recovery plans take: the least of three, in their order, and never more than there is."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.recovery import Part, Plan, Taken, monthly_of, taken
from billing.rules.statement import Posting, PostingKind, totals
from hoofdaannemer.core.money import ZERO, from_cents


def plan(key: int = 1, **changed: object) -> Plan:
    """1,200 euros in parts of 400."""
    terms = {"total": D(1200), "taken": ZERO, "monthly": D(400), "leaves": ZERO, **changed}
    return Plan(key, **terms)  # type: ignore[arg-type]


def amounts(lines: list[Taken]) -> list[tuple[str, str]]:
    return [(one.part.value, str(one.amount)) for one in lines]


@pytest.mark.parametrize(
    ("changed", "balance", "lines"),
    [
        ({}, "1000", [("set_off", "400")]),
        ({}, "250.50", [("set_off", "250.50")]),
        ({}, "0", []),
        ({}, "-80", []),
        ({"leaves": D(700)}, "1000", [("set_off", "300")]),
        ({"leaves": D(1000)}, "1000", []),
        ({"taken": D(1000)}, "1000", [("set_off", "200.00")]),
        ({"may_take": False}, "1000", []),
        ({"has_ended": True, "taken": D(500)}, "100", [("rest", "700")]),
        ({"aside": D(1200)}, "-1200", [("deferral", "1200")]),
        ({"aside": D(1200)}, "-900", [("deferral", "1200"), ("set_off", "300.00")]),
    ],
)
def test_a_statement_gives_what_it_has(
    changed: dict[str, object], balance: str, lines: list[tuple[str, str]]
) -> None:
    found = amounts(taken([plan(**changed)], D(balance)))
    assert [(part, D(amount)) for part, amount in found] == [
        (part, D(amount)) for part, amount in lines
    ]


def test_the_plan_that_was_first_takes_first() -> None:
    lines = taken([plan(1), plan(2)], D(500))
    assert [(one.key, one.amount) for one in lines] == [(1, D(400)), (2, D(100))]


@pytest.mark.parametrize(
    ("total", "months", "monthly"), [("1000", 3, "333.34"), ("1000", 4, "250"), ("0.02", 3, "0.01")]
)
def test_equal_parts_pay_it_back_in_time(total: str, months: int, monthly: str) -> None:
    assert monthly_of(D(total), months) == D(monthly)


cents = st.integers(1, 500_000).map(from_cents)


@given(
    terms=st.lists(
        st.tuples(cents, cents, st.one_of(st.just(ZERO), cents)), min_size=1, max_size=3
    ),
    months=st.lists(st.integers(-300_000, 500_000).map(from_cents), min_size=1, max_size=24),
    ended=st.integers(0, 30),
)
def test_nobody_pays_back_more_than_was_put_aside(
    terms: list[tuple[D, D, D]], months: list[D], ended: int
) -> None:
    """Month by month with what is carried over; every euro is paid, carried, or still owed."""
    owed = sum((total for total, _monthly, _leaves in terms), ZERO)
    carried, paid_out, given = -owed, ZERO, ZERO
    back = dict.fromkeys(range(len(terms)), ZERO)
    for number, month in enumerate(months):
        plans = [
            Plan(
                key,
                total=total,
                taken=back[key],
                monthly=min(monthly, total),
                leaves=leaves,
                aside=total if number == 0 else ZERO,
                has_ended=number >= ended and number > 0,
            )
            for key, (total, monthly, leaves) in enumerate(terms)
        ]
        before = month + carried
        lines = taken(plans, before)
        balance = before + sum((one.why.amount for one in lines), ZERO)
        for one in lines:
            if one.part is not Part.DEFERRAL:
                back[one.key] += one.amount
            if one.part is Part.SET_OFF:
                assert balance >= 0 or any(other.part is Part.REST for other in lines)
                assert one.amount <= plans[one.key].monthly
        if any(one.part is Part.SET_OFF for one in lines) and number < ended:
            assert balance >= min(
                plans[one.key].leaves for one in lines if one.part is Part.SET_OFF
            )
        paid_out += max(balance, ZERO)
        carried = min(balance, ZERO)
        given += month
    assert all(back[key] <= total for key, (total, _monthly, _leaves) in enumerate(terms))
    still_owed = owed - sum(back.values(), ZERO)
    # What was earned is paid out, but for the debt that was there and is still carried or owed.
    assert given - owed == paid_out + carried - still_owed


def test_a_statement_adds_its_plans() -> None:
    summed = totals(
        [
            Posting(PostingKind.ENTITLEMENT, "pxq", "R1", D("900.00")),
            Posting(PostingKind.DEFERRAL, "", "plan-1", D("200.00")),
            Posting(PostingKind.SET_OFF, "", "plan-1", D("50.00")),
        ]
    )
    assert (summed.balance, dict(summed.by_form)) == (D("1050.00"), {"pxq": D("900.00")})
    with pytest.raises(ValueError, match="above zero"):
        Posting(PostingKind.SET_OFF, "", "plan-1", D("-50.00"))
