"""What depends on the result of a trajectory: parts add up, whatever happens in which order."""

from collections.abc import Sequence
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.results import Outcome, Verdict, share_of
from billing.rules.trajectory import Start, Stop, TrajectoryTerms, stakes, steps
from hoofdaannemer.core.money import ZERO, from_cents, round_cents
from tests.billing.rules.test_trajectory import on, terms

REASONS = ["20", "31", "32", "33", "34", "38"]


def linked(**changed: object) -> TrajectoryTerms:
    """Of 6,000 euros, 25 percent depends on the result."""
    return terms(**{"result_share": D("0.25"), **changed})  # type: ignore[arg-type]


def verdict(outcome: Outcome, share: str | None = None) -> Verdict:
    part = D(share) if share else None
    return Verdict(on(200), outcome, share_of(outcome, part))


def amounts(agreed: TrajectoryTerms, outcome: Verdict | None, *events: Start | Stop) -> list[str]:
    verdicts = {1: outcome} if outcome else {}
    return [str(step.amount) for step in steps(agreed, events, verdicts)]


@pytest.mark.parametrize(
    ("outcome", "settled"),
    [
        (None, ["3600.00", "900.00"]),
        (verdict(Outcome.MET), ["3600.00", "900.00", "1500.00"]),
        (verdict(Outcome.PARTLY, "0.5"), ["3600.00", "900.00", "750.00"]),
        (verdict(Outcome.NOT_MET), ["3600.00", "900.00", "0.00"]),
        (verdict(Outcome.UNJUDGED), ["3600.00", "900.00", "1500.00"]),
        (verdict(Outcome.EXPIRED), ["3600.00", "900.00", "1500.00"]),
    ],
)
def test_after_a_planned_end(outcome: Verdict | None, settled: list[str]) -> None:
    assert amounts(linked(), outcome, Start(on(1)), Stop(on(180), "31")) == settled


def test_a_part_of_what_is_paid_at_the_end() -> None:
    agreed = linked(is_of_end_part=True)
    assert agreed.linked == D("600.00")
    assert amounts(agreed, None, Start(on(1)), Stop(on(180), "31")) == ["3600.00", "1800.00"]


@pytest.mark.parametrize(
    ("day", "reason", "settled"),
    [
        # 41.67% of 6,000 is less than what depends on nothing: no result is waited for.
        (75, "32", ["3600.00", "0.00"]),
        (75, "33", ["3600.00", "-1100.00"]),
        # 170 of 180 days earn 5,666.67, of which 4,500 depends on nothing.
        (170, "33", ["3600.00", "900.00", "1166.67"]),
    ],
)
def test_an_early_end_waits_for_no_more_than_it_earns(
    day: int, reason: str, settled: list[str]
) -> None:
    events = (Start(on(1)), Stop(on(day), reason))
    assert amounts(linked(), verdict(Outcome.UNJUDGED), *events) == settled


def test_a_trajectory_that_goes_on_waits_for_no_verdict() -> None:
    going = [Start(on(1)), Stop(on(180), "31"), Start(on(200))]
    [stake] = stakes(linked(), going)
    assert (stake.is_ended, stake.amount) == (False, D("1500.00"))
    [stake] = stakes(linked(), [*going, Stop(on(260), "31")])
    assert (stake.is_ended, stake.ended) == (True, on(260))


@pytest.mark.parametrize("share", ["0", "1", "1.2"])
def test_partly_is_neither_nothing_nor_the_whole(share: str) -> None:
    with pytest.raises(ValueError, match="partly"):
        share_of(Outcome.PARTLY, D(share))


def courses() -> st.SearchStrategy[list[Start | Stop]]:
    """Starts and stops in an order in which they may happen."""
    gaps = st.lists(
        st.tuples(st.integers(1, 120), st.integers(0, 250), st.sampled_from(REASONS)),
        min_size=1,
        max_size=4,
    )

    def told(spells: list[tuple[int, int, str]]) -> list[Start | Stop]:
        day, events = 0, []
        for gap, days, reason in spells:
            day += gap
            events.append(Start(on(day)))
            day += days
            events.append(Stop(on(day), reason))
        return events

    return gaps.map(told)


shares = st.decimals(0, 1, places=4)


@given(
    cents=st.integers(1, 2_000_000),
    start_share=shares,
    result_share=shares,
    is_of_end_part=st.booleans(),
    events=courses(),
)
def test_with_every_result_met_it_is_what_it_is_without_one(
    cents: int,
    start_share: D,
    result_share: D,
    is_of_end_part: bool,
    events: Sequence[Start | Stop],
) -> None:
    """To the cent, in every order of events; with none met the rest is paid all the same."""
    plain = terms(price=from_cents(cents), start_share=start_share)
    agreed = terms(
        price=from_cents(cents),
        start_share=start_share,
        result_share=result_share,
        is_of_end_part=is_of_end_part,
    )
    at_stake = stakes(agreed, events)
    whole = sum((one.amount for one in steps(plain, events)), ZERO)
    day = on(2000)
    for outcome, lost in ((Outcome.MET, ZERO), (Outcome.UNJUDGED, ZERO), (Outcome.NOT_MET, None)):
        verdicts = {one.number: Verdict(day, outcome, share_of(outcome)) for one in at_stake}
        found = steps(agreed, events, verdicts)
        missed = sum((one.amount for one in at_stake), ZERO) if lost is None else lost
        assert sum((one.amount for one in found), ZERO) == whole - missed
        assert len({one.entry.reference for one in found}) == len(found)
    for one in at_stake:
        assert ZERO < one.amount <= agreed.linked <= round_cents(agreed.price) - agreed.start_part


@given(share=st.decimals("0.0001", "0.9999", places=4), events=courses())
def test_a_verdict_put_right_differs_by_its_own_part_only(
    share: D, events: Sequence[Start | Stop]
) -> None:
    agreed = linked()
    at_stake = stakes(agreed, events)
    first = {one.number: Verdict(on(2000), Outcome.NOT_MET, D(0)) for one in at_stake}
    then = {one.number: Verdict(on(2100), Outcome.PARTLY, share) for one in at_stake}
    before = {one.entry.reference: one.amount for one in steps(agreed, events, first)}
    after = {one.entry.reference: one.amount for one in steps(agreed, events, then)}
    changed = {name for name, amount in after.items() if amount != before[name]}
    assert changed <= {one.reference for one in at_stake}
    for one in at_stake:
        assert after[one.reference] == round_cents(one.amount * share)


def test_no_verdict_before_the_end() -> None:
    agreed = linked()
    assert stakes(agreed, [Start(on(1)), Stop(on(100), "20")]) == ()
    assert stakes(agreed, [Start(on(1))]) == ()
