"""Allocating ourselves on the pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import AllocatedBy, Allocation, Authority, Subcontract
from tests import factories
from tests.factories import World
from tests.subcontracts.allocating import (
    request,
    under,
)
from tests.subcontracts.test_requests import asked


@pytest.fixture
def world(system: Scope) -> World:
    made = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    under(made, AllocatedBy.MANDATE)
    return made


def test_the_office_decides_on_a_page(world: World, browse: Any) -> None:
    """Ask, allocate less than was asked with the address, change it, take it back."""
    made = request(world, replace(asked(world), end_date=date(2099, 12, 31)))
    browser = browse(world, Role.CARE_COORDINATOR)
    page = browser.get(f"/verzoeken/{made.pk}/").content.decode()
    assert f"/verzoeken/{made.pk}/toewijzen/" in page
    assert f"/verzoeken/{made.pk}/versturen/" not in page
    grant = f"/verzoeken/{made.pk}/toewijzen/"
    assert "Huisnummer" in browser.get(grant).content.decode()
    typed = {"start_1": "01-04-2026", "end_1": "31-12-2099", "volume_1": "3"}
    assert browser.post(grant, typed).status_code == 200
    home = {"street": "Dorpsstraat", "house_number": "12", "postcode": "3811 aa", "town": "Soest"}
    done = browser.post(grant, typed | home)
    allocation = Allocation.objects.get()
    assert done["Location"] == f"/toewijzingen/{allocation.pk}/"
    assert allocation.volume == 3
    page = browser.get(done["Location"]).content.decode()
    decide, delete = (
        f"/toewijzingen/{allocation.pk}/{word}/" for word in ("besluiten", "verwijderen")
    )
    assert decide in page
    assert delete in page
    change = {"start_date": "01-04-2026", "end_date": "30-06-2099", "volume": "3"}
    assert "reden" in browser.post(decide, change).content.decode().lower()
    browser.post(decide, change | {"reason": "05"})
    allocation.refresh_from_db()
    assert allocation.end_date == date(2099, 6, 30)
    assert browser.get(delete).status_code == 200
    browser.post(delete)
    allocation.refresh_from_db()
    assert allocation.is_deleted
    assert browser.get(decide).status_code == 302
    assert browser.get("/berichten/afschriften/").status_code == 200


def test_who_allocates_is_set_on_the_contract(system: Scope, browse: Any) -> None:
    world = factories.world(system)
    browser = browse(world, Role.CONTRACT_MANAGER)
    page = f"/gemeentecontracten/{world.youth.pk}/"
    assert f"{page}toewijzen/" in browser.get(page).content.decode()
    typed = {"allocated_by": "mandate", "start_date": "01-01-2099"}
    assert browser.post(f"{page}toewijzen/", typed).status_code == 200
    numbers = {"reference": "M-1", "number_first": "5", "number_last": "9"}
    assert browser.post(f"{page}toewijzen/", typed | numbers).status_code == 302
    row = Authority.objects.get()
    assert (row.reference, row.number_first, row.number_last) == ("M-1", 5, 9)
    assert "M-1" in browser.get(page).content.decode()
