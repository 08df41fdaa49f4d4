"""The commands with their JSON, which programs outside rely on."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from hoofdaannemer.core.scope import Scope
from subcontracts.models import CareRequest, Product, Tariff
from subcontracts.services import requests
from tests import factories
from tests.conftest import become
from tests.factories import World, moved
from tests.subcontracts import changing


def run(*arguments: str) -> Any:
    out = StringIO()
    call_command(*arguments, "--json", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_place_and_state(system: Scope) -> None:
    world = factories.world(system)
    allocation = factories.allocate(world)
    name = f"{allocation.number}@0307:jw"
    (placed,) = run("place", name, world.pxq.organisation.kvk, "--accept")
    assert placed["status"] == "accepted"
    become(system)
    start = factories.start(world, allocation.placements.get())
    (state,) = run("state", name)
    assert state["open_start"] == start.begin_date.isoformat()
    assert state["last_stop"] is None
    assert [row["number"] for row in state["placements"]] == [placed["placement"]]
    assert len(state["versions"]) == 1
    assert state["declared_amount"] == "0.00"
    become(system)
    factories.stop(world, start, factories.NOW.date())
    (state,) = run("state", name)
    assert state["open_start"] is None
    assert state["last_stop"]["reason"] == "31"


@pytest.mark.parametrize("name", ["1@0307:jw", "x", "1@0307:wlz"])
def test_unknown_allocations(system: Scope, name: str) -> None:
    factories.world(system)
    with pytest.raises(CommandError):
        run("state", name)


def test_place_says_why_not(system: Scope) -> None:
    world = factories.world(system)
    allocation = factories.allocate(world)
    with pytest.raises(CommandError, match="PLA-02"):
        run("place", f"{allocation.number}@0307:jw", world.fte.organisation.kvk)


def _draft(world: World) -> requests.RequestDraft:
    who = factories.person()
    return requests.RequestDraft(
        person=requests.clients.PersonDetails(
            bsn=who.bsn, surname=who.surname, initials="A", birth_date=who.birth_date
        ),
        municipality=world.municipality,
        products=[
            requests.ProductDraft(
                product=world.products["guidance"],
                start_date=factories.NOW.date(),
                end_date=factories.YEAR.end,
                volume=2,
                unit="04",
                frequency="2",
                referral=requests.Referral(type="06"),
                provider_reference="EIGEN7",
            )
        ],
        guardian_known=True,
    )


@pytest.mark.parametrize("by", ["number", "reference", "provider_reference"])
def test_send_up(system: Scope, by: str) -> None:
    world = factories.world(system)
    request = requests.received(
        scope=moved(system),
        main_contractor_id=world.main.pk,
        organisation_id=world.pxq.organisation.pk,
        draft=_draft(world),
    )
    name = request.number if by == "number" else getattr(request.products.get(), by)
    (sent,) = run("send_up", name)
    assert sent["status"] == CareRequest.Status.SENT
    assert sent["products"] == [f"{sent['request']}-1"]
    with pytest.raises(CommandError, match="VOT-03"):
        run("send_up", name)


def test_send_up_of_a_change(system: Scope) -> None:
    # The command acts today, whenever that is.
    long = factories.Period(factories.YEAR.start, date(2090, 12, 31))
    at = changing.home(system, period=long)
    longer = changing.to_change(
        at.placement.number,
        wanted_start_date=long.start,
        end_date=date(2091, 12, 31),
        extent=factories.Extent(volume=4, unit="04", frequency="2"),
    )
    request = changing.by_software(at, longer)
    (sent,) = run("send_up", "EIGEN-1")
    assert (sent["request"], sent["products"]) == (request.number, [request.number])
    assert sent["status"] == CareRequest.Status.SENT


def test_send_up_knows_its_requests(system: Scope) -> None:
    factories.world(system)
    with pytest.raises(CommandError, match="no such request"):
        run("send_up", "VOT20260000001")


HEAD = "subcontract;law;category;code;name;unit;tariff;start;end\n"


def test_import_contract(system: Scope, tmp_path: Path) -> None:
    world = factories.world(system)
    assert world.pxq.subcontract
    number = world.pxq.subcontract.number
    file = tmp_path / "tarieven.csv"
    file.write_text(HEAD + f"{number};jw;45;45A99;Nieuw;04;71,25;2026-01-01;\n")
    assert run("import_contract", str(file)) == [{"line": 2, "code": "45A99", "imported": True}]
    become(system)
    assert str(Tariff.objects.get(product__code="45A99").amount) == "71.2500"


def test_import_contract_is_all_or_nothing(system: Scope, tmp_path: Path) -> None:
    world = factories.world(system)
    assert world.pxq.subcontract
    number = world.pxq.subcontract.number
    file = tmp_path / "tarieven.csv"
    good = f"{number};jw;45;45A99;Nieuw;04;71,25;2026-01-01;\n"
    file.write_text(HEAD + good + good.replace("71,25", "veel"))
    with pytest.raises(CommandError, match="line 3"):
        run("import_contract", str(file))
    become(system)
    assert not Product.objects.filter(code="45A99").exists()
