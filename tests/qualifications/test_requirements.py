"""A requirement is made, says something else from a day on, and ends; nothing of it is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from qualifications import services
from qualifications.effects import Effect, effect_of
from qualifications.models import Evidence, Requirement, RequirementStep
from qualifications.selectors import eligibility
from qualifications.services import RequirementTerms
from subcontracts import gates
from subcontracts.models import Professional
from subcontracts.services import placements
from tests import factories
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World

TODAY = factories.NOW.date()
LATER = date(2026, 6, 1)
PDF = b"%PDF-1.4 a diploma"


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system)


def terms(world: World, **changes: Any) -> RequirementTerms:
    said = RequirementTerms(
        code="DIPLOMA",
        name="Diploma jeugdzorg",
        applies_to=Requirement.AppliesTo.PROFESSIONAL,
        proof=Requirement.Proof.DIPLOMA,
        on_lapse=Requirement.OnLapse.HOLD,
        clause="art. 3.2",
        period=Period(TODAY),
        products=[world.products["guidance"]],
        level=Requirement.Level.MBO_4,
    )
    return replace(said, **changes)


def officer(world: World) -> Scope:
    return become(world.at(Role.QUALITY_OFFICER))


def made(world: World, **changes: Any) -> Requirement:
    row = services.create_requirement(
        scope=officer(world), main_contractor_id=world.main.pk, terms=terms(world, **changes)
    )
    become(world.system)
    return row


def changed(
    world: World, row: Requirement, *, keeps_proofs: bool = True, **changes: Any
) -> Requirement:
    said = terms(world, **({"period": Period(LATER)} | changes))
    new = services.change_requirement(
        scope=officer(world), requirement=row, terms=said, keeps_proofs=keeps_proofs
    )
    become(world.system)
    return new


def proven(world: World, row: Requirement, person: Professional) -> Evidence:
    become(world.system)
    evidence = services.upload_evidence(
        scope=become(world.at(Role.SUBCONTRACTOR_USER, world.pxq)),
        requirement=row,
        subcontractor=world.pxq.subcontractor,
        professional=person,
        proof=services.Proof("1", Period(date(2026, 1, 1)), "diploma.pdf", PDF),
    )
    services.review_evidence(scope=officer(world), evidence=evidence, approved=True)
    become(world.system)
    return evidence


def eligible(world: World, person: Professional, day: date) -> bool:
    return eligibility(
        main_contractor_id=world.main.pk,
        organisation_id=world.pxq.organisation.pk,
        product_id=world.products["guidance"].pk,
        on_date=day,
        professional_id=person.pk,
    ).is_eligible


def test_proofs_count_on_after_a_change_that_keeps_them(world: World) -> None:
    person = factories.professional(world.system, world.pxq)
    row = made(world)
    proven(world, row, person)
    new = changed(world, row, name="Diploma jeugdzorg of maatschappelijk werk")
    row.refresh_from_db()
    assert (row.end_date, new.start_date) == (LATER - timedelta(days=1), LATER)
    assert eligible(world, person, LATER - timedelta(days=1))
    assert eligible(world, person, LATER)
    # And a proof that is shown under the new version counts for the days of the old one.
    colleague = factories.professional(world.system, world.pxq, "Sam Bos")
    proven(world, new, colleague)
    assert eligible(world, colleague, TODAY)


def test_a_higher_level_asks_for_proofs_anew_from_its_day_on(world: World) -> None:
    person = factories.professional(world.system, world.pxq)
    row = made(world)
    proven(world, row, person)
    new = changed(world, row, keeps_proofs=False, level=Requirement.Level.HBO)
    assert eligible(world, person, LATER - timedelta(days=1))
    assert not eligible(world, person, LATER)
    proven(world, new, person)
    assert eligible(world, person, LATER)


def test_in_the_time_to_comply_a_lack_is_a_signal_only(world: World) -> None:
    person = factories.professional(world.system, world.pxq)
    made(world, grace_until=LATER)
    assert eligible(world, person, LATER)
    assert not eligible(world, person, LATER + timedelta(days=1))
    good, subcontractor = world.products["guidance"], world.pxq.subcontractor
    assert not gates.refusals_of_many([subcontractor], good, LATER).get(subcontractor.pk)
    after = gates.refusals_of_many([subcontractor], good, LATER + timedelta(days=1))
    assert [refused.code for refused in after[subcontractor.pk]] == ["QUA-11"]


def test_other_jobs_need_not_show_it(world: World) -> None:
    person = factories.professional(world.system, world.pxq)
    made(world, jobs=["Gedragswetenschapper"])
    assert eligible(world, person, TODAY)
    # However the organisation writes it.
    Professional.objects.filter(pk=person.pk).update(role=" gedragswetenschapper")
    assert not eligible(world, person, TODAY)


def test_an_end_is_taken_back_until_its_day_has_passed(world: World) -> None:
    person = factories.professional(world.system, world.pxq)
    row = made(world)
    services.end_requirement(scope=officer(world), requirement=row, last_day=LATER)
    assert not eligible(world, person, LATER)
    assert eligible(world, person, LATER + timedelta(days=1))
    services.resume_requirement(scope=officer(world), requirement=row)
    assert not eligible(world, person, LATER + timedelta(days=1))
    services.end_requirement(scope=officer(world), requirement=row, last_day=TODAY)
    tomorrow = world.at(Role.QUALITY_OFFICER, at=factories.NOW + timedelta(days=1))
    with pytest.raises(RuleError, match="QUA-30"):
        services.resume_requirement(scope=tomorrow, requirement=row)


def test_what_has_ended_begins_again_with_its_proofs(world: World) -> None:
    person = factories.professional(world.system, world.pxq)
    row = made(world)
    proven(world, row, person)
    services.end_requirement(scope=officer(world), requirement=row, last_day=TODAY)
    with pytest.raises(RuleError, match="QUA-28"):
        changed(world, row, period=Period(TODAY))
    again = changed(world, row)
    assert eligible(world, person, LATER)
    services.withdraw_requirement(scope=officer(world), requirement=again)
    row.refresh_from_db()
    # It had ended by itself: taking the new version back does not make it go on.
    assert row.end_date == TODAY


def test_a_version_is_taken_back_before_it_begins_only(world: World) -> None:
    person = factories.professional(world.system, world.pxq)
    row = made(world)
    proven(world, row, person)
    new = changed(world, row, keeps_proofs=False)
    services.withdraw_requirement(scope=officer(world), requirement=new)
    row.refresh_from_db()
    assert row.end_date is None
    assert eligible(world, person, LATER)
    with pytest.raises(RuleError, match="QUA-31"):
        services.withdraw_requirement(scope=officer(world), requirement=row)
    become(world.system)
    new.refresh_from_db()
    with pytest.raises(RuleError, match="QUA-27"):
        proven(world, new, person)
    become(world.system)
    kinds = RequirementStep.objects.values_list("kind", flat=True)
    assert list(kinds) == ["made", "changed", "withdrawn"]
    assert Requirement.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"period": Period(TODAY - timedelta(days=1))}, "QUA-23"),
        ({"grace_until": TODAY - timedelta(days=1)}, "QUA-25"),
        ({"proof": Requirement.Proof.REGISTER}, "QUA-26"),
        ({"applies_to": Requirement.AppliesTo.ORGANISATION, "jobs": ["Arts"]}, "QUA-32"),
    ],
)
def test_terms_that_do_not_fit(world: World, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(RuleError, match=code):
        made(world, **changes)


def test_a_code_is_used_once_and_an_older_version_is_left_alone(world: World) -> None:
    row = made(world)
    with pytest.raises(RuleError, match="QUA-24"):
        made(world)
    new = changed(world, row)
    for refused in (
        lambda: changed(world, row, period=Period(LATER + timedelta(days=9))),
        lambda: services.end_requirement(scope=officer(world), requirement=row, last_day=LATER),
    ):
        with pytest.raises(RuleError, match="QUA-27"):
            refused()
    with pytest.raises(RuleError, match="QUA-29"):
        services.end_requirement(scope=officer(world), requirement=new, last_day=TODAY)


@pytest.mark.parametrize("role", [Role.CONTRACT_MANAGER, Role.CONTROLLER, Role.ADMINISTRATOR])
def test_only_the_quality_officer_sets_requirements(world: World, role: Role) -> None:
    row = made(world)
    scope = become(world.at(role))
    with pytest.raises(NotAllowedError):
        services.create_requirement(
            scope=scope, main_contractor_id=world.main.pk, terms=terms(world, code="B")
        )
    with pytest.raises((NotAllowedError, Requirement.DoesNotExist)):
        services.end_requirement(scope=scope, requirement=row, last_day=LATER)
    # The second lock: the database takes it from nobody else either.
    with pytest.raises(DatabaseError), transaction.atomic():
        Requirement.objects.filter(pk=row.pk).update(end_date=LATER)
    become(world.system)


def test_a_subcontractor_changes_nothing_in_the_database(world: World) -> None:
    row = made(world)
    become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    with pytest.raises(DatabaseError), transaction.atomic():
        Requirement.objects.filter(pk=row.pk).update(on_lapse=Requirement.OnLapse.SIGNAL)
    assert not RequirementStep.objects.exists()
    become(world.system)


def _named(world: World, person: Professional) -> None:
    placement = factories.place(world, factories.allocate(world))
    become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    placements.name_professional(
        scope=world.at(Role.SUBCONTRACTOR_USER, world.pxq),
        placement=placement,
        professional=person,
        period=Period(TODAY),
    )
    become(world.system)


def test_the_preview_tells_whom_it_would_block(world: World) -> None:
    with_proof = factories.professional(world.system, world.pxq)
    without = factories.professional(world.system, world.pxq, "Sam Bos")
    _named(world, with_proof)
    _named(world, without)
    grace = LATER - timedelta(days=1)
    # A new one: nobody can show it, and those with a line for it, or no line at all, are blocked.
    new = effect_of(world.main.pk, terms(world, grace_until=grace))
    assert new == Effect(LATER, "hold", organisations=2, professionals=2, placements=2)
    row = made(world)
    proven(world, row, with_proof)
    later = terms(world, period=Period(LATER))
    kept = effect_of(world.main.pk, later, row, keeps_proofs=True)
    # The own team has nobody who is qualified; the subcontractor has one.
    assert (kept.organisations, kept.professionals, kept.placements) == (1, 1, 1)
    anew = effect_of(world.main.pk, later, row, keeps_proofs=False)
    assert (anew.organisations, anew.professionals, anew.placements) == (2, 2, 2)
    signal = replace(later, on_lapse=Requirement.OnLapse.SIGNAL)
    assert effect_of(world.main.pk, signal).organisations == 0


def _filled_in(world: World, **changes: Any) -> dict[str, Any]:
    day = timezone.localdate() + timedelta(days=30)
    return {
        "code": "VOG",
        "name": "Verklaring omtrent het gedrag",
        "applies_to": "organisation",
        "proof": "statement",
        "on_lapse": "no_placements",
        "products": [world.products["guidance"].pk],
        "clause": "art. 3.4",
        "start_date": day.strftime("%d-%m-%Y"),
    } | changes


def test_a_quality_officer_walks_the_pages(world: World) -> None:
    browser = visitor(world, Role.QUALITY_OFFICER)
    assert not browser.get(reverse("requirement_list")).context["table"].rows
    page = browser.post(reverse("requirement_make"), _filled_in(world))
    assert len(page.context["consequences"]) == 1
    as_system()
    assert not Requirement.objects.exists()
    # What the confirmation holds is what is made.
    hidden = {
        field.html_name: field.value()
        for field in page.context["form"]
        if field.value() is not None
    }
    done = browser.post(reverse("requirement_make"), hidden | {"confirmed": "yes"})
    as_system()
    row = Requirement.objects.get()
    assert done.url == reverse("requirement_detail", args=[row.pk])  # type: ignore[attr-defined]
    assert [one.product for one in row.requirement_products.all()] == [world.products["guidance"]]
    detail = browser.get(row.get_absolute_url())
    assert list(detail.context["actions"])
    browser.post(
        reverse("requirement_change", args=[row.pk]),
        _filled_in(
            world,
            name="VOG, niet ouder dan een jaar",
            start_date=(row.start_date + timedelta(days=30)).strftime("%d-%m-%Y"),
            keeps_proofs="on",
            confirmed="yes",
        ),
    )
    as_system()
    new = Requirement.objects.get(first=row)
    assert browser.get(reverse("requirement_change", args=[row.pk])).context["nothing"]
    listed = browser.get(reverse("requirement_list"))
    assert [one.record.pk for one in listed.context["table"].rows] == [new.pk]
    assert len(browser.get(new.get_absolute_url()).context["versions"]) == 2
    browser.post(reverse("requirement_withdraw", args=[new.pk]))
    last = (row.start_date + timedelta(days=5)).strftime("%d-%m-%Y")
    browser.post(reverse("requirement_end", args=[row.pk]), {"last_day": last})
    browser.post(reverse("requirement_resume", args=[row.pk]))
    as_system()
    row.refresh_from_db()
    new.refresh_from_db()
    assert (row.end_date, new.withdrawn_at is None) == (None, False)
    events = browser.get(row.get_absolute_url()).context["events"]
    assert len(events) == 5
    as_system()
