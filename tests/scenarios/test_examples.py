"""The example messages that ship: they are right, and each is taken in and answered."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.scenarios import examples
from hoofdaannemer.scenarios.regio.parties import FIRST_AGB
from messaging.istandaard import parse
from messaging.models import IncomingMessage, OutgoingMessage
from subcontracts.models import (
    Allocation,
    CareRequest,
    Client,
    ContractMunicipality,
    Placement,
    Subcontract,
)
from tests import factories
from tests.factories import Party, World

FOLDER = Path(settings.BASE_DIR) / "docs" / "examples"
#: Those of the standard itself, where they lie beside the project.
PUBLISHED = Path(settings.BASE_DIR).parents[1] / "shared" / "istandaarden" / "examples"
NAMES = ("JW301", "JW323", "WMO301", "WMO315")
State = IncomingMessage.State


def run(command: str, *paths: Path) -> list[dict[str, Any]]:
    out = io.StringIO()
    try:
        call_command(command, *map(str, paths), "--json", stdout=out)
    except SystemExit as stopped:
        assert stopped.code in {0, 1}
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture
def world(system: Scope) -> World:
    """The parties of the examples: numbers of scenario `regio`, and Emmen for the Wmo."""
    here = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    for party, agb in (
        (here.main.organisation, examples.MAIN),
        (here.pxq.organisation, examples.YOUTH_PROVIDER),
        (here.fte.organisation, examples.WMO_PROVIDER),
    ):
        Organisation.objects.filter(pk=party.pk).update(agb=agb)
    emmen = factories.municipality(examples.WMO_TOWN, "Emmen")
    ContractMunicipality.objects.filter(contract=here.wmo).update(municipality=emmen)
    return here


def test_the_files_are_what_the_model_makes() -> None:
    assert {path.name: path.read_bytes() for path in FOLDER.glob("*.xml")} == examples.documents()
    assert f"{FIRST_AGB:08d}" == examples.MAIN


def test_they_break_no_rule_within_a_message() -> None:
    told = run("validate_message", *(FOLDER / f"{name}.xml" for name in NAMES))
    assert [(one["type"], one["valid"]) for one in told] == [(name, True) for name in NAMES]


def _tags(path: Path) -> set[str]:
    """The names of all elements, without those of the declaration's own kind."""
    root = parse(path.read_bytes()).root
    assert root is not None
    return {str(one.tag).rpartition("}")[2] for one in root.iter()}


@pytest.mark.parametrize(
    ("name", "number", "clients"), [("JW301", "30700001", 1), ("WMO301", "11400001", 1)]
)
def test_an_allocation_brings_a_client(world: World, name: str, number: str, clients: int) -> None:
    [told] = run("import_messages", FOLDER / f"{name}.xml")
    assert [one["rule"] for one in told["findings"]] == []
    assert told["accepted"]
    assert told["return_message"].endswith(".xml")
    answer = OutgoingMessage.objects.get(in_reply_to__message_type="301")
    assert answer.name == name.replace("301", "302")
    assert Client.objects.count() == clients
    first, second = Allocation.objects.order_by("number")
    assert (str(first.number), second.number) == (number, first.number + 1)


def test_a_request_of_a_subcontractor_becomes_one_of_ours(world: World) -> None:
    [told] = run("import_messages", FOLDER / "WMO315.xml")
    assert (told["type"], told["accepted"]) == ("WMO315", True)
    assert OutgoingMessage.objects.filter(message_type="316").count() == 1
    asked = CareRequest.objects.get()
    assert asked.products.count() == 2
    assert asked.client.bsn == examples.ASKING


def _placed(world: World, party: Party) -> None:
    """The care that the example declares: two clients, relayed under the first two numbers."""
    for bsn, number in (
        (examples.CHILD, examples.PLACEMENT),
        (examples.OTHER_CHILD, examples.OTHER_PLACEMENT),
    ):
        who = factories.person(number=bsn)
        placement = factories.place(world, factories.allocate(world, "treatment", who=who), party)
        assert placement.number == number
        Placement.objects.filter(pk=placement.pk).update(number=number)


def test_a_declaration_is_answered_with_a_325(world: World) -> None:
    _placed(world, world.pxq)
    [told] = run("import_messages", FOLDER / "JW323.xml")
    assert told["type"] == "JW323"
    assert IncomingMessage.objects.get(message_type="323").state == State.HANDLED


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published examples are not beside us")
@pytest.mark.parametrize("name", NAMES)
def test_they_have_the_shape_of_the_published_ones(name: str) -> None:
    published = PUBLISHED / f"{name}.xml"
    assert parse(published.read_bytes()).message is not None
    ours, theirs = _tags(FOLDER / f"{name}.xml"), _tags(published)
    # Parts of an address that no rule asks for, and what a standard's example says in words.
    assert len(ours & theirs) >= len(theirs) * 3 // 4
