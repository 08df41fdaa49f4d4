"""The overview of what is missing or lapses: narrowed down, in pages, and with a way to mend it."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from qualifications import services
from qualifications.models import Requirement
from tests import factories
from tests.billing.visitors import as_system, visitor
from tests.factories import World


def _asked(world: World) -> None:
    """A diploma of every professional, which nobody has, for more people than fit on a page."""
    services.create_requirement(
        scope=world.system,
        main_contractor_id=world.main.pk,
        terms=services.RequirementTerms(
            code="DIPLOMA",
            name="Diploma zorg",
            applies_to=Requirement.AppliesTo.PROFESSIONAL,
            proof=Requirement.Proof.DIPLOMA,
            on_lapse=Requirement.OnLapse.HOLD,
            clause="art. 3.3",
            period=Period(date(2025, 1, 1)),
            products=[],
        ),
    )
    for number in range(30):
        factories.professional(world.system, world.pxq, f"Mens {number}")
    factories.professional(world.system, world.fte, "Noor de Wit")


def test_the_overview_is_narrowed_down_and_paged(system: Scope) -> None:
    world = factories.world(system)
    _asked(world)
    browser = visitor(world, Role.QUALITY_OFFICER)
    address = reverse("qualification_overview")
    first = browser.get(address)
    assert (first.context["count"], len(first.context["rows"])) == (31, 25)
    assert len(browser.get(address, {"page": "2"}).context["rows"]) == 6
    own = browser.get(address, {"subcontractor": world.fte.subcontractor.pk})
    assert [row[0] for row in own.context["rows"]] == [
        f"Noor de Wit ({world.fte.organisation.name})"
    ]
    [chip] = own.context["filter"]["chips"]
    assert chip.remove_url == "?"
    assert browser.get(address, {"state": "lapsing"}).context["filtered"]
    assert not browser.get(address, {"state": "lapsing"}).context["rows"]
    assert not browser.get(address, {"state": "no such"}).context["rows"]
    as_system()


def test_who_can_mend_it_gets_the_button(system: Scope) -> None:
    world = factories.world(system)
    _asked(world)
    upload = reverse("evidence_upload").encode()
    address = reverse("qualification_overview")
    own = visitor(world, Role.SUBCONTRACTOR_USER, world.fte).get(address)
    assert own.context["count"] == 1
    assert upload in own.content
    assert upload not in visitor(world, Role.QUALITY_OFFICER).get(address).content
