"""FTE reports beside last month, other lines, clients and qualifications."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from billing.models import FteReport, FteSignal
from billing.selectors.fte_facts import comparison
from billing.services import fte
from billing.services.fte import Details
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Role, Scope
from qualifications import services
from qualifications.models import Requirement
from subcontracts.models import Professional
from subcontracts.services import professionals
from tests.billing.build import FEBRUARY, JANUARY, MARCH, moment, placement
from tests.billing.funding import add_line
from tests.factories import World, professional, world

DETAILS = Details(contracted=D("0.9"), hours=D(120), absence=D(8), area="Noord")


@pytest.fixture
def chain(system: Scope) -> World:
    made = world(system)
    placement(made, made.fte, made.products["support"])
    return made


def later(chain: World) -> Scope:
    return chain.system.moved_to(moment(date(2026, 6, 1)))


def handed_in(
    chain: World, month: Month, rows: dict[int, D], details: dict[int, Details] | None = None
) -> FteReport:
    scope = later(chain)
    draft = fte.open_report(scope=scope, funding_line=chain.fte.line, month=month)
    fte.save(scope=scope, report=draft, rows=rows, details=details)
    return fte.hand_in(scope=scope, report=draft)


def kinds(report: FteReport) -> set[str]:
    return set(report.signals.values_list("kind", flat=True))


def test_a_month_begins_as_the_last_one_with_all_that_was_told(chain: World) -> None:
    noor, sem = (professional(chain.system, chain.fte, name) for name in ("Noor", "Sem"))
    handed_in(chain, JANUARY, {noor.pk: D("0.8"), sem.pk: D("0.5")}, {noor.pk: DETAILS})
    scope = later(chain)
    same = fte.open_report(scope=scope, funding_line=chain.fte.line, month=FEBRUARY)
    row = same.rows.get(professional=noor)
    assert (row.contracted, row.hours, row.absence, row.area) == (D("0.9"), 120, 8, "Noord")
    assert comparison(same).is_same
    assert kinds(same) == set()
    fte.hand_in(scope=scope, report=same)
    # Who is out of service does not come along; who is new is marked.
    professionals.end_professional(scope=scope, professional=sem, last_day=date(2026, 2, 20))
    march = fte.open_report(scope=scope, funding_line=chain.fte.line, month=MARCH)
    new = professional(chain.system, chain.fte, "Kim")
    fte.save(scope=scope, report=march, rows={noor.pk: D("0.4"), new.pk: D("0.5")})
    found = comparison(march)
    assert [one.professional for one in found.came] == [new]
    assert [one.professional for one in found.left] == [sem]
    assert [(now.fte, was.fte) for now, was in found.changed] == [(D("0.400"), D("0.800"))]
    assert kinds(march) == {"person_changed", "total_changed"}


def test_one_person_on_two_lines_and_fte_without_clients(chain: World) -> None:
    noor = professional(chain.system, chain.fte)
    other = add_line(chain, "fte", party=chain.fte, products=[chain.products["day"]], fte="1.0")
    handed_in(chain, JANUARY, {noor.pk: D("0.8")})
    scope = later(chain)
    second = fte.open_report(scope=scope, funding_line=other, month=JANUARY)
    fte.save(scope=scope, report=second, rows={noor.pk: D("0.3")})
    assert kinds(second) == {"over_one", "no_care"}
    # What stands out in a draft is for who fills it in.
    controller = chain.at(Role.CONTROLLER)
    assert not FteSignal.objects.visible_to(controller).filter(report=second).exists()
    said = {("over_one", noor.pk): "Twee dagen overlap."}
    fte.hand_in(scope=scope, report=second, explanations=said)
    told = FteSignal.objects.visible_to(controller).get(kind="over_one")
    assert told.explanation == "Twee dagen overlap."
    # A correction keeps what was said of what is still odd.
    draft = fte.correct(scope=scope, report=second)
    assert draft.signals.get(kind="over_one").explanation == "Twee dagen overlap."
    fte.save(scope=scope, report=draft, rows={noor.pk: D("0.2")})
    assert kinds(draft) == {"no_care"}


def test_whose_registration_lapsed_is_told_and_kept(chain: World) -> None:
    noor, sem = (professional(chain.system, chain.fte, name) for name in ("Noor", "Sem"))
    requirement = _registration(chain)
    _proof(chain, requirement, noor, date(2026, 1, 20))
    _proof(chain, requirement, sem, date(2026, 12, 31))
    report = handed_in(chain, JANUARY, {noor.pk: D("0.5"), sem.pk: D("0.5")})
    assert [one.professional for one in report.signals.filter(kind="lapsed")] == [noor]
    answers = {
        row.professional_id: (row.qualified_at_start, row.qualified_at_end)
        for row in report.rows.all()
    }
    assert answers == {noor.pk: ("yes", "no"), sem.pk: ("yes", "yes")}


def _registration(chain: World) -> Requirement:
    terms = services.RequirementTerms(
        code="SKJ",
        name="Registratie SKJ",
        applies_to=Requirement.AppliesTo.PROFESSIONAL,
        proof=Requirement.Proof.REGISTER,
        on_lapse=Requirement.OnLapse.HOLD,
        clause="art. 3.2",
        period=Period(date(2025, 1, 1)),
        products=[chain.products["support"], chain.products["day"]],
    )
    return services.create_requirement(
        scope=chain.system, main_contractor_id=chain.main.pk, terms=terms
    )


def _proof(chain: World, requirement: Requirement, person: Professional, until: date) -> None:
    evidence = services.upload_evidence(
        scope=chain.at(Role.SUBCONTRACTOR_USER, chain.fte),
        requirement=requirement,
        subcontractor=chain.fte.subcontractor,
        professional=person,
        proof=services.Proof("1", Period(date(2026, 1, 1), until), "skj.pdf", b"%PDF-1.7 x"),
    )
    services.review_evidence(scope=chain.at(Role.QUALITY_OFFICER), evidence=evidence, approved=True)
