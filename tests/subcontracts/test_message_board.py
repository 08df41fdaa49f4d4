"""All messages of a contract in one place: both ways, what asks attention, and what is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as HttpClient
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hoofdaannemer.core.scope import Role, Scope
from messaging.exchange.services import intake
from messaging.istandaard import Finding
from messaging.models import IncomingMessage, Leg, OutgoingMessage
from subcontracts.models import Allocation, Client, MunicipalContract, Subcontract
from subcontracts.selectors.board import Both, board
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World, moved
from tests.subcontracts.conftest import Browser
from tests.subcontracts.post import answered, down, up
from tests.subcontracts.test_lineage import told_story
from tests.subcontracts.test_message_links import HOUR, start_message

DAY = timedelta(days=1)
RETURNED = Finding("TR019", "9019", "/Bericht/Client", "")


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system, relay=Subcontract.Relay.MESSAGES)


def names(both: Both) -> list[str]:
    """Direction and type, oldest first."""
    return [f"{line['way']} {line['message_type']}" for line in reversed(both.lines())]


def unreadable(world: World, at: Any = NOW, **party: int) -> IncomingMessage:
    """A document that is no message, from the municipality unless a `party` is given."""
    sender = party or {"municipality_id": world.municipality.pk}
    scope = moved(world.system, at)
    row = intake.receive(
        scope=scope,
        raw=b"geen bericht %d" % next(factories._numbers),
        main_contractor_id=world.main.pk,
        source=IncomingMessage.Source.COMMAND,
        leg=Leg.UP if "municipality_id" in sender else Leg.DOWN,
        **sender,
    )
    return intake.handle(scope=scope, message_id=row.pk)


def page(browser: HttpClient, contract: Any, **asked: str) -> Any:
    kind = "municipal_contract" if isinstance(contract, MunicipalContract) else "subcontract"
    return browser.get(reverse(f"{kind}_messages", args=[contract.pk]), asked)


# What belongs to a contract


def test_each_contract_has_its_own_side_of_the_traffic(world: World) -> None:
    told_story(world)
    coordinator = become(world.at(Role.CARE_COORDINATOR))
    above = board(coordinator, world.youth)
    below = board(coordinator, world.pxq.subcontract)
    assert sorted(names(above.about)) == sorted(
        ["in 301", "out 302", "out 305", "in 306", "in 301", "out 302", "out 307"]
    )
    assert sorted(names(below.about)) == sorted(
        ["out 301", "in 302", "in 305", "out 306", "out 301", "in 307", "out 308"]
    )
    assert names(above.party) == names(below.party) == []
    # Every message there is stands on one of the two.
    assert IncomingMessage.objects.count() + OutgoingMessage.objects.count() == 14
    for other in (world.wmo, world.trajectory.subcontract):
        assert names(board(coordinator, other).about) == []


def test_the_newest_message_comes_first(world: World) -> None:
    told_story(world)
    lines = list(board(become(world.at(Role.CONTRACT_MANAGER)), world.youth).about.lines())
    assert [line["at"] for line in lines] == sorted((line["at"] for line in lines), reverse=True)


def test_what_cannot_be_read_stands_apart_under_the_only_contract(world: World) -> None:
    """The P*Q subcontractor has one contract; the municipality has two, of two laws."""
    told_story(world)
    below = unreadable(world, organisation_id=world.pxq.organisation.pk)
    unreadable(world)
    alone = unreadable(world, municipality_id=world.other_municipality.pk)
    manager = become(world.at(Role.CONTRACT_MANAGER))
    of_pxq = board(manager, world.pxq.subcontract)
    assert [line["id"] for line in of_pxq.party.lines()] == [below.pk]
    assert of_pxq.count_left_out() == (0, 0)
    youth = board(manager, world.youth)
    # Soest takes part in the youth contract only.
    assert [line["id"] for line in youth.party.lines()] == [alone.pk]
    assert youth.count_left_out() == (1, 0)
    assert board(manager, world.wmo).count_left_out() == (1, 0)


def test_a_refused_message_stands_apart_with_our_answer(world: World) -> None:
    """A start of care that was never placed is about nothing; its sender has one contract."""
    placement = told_story(world)
    report = start_message(world, factories.person(), placement, allocation_number=999_000_001)
    refused = down(world, report, NOW + 9 * HOUR)
    assert refused.state == IncomingMessage.State.REJECTED
    shown = board(become(world.at(Role.CONTRACT_MANAGER)), world.pxq.subcontract)
    assert sorted(names(shown.party)) == ["in 305", "out 306"]
    assert refused.pk not in {line["id"] for line in shown.about.only("in").lines()}
    assert shown.party.counts().attention == 0
    assert shown.count_left_out() == (0, 0)


def test_a_second_contract_with_the_party_leaves_it_out(world: World) -> None:
    unreadable(world, organisation_id=world.pxq.organisation.pk)
    first = world.pxq.subcontract
    assert first is not None
    Subcontract.objects.create(
        main_contractor=world.main,
        provider_organisation=world.pxq.organisation,
        subcontractor=world.pxq.subcontractor,
        municipal_contract=world.wmo,
        number="O-tweede",
        start_date=first.start_date,
    )
    shown = board(become(world.at(Role.CONTRACT_MANAGER)), first)
    assert names(shown.party) == []
    assert shown.count_left_out() == (1, 0)


def test_a_sealed_client_is_counted_and_not_listed(world: World) -> None:
    placement = told_story(world)
    Client.objects.filter(pk=placement.client_id).update(is_sealed=True)
    shown = board(become(world.at(Role.CARE_COORDINATOR)), world.youth)
    assert names(shown.about) == names(shown.party) == []
    assert shown.count_left_out() == (0, 7)


def test_a_subcontractor_sees_its_own_contract_only(world: World, browse: Browser) -> None:
    told_story(world)
    browser = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    assert page(browser, world.pxq.subcontract).context["count"] == 7
    assert page(browser, world.trajectory.subcontract).status_code == 404
    assert page(browser, world.youth).status_code == 403


def test_a_controller_sees_no_message_of_care(world: World, browse: Browser) -> None:
    told_story(world)
    browser = browse(world, Role.CONTROLLER)
    assert page(browser, world.pxq.subcontract).context["count"] == 0


# The page


def test_every_figure_leads_to_as_many_messages(world: World, browse: Browser) -> None:
    told_story(world)
    late = factories.allocated(world.products["guidance"], number=900, decided=NOW - 60 * DAY)
    on = (NOW - 60 * DAY).date()
    up(world, factories.allocation_message(world, factories.person(), late, on=on), NOW - 60 * DAY)
    reported = OutgoingMessage.objects.get(message_type="307", leg=Leg.UP)
    up(world, answered(reported, RETURNED), NOW + 8 * HOUR)
    browser = browse(world, Role.CONTRACT_MANAGER)
    shown = page(browser, world.youth)
    figures = {one["label"]: one for one in shown.context["figures"]}
    assert len(figures) == 7
    for one in figures.values():
        listed = browser.get(shown.request["PATH_INFO"] + one["url"])
        assert listed.context["count"] == one["value"], one
    values = [one["value"] for one in figures.values()]
    assert values[0] == values[1] + values[2] == 10
    # The municipality returned our 307; the 301 of long ago was not placed in time.
    assert values[3] >= 1
    assert values[4] >= 1


def test_the_answer_is_shown_with_its_codes(world: World, browse: Browser) -> None:
    told_story(world)
    reported = OutgoingMessage.objects.get(message_type="307", leg=Leg.UP)
    up(world, answered(reported, RETURNED), NOW + 8 * HOUR)
    browser = browse(world, Role.CARE_COORDINATOR)
    text = page(browser, world.youth, message_type="307").content.decode()
    assert "9019" in text
    assert reverse("sent_message_lineage", args=[reported.pk]) in text
    csv = b"".join(page(browser, world.youth, _export="csv").streaming_content).decode()
    assert "9019" in csv
    # The heading, seven messages of the story and the return message.
    assert len(csv.strip().splitlines()) == 9


def test_filters_narrow_both_directions(world: World, browse: Browser) -> None:
    told_story(world)
    browser = browse(world, Role.CARE_COORDINATOR)
    for asked, count in (
        ({"message_type": "301"}, 2),
        ({"way": "out"}, 4),
        ({"state": "handled"}, 3),
        ({"period": "2026-03"}, 7),
        ({"period": "2026-02"}, 0),
        ({"until": "17-03-2026"}, 0),
        ({"message_type": "301", "way": "out"}, 0),
    ):
        assert page(browser, world.youth, **asked).context["count"] == count, asked
    wrong = page(browser, world.youth, period="ooit")
    assert wrong.context["invalid"]
    assert wrong.context["count"] == 0


def test_from_the_contract_and_back(world: World, browse: Browser) -> None:
    browser = browse(world, Role.CONTRACT_MANAGER)
    for contract, name in (
        (world.youth, "municipal_contract"),
        (world.pxq.subcontract, "subcontract"),
    ):
        assert contract is not None
        own = reverse(f"{name}_detail", args=[contract.pk])
        messages = reverse(f"{name}_messages", args=[contract.pk])
        assert messages in browser.get(own).content.decode()
        assert own in browser.get(messages).content.decode()


def test_a_coordinator_comes_by_the_list_of_contracts(world: World, browse: Browser) -> None:
    """It reads messages, but no contracts with their prices."""
    browser = browse(world, Role.CARE_COORDINATOR)
    listed = browser.get(reverse("contract_messages")).content.decode()
    for contract, name in (
        (world.youth, "municipal_contract"),
        (world.pxq.subcontract, "subcontract"),
    ):
        assert contract is not None
        messages = reverse(f"{name}_messages", args=[contract.pk])
        assert messages in listed
        shown = browser.get(messages).content.decode()
        assert reverse("contract_messages") in shown
        assert reverse(f"{name}_detail", args=[contract.pk]) + '"' not in shown


def test_the_number_of_queries_does_not_grow(world: World, browse: Browser) -> None:
    placement = told_story(world)
    browser = browse(world, Role.CONTRACT_MANAGER)
    page(browser, world.pxq.subcontract)
    with CaptureQueriesContext(connection) as few:
        page(browser, world.pxq.subcontract)
    become(world.system)
    who = factories.person()
    for number in range(700, 712):
        one = factories.allocated(world.products["guidance"], number=number)
        up(world, factories.allocation_message(world, who, one))
        more = factories.place(world, Allocation.objects.get(number=number))
        down(world, start_message(world, who, more), NOW + HOUR)
        down(world, replace(start_message(world, who, placement)), NOW + 2 * HOUR)
    with CaptureQueriesContext(connection) as many:
        shown = page(browser, world.pxq.subcontract)
    assert shown.context["count"] > 30
    assert len(many) == len(few)
