"""Holds: exactly the lines that a lapse concerns, judged on the day of care."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.models import Hold, Statement
from billing.services import entitling, holds, months
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from messaging.istandaard import Family
from messaging.istandaard.volumes import AllocatedVolume, line_cap, term_cap
from qualifications import services as quality
from qualifications.models import Requirement
from subcontracts.models import Placement, PlacementProfessional, Professional
from tests.billing.build import FEBRUARY, JANUARY, declare, moment, placement, priced
from tests.factories import World, professional, world

D = Decimal


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def demand(chain: World, applies_to: str = "professional") -> Requirement:
    """A registration, without which what is delivered is not paid yet."""
    return quality.create_requirement(
        scope=chain.system,
        main_contractor_id=chain.main.pk,
        terms=quality.RequirementTerms(
            code="SKJ",
            name="SKJ-registratie",
            applies_to=applies_to,
            proof=Requirement.Proof.REGISTER,
            on_lapse=Requirement.OnLapse.HOLD,
            clause="3.9",
            period=Period(date(2025, 1, 1)),
            products=[chain.products["guidance"]],
        ),
    )


def prove(chain: World, demanded: Requirement, valid: Period, who: Professional | None) -> None:
    """Upload a proof and let a quality officer approve it."""
    proof = quality.Proof(
        number="123", validity=valid, file_name="skj.pdf", content=b"%PDF-1.4 proof"
    )
    evidence = quality.upload_evidence(
        scope=chain.system,
        requirement=demanded,
        subcontractor=chain.pxq.subcontractor,
        proof=proof,
        professional=who,
    )
    officer = chain.at(Role.QUALITY_OFFICER)
    quality.review_evidence(scope=officer, evidence=evidence, approved=True)


def named(chain: World, placed: Placement, who: Professional) -> None:
    PlacementProfessional.objects.create(
        main_contractor=chain.main,
        provider_organisation=chain.pxq.organisation,
        placement=placed,
        professional=who,
        start_date=placed.start_date,
    )


def refresh(chain: World) -> None:
    scope = chain.system.moved_to(moment(date(2026, 2, 5)))
    entitling.entitle(scope=scope, subcontractor=chain.pxq.subcontractor)
    holds.refresh(scope=scope, subcontractor=chain.pxq.subcontractor)


def test_exactly_the_line_of_the_professional_without_proof(chain: World) -> None:
    demanded = demand(chain)
    with_proof, without = (
        professional(chain.system, chain.pxq),
        professional(chain.system, chain.pxq, "Sem"),
    )
    prove(chain, demanded, Period(date(2025, 1, 1), date(2027, 1, 1)), with_proof)
    good, bad = placement(chain), placement(chain)
    named(chain, good, with_proof)
    named(chain, bad, without)
    lines = priced(good, 10, reference="GOOD"), priced(bad, 5, reference="BAD")
    declare(chain, *lines)
    refresh(chain)
    hold = Hold.objects.get()
    assert (hold.reference, hold.amount, hold.kind) == ("BAD", D("330.00"), "qualification")
    assert "SKJ-registratie" in hold.reason
    assert hold.clause == "3.9"
    # Asked again, nothing changes; a late proof that covers the days releases it.
    refresh(chain)
    assert Hold.objects.count() == 1
    prove(chain, demanded, Period(date(2026, 1, 1), date(2027, 1, 1)), without)
    refresh(chain)
    assert Hold.objects.get().release_reason == "met"


@pytest.mark.parametrize(
    ("jobs", "held"), [(["Jeugdzorgwerker"], [D("660.00")]), (["Gedragswetenschapper"], [])]
)
def test_a_requirement_of_some_jobs_holds_what_those_delivered(
    chain: World, jobs: list[str], held: list[Decimal]
) -> None:
    demanded = demand(chain)
    Requirement.objects.filter(pk=demanded.pk).update(jobs=jobs)
    placed = placement(chain)
    named(chain, placed, professional(chain.system, chain.pxq))
    declare(chain, priced(placed, 10))
    refresh(chain)
    assert [hold.amount for hold in Hold.objects.all()] == held


def test_part_of_the_days_and_a_proof_that_comes_too_late(chain: World) -> None:
    demanded = demand(chain)
    who = professional(chain.system, chain.pxq)
    prove(chain, demanded, Period(date(2025, 1, 1), date(2026, 1, 15)), who)
    placed = placement(chain)
    named(chain, placed, who)
    declare(chain, priced(placed, 10))
    refresh(chain)
    # 16 of 31 days: 660 x 16 / 31.
    assert Hold.objects.open().get().amount == D("340.65")
    # A proof from 20 January covers part of it: the rest stays held.
    prove(chain, demanded, Period(date(2026, 1, 20), date(2027, 1, 1)), who)
    refresh(chain)
    assert Hold.objects.open().get().amount == D("85.16")
    assert Hold.objects.exclude(released_at=None).get().release_reason == "changed"


@pytest.mark.parametrize(
    ("applies_to", "held"), [("professional", []), ("organisation", [D("660.00")])]
)
def test_nobody_named_only_the_organisation_is_judged(
    chain: World, applies_to: str, held: list[Decimal]
) -> None:
    demand(chain, applies_to)
    declare(chain, priced(placement(chain), 10))
    refresh(chain)
    assert [hold.amount for hold in Hold.objects.all()] == held


def test_held_on_the_statement_and_released_on_the_next(chain: World) -> None:
    demanded = demand(chain)
    who = professional(chain.system, chain.pxq)
    placed = placement(chain)
    named(chain, placed, who)
    declare(chain, priced(placed, 10))
    scope = chain.system.moved_to(moment(date(2026, 3, 5)))
    run = {"scope": scope, "main_contractor_id": chain.main.pk}
    months.run_month(**run, month=JANUARY)
    january = Statement.objects.get(subcontractor=chain.pxq.subcontractor)
    assert (january.held, january.payable) == (D("660.00"), D("0.00"))
    prove(chain, demanded, Period(date(2025, 1, 1), date(2027, 1, 1)), who)
    months.run_month(**run, month=FEBRUARY)
    february = Statement.objects.get(subcontractor=chain.pxq.subcontractor, month=FEBRUARY.first)
    assert (february.released, february.payable) == (D("660.00"), D("660.00"))


DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
ALLOCATED = st.builds(
    AllocatedVolume,
    family=st.sampled_from(Family),
    category=st.sampled_from(["01", "45"]),
    volume=st.integers(1, 500),
    unit=st.sampled_from(["01", "04", "14", "16", "82", "83", "84"]),
    frequency=st.sampled_from(["1", "2", "4", "6"]),
    period=st.tuples(DAYS, DAYS).map(lambda days: Period(min(days), max(days))),
)


def test_caps_in_the_database_are_those_of_the_standard(db: None) -> None:
    @settings(max_examples=300, deadline=None)
    @given(ALLOCATED, st.integers(0, 40))
    def same(allocated: AllocatedVolume, skipped: int) -> None:
        period = list(allocated.period.months())
        month = period[min(skipped, len(period) - 1)].period.intersection(allocated.period)
        assert month is not None
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT billing_line_cap(%s, %s, %s, %s, %s, %s, %s, %s, %s),"
                " billing_term_cap(%s, %s, %s, %s, %s)",
                [
                    allocated.family.value,
                    allocated.category,
                    allocated.volume,
                    allocated.unit,
                    allocated.frequency,
                    allocated.period.start,
                    allocated.period.end,
                    month.start,
                    month.end,
                    allocated.volume,
                    allocated.unit,
                    allocated.frequency,
                    allocated.period.start,
                    allocated.period.end,
                ],
            )
            assert cursor.fetchone() == (line_cap(allocated, month), term_cap(allocated))

    same()
