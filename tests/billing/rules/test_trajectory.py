"""Trajectories: figures of domain.md 3.3, the reasons per law, pauses and restarts."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.trajectory import Start, Stop, TrajectoryTerms, steps
from hoofdaannemer.core.errors import RuleError
from subcontracts.rules.trajectory_ends import EFFECTS, Effect, Law

FIRST = date(2026, 1, 5)


def terms(law: Law = Law.JW, **changed: object) -> TrajectoryTerms:
    return TrajectoryTerms(
        **{
            "law": law,
            "price": Decimal(6000),
            "start_share": Decimal("0.60"),
            "nominal_days": 180,
            **changed,
        }
    )


def on(number: int) -> date:
    """The nth day of the trajectory."""
    return FIRST + timedelta(days=number - 1)


def amounts(agreed: TrajectoryTerms, *events: Start | Stop) -> list[str]:
    return [str(step.amount) for step in steps(agreed, events)]


@pytest.mark.parametrize(
    ("law", "reason", "settled"),
    [
        (Law.JW, "31", "2400.00"),
        (Law.WMO, "19", "2400.00"),
        (Law.JW, "32", "0.00"),
        (Law.WMO, "21", "0.00"),
        (Law.JW, "34", "0.00"),
        (Law.WMO, "23", "0.00"),
        (Law.JW, "33", "-1100.00"),
        (Law.WMO, "22", "-1100.00"),
        (Law.WMO, "31", "0.00"),
        (Law.JW, "35", "0.00"),
        *((law, code, "0.00") for law in Law for code in ("02", "36", "37", "38", "39")),
    ],
)
def test_stop_on_day_75(law: Law, reason: str, settled: str) -> None:
    assert amounts(terms(law), Start(FIRST), Stop(on(75), reason)) == ["3600.00", settled]


def test_after_more_days_than_the_start_part_the_days_count() -> None:
    assert amounts(terms(), Start(FIRST), Stop(on(150), "32")) == ["3600.00", "1400.00"]


@pytest.mark.parametrize(("law", "reason"), [(Law.WMO, "32"), (Law.JW, "19"), (Law.JW, "99")])
def test_a_reason_of_another_law_is_refused(law: Law, reason: str) -> None:
    with pytest.raises(RuleError) as refused:
        steps(terms(law), [Start(FIRST), Stop(on(75), reason)])
    assert refused.value.code == "BIL-20"


def test_a_contract_has_its_own_table() -> None:
    own = terms(effects={"38": Effect.PROVIDER})
    assert amounts(own, Start(FIRST), Stop(on(75), "38")) == ["3600.00", "-1100.00"]


def test_a_pause_stops_the_clock() -> None:
    paused = [Start(FIRST), Stop(on(30), "20"), Start(on(330)), Stop(on(374), "33")]
    assert amounts(terms(), *paused) == ["3600.00", "-1100.00"]


def test_paused_care_may_end_without_another_day() -> None:
    assert amounts(terms(), Start(FIRST), Stop(on(75), "20"), Stop(on(120), "33")) == [
        "3600.00",
        "-1100.00",
    ]


@pytest.mark.parametrize(
    ("gap", "after"),
    [
        (90, ["3500.00"]),  # the same trajectory: up to the whole price
        (91, ["3600.00", "2400.00"]),  # a new one, with a start part of its own
    ],
)
def test_restart_window(gap: int, after: list[str]) -> None:
    events = [Start(FIRST), Stop(on(75), "33"), Start(on(75 + gap)), Stop(on(300), "31")]
    assert amounts(terms(), *events) == ["3600.00", "-1100.00", *after]


def test_a_whole_price_stays_whole() -> None:
    events = [Start(FIRST), Stop(on(75), "31"), Start(on(80)), Stop(on(90), "33")]
    assert amounts(terms(), *events) == ["3600.00", "2400.00", "0.00"]


@pytest.mark.parametrize(
    "events",
    [
        [Stop(on(2), "31")],
        [Start(FIRST), Start(on(2))],
        [Start(on(2)), Stop(on(1), "31")],
        [Start(FIRST), Stop(on(2), "31"), Stop(on(3), "31")],
        [Start(FIRST), Stop(on(2), "20"), Stop(on(3), "20")],
        [Start(FIRST), Stop(on(2), "20"), Start(on(2))],
    ],
)
def test_events_follow_each_other(events: list[Start | Stop]) -> None:
    with pytest.raises(ValueError, match=r"start|stop|period|paused"):
        steps(terms(), events)


@st.composite
def courses(draw: st.DrawFn) -> tuple[TrajectoryTerms, list[Start | Stop]]:
    law = draw(st.sampled_from(Law))
    agreed = terms(
        law,
        price=draw(st.decimals(min_value=1, max_value=30_000, places=2)),
        start_share=draw(st.decimals(min_value=0, max_value=1, places=3)),
        nominal_days=draw(st.integers(1, 400)),
    )
    reasons = [code for known, code in EFFECTS if known is law]
    day, events = FIRST, list[Start | Stop]()
    for _ in range(draw(st.integers(1, 5))):
        events.append(Start(day))
        day += timedelta(days=draw(st.integers(0, 200)))
        events.append(Stop(day, draw(st.sampled_from(reasons))))
        day += timedelta(days=draw(st.integers(1, 150)))
    return agreed, events


def by_trajectory(agreed: TrajectoryTerms, events: Sequence[Start | Stop]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for step in steps(agreed, events):
        number = step.entry.reference.split(":")[0]
        sums[number] = sums.get(number, Decimal(0)) + step.amount
    return sums


@given(courses())
def test_a_trajectory_is_worth_between_nothing_and_its_price(
    course: tuple[TrajectoryTerms, list[Start | Stop]],
) -> None:
    agreed, events = course
    for length in range(len(events) + 1):
        for due in by_trajectory(agreed, events[:length]).values():
            assert 0 <= due <= agreed.price


@given(courses())
def test_what_was_entitled_before_stays_when_more_happens(
    course: tuple[TrajectoryTerms, list[Start | Stop]],
) -> None:
    agreed, events = course
    known = steps(agreed, events)
    for length in range(len(events)):
        earlier = steps(agreed, events[:length])
        assert known[: len(earlier)] == earlier
