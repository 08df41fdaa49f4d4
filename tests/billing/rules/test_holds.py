"""Holds judge per worker at the date of service, and are rounded once."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.holds import Basis, HeldLine, Named, WorkerVolume, hold
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period, parse_period

APRIL = parse_period("2026-04")
ALWAYS = (Period(date(2020, 1, 1)),)


def days(first: int, last: int) -> Period:
    return Period(date(2026, 4, first), date(2026, 4, last))


def line(**changed: object) -> HeldLine:
    return HeldLine(
        **{
            "amount": Decimal("1000.00"),
            "volume": Decimal(20),
            "delivered": (APRIL,),
            "organisation": ALWAYS,
            **changed,
        }
    )


def held(one: HeldLine) -> tuple[str, str] | None:
    found = hold(one)
    return found and (str(found.amount), found.basis.value)


LAPSED = Named("lapsed on the 10th", APRIL, (days(1, 10),))
GOOD = Named("good", APRIL, ALWAYS)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ((), None),
        ((GOOD,), None),
        ((LAPSED,), ("666.67", "days")),
        ((LAPSED, GOOD), None),  # somebody who may work was there
        ((Named("named later", days(16, 30), ALWAYS),), ("500.00", "days")),
        ((Named("never", APRIL, ()),), ("1000.00", "days")),
        # Two who lapse at different days: only the days without any of them.
        ((LAPSED, Named("other", APRIL, (days(1, 20),))), ("333.33", "days")),
    ],
)
def test_by_days(named: tuple[Named, ...], expected: tuple[str, str] | None) -> None:
    assert held(line(named=named)) == expected


def test_without_names_only_the_organisation_is_judged() -> None:
    assert held(line(organisation=(days(1, 15),))) == ("500.00", "organisation")


def test_the_organisation_counts_for_named_people_too() -> None:
    assert held(line(named=(GOOD,), organisation=(days(1, 15),))) == ("500.00", "days")


def test_only_days_of_care_count_and_each_once() -> None:
    care = (days(1, 12), days(11, 20))
    assert held(line(named=(LAPSED,), delivered=care)) == ("500.00", "days")


@pytest.mark.parametrize(
    ("volumes", "expected"),
    [
        # The volume of the worker, not the days: 12 of 20, on 20 of 30 days.
        ({LAPSED.worker: 12, GOOD.worker: 8}, ("400.00", "volume")),
        ({GOOD.worker: 20}, None),
        # Eight that nobody claims follow the days: nobody lacking, for one of the two may work.
        ({LAPSED.worker: 12}, ("400.00", "volume")),
        ({LAPSED.worker: 0, GOOD.worker: 20}, None),
    ],
)
def test_by_volume(volumes: dict[str, int], expected: tuple[str, str] | None) -> None:
    given_volumes = tuple(WorkerVolume(who, Decimal(much)) for who, much in volumes.items())
    assert held(line(named=(LAPSED, GOOD), volumes=given_volumes)) == expected


def test_a_worker_without_registration_holds_exactly_his_volume() -> None:
    never = Named("never", APRIL, ())
    volumes = (WorkerVolume("never", Decimal(3)), WorkerVolume("good", Decimal(17)))
    assert held(line(named=(never, GOOD), volumes=volumes)) == ("150.00", "volume")


def test_volume_outside_the_days_one_is_named_is_held() -> None:
    before = Named("left", Period(date(2026, 3, 1), date(2026, 3, 31)), ALWAYS)
    volumes = (WorkerVolume("left", Decimal(5)), WorkerVolume("good", Decimal(15)))
    assert held(line(named=(before, GOOD), volumes=volumes)) == ("250.00", "volume")


def test_volume_of_somebody_who_is_named_no_more_is_held() -> None:
    volumes = (WorkerVolume("somebody else", Decimal(4)), WorkerVolume("good", Decimal(16)))
    assert held(line(named=(GOOD,), volumes=volumes)) == ("200.00", "volume")


def test_more_volume_than_the_line_is_refused() -> None:
    with pytest.raises(RuleError) as refused:
        hold(line(named=(GOOD,), volumes=(WorkerVolume("good", Decimal(21)),)))
    assert refused.value.code == "BIL-30"


def test_a_line_without_care_cannot_be_judged() -> None:
    with pytest.raises(ValueError, match="day of care"):
        line(delivered=())


spans = st.tuples(st.integers(1, 30), st.integers(1, 30)).map(lambda two: days(*sorted(two)))
people = st.lists(
    st.builds(
        Named,
        worker=st.sampled_from(["a", "b", "c"]),
        period=spans,
        eligible=st.lists(spans, max_size=2).map(tuple),
    ),
    max_size=4,
).map(tuple)


@st.composite
def held_lines(draw: st.DrawFn) -> HeldLine:
    named = draw(people)
    workers = sorted({one.worker for one in named})
    volume = Decimal(draw(st.integers(1, 500)))
    parts = [draw(st.integers(0, int(volume) // len(workers))) for _ in workers]
    volumes = tuple(
        WorkerVolume(who, Decimal(part)) for who, part in zip(workers, parts, strict=True)
    )
    return line(
        amount=draw(st.decimals(min_value=0, max_value=10**6, places=2)),
        volume=volume,
        delivered=tuple(draw(st.lists(spans, min_size=1, max_size=3))),
        organisation=tuple(draw(st.lists(spans, max_size=2))) or ALWAYS,
        named=named,
        volumes=volumes if draw(st.booleans()) else (),
    )


@given(held_lines(), st.randoms(use_true_random=False))
def test_never_more_than_the_line_in_any_order(one: HeldLine, random: Random) -> None:
    found = hold(one)
    assert found is None or 0 < found.amount <= one.amount
    shuffled = line(
        amount=one.amount,
        volume=one.volume,
        delivered=tuple(random.sample(one.delivered, len(one.delivered))),
        organisation=one.organisation,
        named=tuple(random.sample(one.named, len(one.named))),
        volumes=tuple(random.sample(one.volumes, len(one.volumes))),
    )
    assert found == hold(shuffled)


@given(held_lines())
def test_more_qualification_never_holds_more(one: HeldLine) -> None:
    before = hold(one)
    mended = line(
        amount=one.amount,
        volume=one.volume,
        delivered=one.delivered,
        organisation=ALWAYS,
        named=tuple(Named(who.worker, who.period, ALWAYS) for who in one.named),
        volumes=one.volumes,
    )
    after = hold(mended)
    assert (after.amount if after else 0) <= (before.amount if before else 0)


def test_the_basis_of_a_hold_has_its_sentence() -> None:
    found = hold(line(named=(LAPSED,)))
    assert found is not None
    assert found.basis is Basis.DAYS
    assert "666,67" in found.explanation.sentence()
