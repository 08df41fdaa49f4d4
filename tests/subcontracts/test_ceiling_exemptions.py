"""Exemptions from a ceiling: recorded on the page of a contract, and ended there."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.accessmatrix.subcontracts import STEERING
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import CeilingExemption, ContractCeiling, Placement, Subcontract
from subcontracts.services import ceiling_exemptions
from subcontracts.services.ceiling_exemptions import ExemptionFacts
from tests import factories
from tests.conftest import become
from tests.factories import NOW, Party, World
from tests.subcontracts.conftest import Browser as Browse

TODAY = timezone.localdate(NOW)
ROLES = [role for role in Role if role not in (Role.SYSTEM, Role.NOBODY)]
Ground = CeilingExemption.Ground


@pytest.fixture
def world(system: Scope) -> World:
    made = factories.world(system)
    factories.agree_ceiling(contract_of(made.pxq), Decimal(100_000))
    return made


def contract_of(party: Party) -> Subcontract:
    assert party.subcontract is not None
    return party.subcontract


def placed(world: World) -> Placement:
    become(world.system)
    return factories.place(world, factories.allocate(world))


def exempt(world: World, role: Role = Role.CONTRACT_MANAGER, **changes: Any) -> CeilingExemption:
    known = {"ground": Ground.CRISIS, "start_date": TODAY, "note": "Per mail van 3 maart"}
    if not {"placement", "product"} & set(changes):
        known["product"] = world.products["guidance"]
    scope = become(world.at(role))
    facts = ExemptionFacts(**{**known, **changes})
    made = ceiling_exemptions.exempt(scope=scope, subcontract=contract_of(world.pxq), facts=facts)
    become(world.system)
    return made


def end(world: World, one: CeilingExemption, day: date) -> CeilingExemption:
    scope = become(world.at(Role.CONTRACT_MANAGER))
    ended = ceiling_exemptions.end(scope=scope, exemption=one, last_day=day)
    become(world.system)
    return ended


def test_days_that_have_passed_may_be_named(world: World) -> None:
    made = exempt(world, start_date=contract_of(world.pxq).start_date)
    assert made.start_date < TODAY


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("CON-88", {"product": None, "placement": None}),
        ("CON-89", {"start_date": date(1999, 1, 1)}),
        ("CON-89", {"end_date": TODAY - timedelta(days=1)}),
    ],
)
def test_what_does_not_fit(world: World, code: str, changes: dict[str, Any]) -> None:
    with pytest.raises(RuleError, match=code):
        exempt(world, **changes)


def test_one_product_or_placement_of_the_contract(world: World) -> None:
    own = placed(world)
    with pytest.raises(RuleError, match="CON-88"):
        exempt(world, product=world.products["guidance"], placement=own)
    with pytest.raises(RuleError, match="CON-88"):
        exempt(world, product=world.products["support"])
    become(world.system)
    elsewhere = factories.place(world, factories.allocate(world, "treatment"), world.trajectory)
    with pytest.raises(RuleError, match="CON-88"):
        exempt(world, placement=elsewhere)


def test_not_twice_on_one_day(world: World) -> None:
    exempt(world, end_date=TODAY)
    with pytest.raises(RuleError, match="CON-90"):
        exempt(world, start_date=TODAY)
    exempt(world, start_date=TODAY + timedelta(days=1))


def test_ended_once_and_never_made_longer(world: World) -> None:
    made = exempt(world, start_date=TODAY - timedelta(days=9))
    with pytest.raises(RuleError, match="CON-89"):
        end(world, made, TODAY - timedelta(days=10))
    made = end(world, made, TODAY - timedelta(days=1))
    with pytest.raises(ConflictError):
        end(world, made, TODAY)


@pytest.mark.parametrize("role", [Role.CARE_COORDINATOR, Role.CONTROLLER])
def test_only_a_contract_manager(world: World, role: Role) -> None:
    with pytest.raises(NotAllowedError):
        exempt(world, role)


# Pages


def pages_of(world: World) -> dict[str, str]:
    made = exempt(world)
    contract = contract_of(world.pxq).pk
    return {
        "subcontract_ceiling_exemption": reverse("subcontract_ceiling_exemption", args=[contract]),
        "ceiling_exemption_end": reverse("ceiling_exemption_end", args=[made.pk]),
    }


@pytest.mark.parametrize("role", ROLES)
def test_matrix(world: World, browse: Browse, role: Role) -> None:
    pages = pages_of(world)
    is_provider = role in (Role.SUBCONTRACTOR_ADMIN, Role.SUBCONTRACTOR_USER)
    browser = browse(world, role, world.pxq if is_provider else None)
    got = {name: browser.get(url).status_code for name, url in pages.items()}
    assert got == {name: STEERING[name][1].get(role, 403) for name in pages}


def test_recorded_and_ended_on_the_page_of_the_contract(world: World, browse: Browse) -> None:
    one = placed(world)
    contract = contract_of(world.pxq)
    detail = reverse("subcontract_detail", args=[contract.pk])
    page = reverse("subcontract_ceiling_exemption", args=[contract.pk])
    there = browse(world, Role.CONTRACT_MANAGER)
    assert page in there.get(detail).content.decode()
    day = timezone.localdate().isoformat()
    typed = {"ground": "crisis", "start_date": day, "note": "Besproken", "placement": "1"}
    assert "geen plaatsing met dit nummer" in there.post(page, typed).content.decode()
    typed["placement"] = str(one.number)
    shown = there.post(page, typed, follow=True).content.decode()
    assert f"plaatsing {one.number}" in shown
    become(world.system)
    made = CeilingExemption.objects.get()
    there.post(reverse("ceiling_exemption_end", args=[made.pk]), {"last_day": day})
    made.refresh_from_db()
    assert made.end_date is not None
    # The subcontractor reads it, and changes nothing.
    own = browse(world, Role.SUBCONTRACTOR_USER, world.pxq).get(detail).content.decode()
    assert "Besproken" in own
    assert page not in own


def test_no_ceiling_no_exemption(world: World, browse: Browse) -> None:
    contract = contract_of(world.pxq)
    ContractCeiling.objects.filter(subcontract=contract).delete()
    page = reverse("subcontract_ceiling_exemption", args=[contract.pk])
    detail = reverse("subcontract_detail", args=[contract.pk])
    shown = browse(world, Role.CONTRACT_MANAGER).get(detail).content.decode()
    assert page not in shown
