"""Uploading and judging proofs, and what follows for placements."""

from __future__ import annotations

from datetime import date

import pytest

from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from qualifications import services
from qualifications.models import Evidence, Requirement
from qualifications.selectors import eligibility, load_register
from subcontracts import gates
from subcontracts.services import placements
from tests import factories
from tests.conftest import become

DAY = date(2026, 3, 18)
PDF = b"%PDF-1.4 a diploma"


@pytest.fixture
def world(system: Scope) -> factories.World:
    return factories.world(system)


def officer(world: factories.World, user: int = 0) -> Scope:
    return world.at(Role.QUALITY_OFFICER)


def requirement(world: factories.World, **changes: object) -> Requirement:
    terms = {
        "code": "SKJ",
        "name": "Registratie SKJ",
        "applies_to": Requirement.AppliesTo.PROFESSIONAL,
        "proof": Requirement.Proof.REGISTER,
        "on_lapse": Requirement.OnLapse.HOLD,
        "clause": "art. 3.2",
        "period": Period(date(2025, 1, 1)),
        "products": [world.products["guidance"]],
    } | changes
    return services.create_requirement(
        scope=world.system,
        main_contractor_id=world.main.pk,
        terms=services.RequirementTerms(**terms),  # type: ignore[arg-type]
    )


def upload(
    world: factories.World, asked: Requirement, *, content: bytes = PDF, **changes: object
) -> Evidence:
    person = factories.professional(world.system, world.pxq)
    values = {
        "scope": world.at(Role.SUBCONTRACTOR_USER, world.pxq),
        "requirement": asked,
        "subcontractor": world.pxq.subcontractor,
        "professional": person,
        "proof": services.Proof(
            "12345", Period(date(2026, 1, 1), date(2026, 12, 31)), "skj.pdf", content
        ),
    } | changes
    return services.upload_evidence(**values)  # type: ignore[arg-type]


def eligible(world: factories.World, evidence: Evidence, day: date = DAY) -> bool:
    return eligibility(
        main_contractor_id=world.main.pk,
        organisation_id=world.pxq.organisation.pk,
        product_id=world.products["guidance"].pk,
        on_date=day,
        professional_id=evidence.professional_id,
    ).is_eligible


def test_a_proof_counts_once_it_is_approved(world: factories.World) -> None:
    evidence = upload(world, requirement(world))
    assert not eligible(world, evidence)
    services.review_evidence(scope=officer(world), evidence=evidence, approved=True)
    assert eligible(world, evidence)
    assert not eligible(world, evidence, date(2025, 12, 31))
    assert not eligible(world, evidence, date(2027, 1, 1))


def test_a_rejection_counts_from_the_day_it_names(world: factories.World) -> None:
    evidence = upload(world, requirement(world))
    services.review_evidence(scope=officer(world), evidence=evidence, approved=True)
    services.review_evidence(
        scope=officer(world),
        evidence=evidence,
        approved=False,
        reason="Doorgehaald in het register.",
        effective_from=date(2026, 3, 1),
    )
    assert not eligible(world, evidence)
    assert eligible(world, evidence, date(2026, 2, 28))


def test_a_rejection_without_reason_is_refused(world: factories.World) -> None:
    evidence = upload(world, requirement(world))
    with pytest.raises(RuleError, match="QUA-05"):
        services.review_evidence(scope=officer(world), evidence=evidence, approved=False)


def test_only_a_quality_officer_judges(world: factories.World) -> None:
    evidence = upload(world, requirement(world))
    for role in (Role.CONTRACT_MANAGER, Role.CONTROLLER, Role.ADMINISTRATOR):
        with pytest.raises((NotAllowedError, Evidence.DoesNotExist)):
            services.review_evidence(scope=world.at(role), evidence=evidence, approved=True)


def test_nobody_judges_an_own_upload(world: factories.World) -> None:
    evidence = upload(world, requirement(world))
    user = User.objects.create_user("kwaliteit@example.org", name="Kwaliteit")
    Evidence.objects.filter(pk=evidence.pk).update(uploaded_by=user)
    own = Scope(Role.QUALITY_OFFICER, user_id=user.pk, main_contractor_id=world.main.pk)
    with pytest.raises(RuleError, match="QUA-02"):
        services.review_evidence(scope=own, evidence=evidence, approved=True)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"MZ\x90 a program", "QUA-04", id="a program"),
        pytest.param(b"%PDF-" + b"0" * services.LARGEST_FILE, "QUA-03", id="too large"),
    ],
)
def test_files_that_are_refused(world: factories.World, content: bytes, code: str) -> None:
    with pytest.raises(RuleError, match=code):
        upload(world, requirement(world), content=content)


def test_a_personal_proof_names_an_own_professional(world: factories.World) -> None:
    asked = requirement(world)
    with pytest.raises(RuleError, match="QUA-01"):
        upload(world, asked, professional=None)
    stranger = factories.professional(world.system, world.fte)
    with pytest.raises(RuleError, match="QUA-01"):
        upload(world, asked, professional=stranger)


def test_the_file_is_kept_encrypted(world: factories.World) -> None:
    evidence = upload(world, requirement(world))
    assert PDF not in bytes(evidence.file_content or b"")
    assert services.opened_file(scope=officer(world), evidence=evidence) == PDF


def test_of_a_certificate_of_conduct_only_the_outcome_is_kept(world: factories.World) -> None:
    evidence = upload(world, requirement(world, code="VOG", keeps_file=False))
    services.review_evidence(scope=officer(world), evidence=evidence, approved=True)
    evidence.refresh_from_db()
    assert evidence.file_content is None
    assert eligible(world, evidence)
    with pytest.raises(RuleError, match="QUA-07"):
        services.opened_file(scope=officer(world), evidence=evidence)


def test_without_a_qualified_professional_nothing_may_be_placed(world: factories.World) -> None:
    evidence = upload(world, requirement(world))
    product, other = world.products["guidance"], world.products["treatment"]
    refused = gates.refusals(world.pxq.subcontractor, product, DAY)
    assert [r.code for r in refused] == ["QUA-11"]
    assert gates.refusals(world.pxq.subcontractor, other, DAY) == []
    services.review_evidence(scope=officer(world), evidence=evidence, approved=True)
    assert gates.refusals(world.pxq.subcontractor, product, DAY) == []


def test_a_signal_blocks_nothing(world: factories.World) -> None:
    asked = requirement(
        world,
        code="ISO",
        applies_to=Requirement.AppliesTo.ORGANISATION,
        on_lapse=Requirement.OnLapse.SIGNAL,
    )
    assert gates.refusals(world.pxq.subcontractor, world.products["guidance"], DAY) == []
    register = load_register(world.main.pk)
    lacks = register.lacks(world.products["guidance"].pk, DAY, world.pxq.organisation.pk)
    assert [(lack.demand.pk, lack.blocks) for lack in lacks] == [(asked.pk, False)]


def test_many_subcontractors_are_judged_in_a_fixed_number_of_queries(
    world: factories.World, django_assert_max_num_queries: object
) -> None:
    requirement(world)
    parties = [world.pxq, world.fte, world.trajectory, world.own_team]
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        found = gates.refusals_of_many(
            [p.subcontractor for p in parties], world.products["guidance"], DAY
        )
    assert {pk: [r.code for r in refused] for pk, refused in found.items()} == {
        party.subcontractor.pk: ["QUA-11"] for party in parties
    }


def test_a_subcontractor_sees_its_own_proofs_only(world: factories.World) -> None:
    evidence = upload(world, requirement(world))
    own = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    assert list(Evidence.objects.visible_to(own)) == [evidence]
    assert list(Evidence.objects.all()) == [evidence]
    other = become(world.at(Role.SUBCONTRACTOR_USER, world.fte))
    assert not Evidence.objects.visible_to(other).exists()
    # The second lock: the database shows nothing either.
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("on_lapse", "is_named"),
    [
        (Requirement.OnLapse.SIGNAL, True),
        (Requirement.OnLapse.NO_PLACEMENTS, False),
        (Requirement.OnLapse.HOLD, False),
    ],
)
def test_naming_asks_for_the_proof(world: factories.World, on_lapse: str, is_named: bool) -> None:
    """Refused with the name of what is missing, until the proof is approved."""
    placement = factories.place(world, factories.allocate(world))
    evidence = upload(world, requirement(world, on_lapse=on_lapse))
    mine = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    assert evidence.professional

    def name(day: date) -> None:
        assert evidence.professional
        placements.name_professional(
            scope=mine, placement=placement, professional=evidence.professional, period=Period(day)
        )

    if is_named:
        name(DAY)
        return
    with pytest.raises(RuleError, match="Registratie SKJ") as refusal:
        name(DAY)
    assert refusal.value.code == "PLA-18"
    become(officer(world))
    services.review_evidence(scope=officer(world), evidence=evidence, approved=True)
    become(mine)
    name(DAY)
    # Care of before the registration.
    with pytest.raises(RuleError, match="PLA-18"):
        name(date(2025, 12, 1))


def test_a_requirement_of_another_product_stops_nobody(world: factories.World) -> None:
    placement = factories.place(world, factories.allocate(world))
    evidence = upload(world, requirement(world, products=[world.products["treatment"]]))
    mine = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    assert evidence.professional
    placements.name_professional(
        scope=mine, placement=placement, professional=evidence.professional, period=Period(DAY)
    )
    assert placement.professionals.count() == 1
