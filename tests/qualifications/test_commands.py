"""`manage.py eligibility`: one JSON object a line, which names the evidence it rests on."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from qualifications import services
from qualifications.models import Evidence, Requirement
from subcontracts.models import Professional
from tests import factories
from tests.conftest import become
from tests.factories import World


def run(*arguments: str) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("eligibility", *arguments, "--json", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system)


def demanded(world: World, code: str, applies_to: str, **changes: object) -> Requirement:
    terms = {
        "code": code,
        "name": code.title(),
        "applies_to": applies_to,
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


def proved(
    world: World, asked: Requirement, person: Professional | None, until: date | None
) -> Evidence:
    evidence = services.upload_evidence(
        scope=world.at(Role.SUBCONTRACTOR_USER, world.pxq),
        requirement=asked,
        subcontractor=world.pxq.subcontractor,
        professional=person,
        proof=services.Proof("12345", Period(date(2026, 1, 1), until), "a.pdf", b"%PDF-1.4 a"),
    )
    become(world.system)
    officer = world.at(Role.QUALITY_OFFICER)
    services.review_evidence(scope=officer, evidence=evidence, approved=True)
    return evidence


def test_names_the_evidence_of_the_day(world: World) -> None:
    person = factories.professional(world.system, world.pxq)
    asked = demanded(world, "SKJ", Requirement.AppliesTo.PROFESSIONAL)
    first = proved(world, asked, person, date(2026, 6, 30))
    second = proved(world, asked, person, None)
    code = world.products["guidance"].code
    (told,) = run(f"professional:{person.pk}", code, "2026-03-18")
    in_both = [
        {"id": first.pk, "counts_from": "2026-01-01", "counts_until": "2026-06-30"},
        {"id": second.pk, "counts_from": "2026-01-01", "counts_until": None},
    ]
    assert told == {
        "product": code,
        "family": "jw",
        "date": "2026-03-18",
        "eligible": True,
        "requirements": [
            {
                "code": "SKJ",
                "met": True,
                "on_lapse": "hold",
                "clause": "art. 3.2",
                "evidence": in_both,
            }
        ],
    }
    (later,) = run(f"professional:{person.pk}", code, "2026-07-01")
    assert later["requirements"][0]["evidence"] == in_both[1:]
    (before,) = run(f"professional:{person.pk}", code, "2025-12-31")
    assert not before["eligible"]
    assert before["requirements"][0] | {"met": False, "evidence": []} == before["requirements"][0]


def test_an_organisation_is_asked_its_own_requirements(world: World) -> None:
    demanded(world, "SKJ", Requirement.AppliesTo.PROFESSIONAL)
    signal = Requirement.OnLapse.SIGNAL
    asked = demanded(world, "ISO", Requirement.AppliesTo.ORGANISATION, on_lapse=signal)
    name = f"organisation:{world.pxq.organisation.kvk}"
    code = world.products["guidance"].code
    (lacking,) = run(name, code, "2026-03-18")
    # What is only signalled stops nobody.
    assert lacking["eligible"]
    assert [(one["code"], one["met"]) for one in lacking["requirements"]] == [("ISO", False)]
    evidence = proved(world, asked, None, None)
    (told,) = run(name, code, "2026-03-18")
    assert [one["id"] for one in told["requirements"][0]["evidence"]] == [evidence.pk]


@pytest.mark.parametrize(
    "subject", ["organisation:1", "professional:0", "professional:x", "somebody:1", ""]
)
def test_an_unknown_subject(world: World, subject: str) -> None:
    with pytest.raises(CommandError, match="SUBJECT is"):
        run(subject, world.products["guidance"].code, "2026-03-18")


def test_an_unknown_product_or_day(world: World) -> None:
    name = f"organisation:{world.pxq.organisation.kvk}"
    with pytest.raises(CommandError, match="has that product"):
        run(name, "99Z99", "2026-03-18")
    with pytest.raises(CommandError):
        run(name, world.products["guidance"].code, "18-03-2026")
