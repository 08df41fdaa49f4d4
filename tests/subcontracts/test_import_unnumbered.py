"""Taking over clients without a BSN, and allocations that we granted ourselves under mandate."""

from __future__ import annotations

from typing import Any

import pytest

from hoofdaannemer.core.scope import Scope
from hoofdaannemer.invariants import check_all
from messaging.models import OutgoingMessage
from subcontracts.models import AllocatedBy, Allocation, Client, Placement
from subcontracts.rules import importcells
from subcontracts.rules.importfile import Line
from subcontracts.rules.keys import bsn_key, is_of_reference, person_key
from subcontracts.selectors import authorities
from subcontracts.services import import_undoing, importing
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World
from tests.subcontracts.allocating import under
from tests.subcontracts.importing import (
    allocated,
    checked,
    faults,
    manager,
    placed,
    running,
    statuses,
    taken,
    worker,
)


@pytest.fixture
def here(system: Scope) -> World:
    return factories.world(system)


def unnumbered(here: World) -> dict[str, list[dict[str, Any]]]:
    """A client without a BSN, called V-17, with two allocations."""
    rows: dict[str, Any] = running(here)
    rows["clienten"][0] |= {"bsn": "", "kenmerk": "V-17"}
    rows["toewijzingen"][0] |= {"bsn": "", "kenmerk": "v-17"}
    second = allocated("", 4002, kenmerk="V-17", budget=None)
    rows["toewijzingen"].append(second)
    rows["plaatsingen"].append(placed(4002, rows["plaatsingen"][0]["uitvoerder"], nummer=None))
    return rows


def broken() -> list[str]:
    return [one.code for one in check_all() if not one.holds]


@pytest.mark.parametrize(
    ("cells", "column", "rule"),
    [
        ({"bsn": "", "kenmerk": ""}, "bsn", "IMP-03"),
        ({"bsn": "999900006", "kenmerk": "V-17"}, "kenmerk", "IMP-35"),
        ({"bsn": "", "kenmerk": "999900006"}, "kenmerk", "IMP-35"),
        ({"bsn": "", "kenmerk": "V" * 41}, "kenmerk", "IMP-35"),
        ({"kenmerk": "V-17", "toegewezen_door": "ons"}, "toegewezen_door", "IMP-36"),
    ],
    ids=["neither", "both", "a BSN", "long", "by whom"],
)
def test_who_it_is_and_who_allocated(cells: dict[str, str], column: str, rule: str) -> None:
    row = {
        "wet": "jw",
        "gemeente": "0307",
        "toewijzingsnummer": "1",
        "begindatum": "01-01-2026",
        **cells,
    }
    _said, found = importcells.allocation_of(Line(2, row))
    assert [(fault.column, fault.rule) for fault in found] == [(column, rule)]


def test_a_reference_is_never_taken_for_a_bsn() -> None:
    assert person_key("999900006", "") == bsn_key("999900006")
    assert is_of_reference(person_key("", "V-17"))
    assert not is_of_reference(bsn_key("999900006"))


def test_a_client_without_a_bsn_comes_along_once(here: World) -> None:
    rows = unnumbered(here)
    row = taken(here, rows)
    assert statuses(row) == ["taken"] * 5
    client = Client.objects.get()
    assert (client.bsn, client.surname) == (None, "Kanarie")
    assert Placement.objects.live().filter(client=client).count() == 2
    assert not OutgoingMessage.objects.exists()
    # The same file again is known, and another allocation of the same client finds it.
    assert statuses(checked(here, rows)) == ["known"] * 5
    assert broken() == []


def test_a_later_file_finds_the_client_by_its_reference(here: World) -> None:
    rows = unnumbered(here)
    taken(here, rows)
    more = {
        "clienten": [],
        "toewijzingen": [allocated("", 4003, kenmerk="V-17")],
        "plaatsingen": [placed(4003, rows["plaatsingen"][0]["uitvoerder"])],
    }
    row = taken(here, more)
    assert statuses(row) == ["taken", "taken"]
    assert Client.objects.count() == 1
    row = import_undoing.ask(scope=manager(here), row=row, reason="Te veel.")
    worker(here, row)
    # The client had more than this file brought.
    assert Client.objects.get().surname == "Kanarie"
    assert broken() == []


def test_an_allocation_under_mandate_is_ours_to_change(here: World) -> None:
    rows = running(here)
    rows["toewijzingen"][0]["toegewezen_door"] = "mandaat"
    found = checked(here, rows)
    assert ("toewijzingen", 2, "toegewezen_door", "IMP-36") in faults(found)
    importing.discard(scope=manager(here), row=found)
    become(here.system)
    under(here, AllocatedBy.MANDATE)
    taken(here, rows)
    allocation = Allocation.objects.get()
    assert allocation.origin == AllocatedBy.MANDATE
    assert authorities.may_change(allocation, NOW.date())
    assert broken() == []
