"""The story of a message, allocation or report: complete, in order, and for the right eyes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hoofdaannemer.audit.models import AccessRecord
from hoofdaannemer.core.scope import Role, Scope
from messaging.exchange import lineage
from messaging.exchange.lineage import Ref, Story, story
from messaging.models import IncomingMessage, OutgoingMessage
from subcontracts.models import Allocation, CareRequest, DeliveryStart, Placement, Subcontract
from subcontracts.services import requests
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World, moved
from tests.subcontracts.conftest import Browser
from tests.subcontracts.post import answered, down, up
from tests.subcontracts.test_message_links import BEGIN, HOUR, start_message, whole_story
from tests.subcontracts.test_requests import allocated_by_town, by_software, code, letter


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system, relay=Subcontract.Relay.MESSAGES)


def shape(told: Story) -> list[str]:
    """The story as indented words: what people see, without numbers of this run."""
    lines = []
    for line in told.lines:
        ref = line.node.ref
        name = ref.kind
        if ref.kind in (lineage.RECEIVED, lineage.SENT):
            model: Any = IncomingMessage if ref.kind == lineage.RECEIVED else OutgoingMessage
            message = model.objects.get(pk=ref.pk)
            name = f"{ref.kind} {message.message_type} {message.leg}"
        lines.append("  " * line.depth + name)
    return lines


WHOLE = """
received 301 up
  sent 302 up
  allocation
    placement
      sent 301 down
        received 302 down
      received 305 down
        sent 306 down
        start
          sent 305 up
            received 306 up
          received 307 down
            sent 308 down
            stop
              sent 307 up
      received 301 up
        sent 301 down
        sent 302 up
""".strip().splitlines()


def told_story(world: World) -> Placement:
    """The whole story, with the answers of the municipality and of the subcontractor."""
    placement = whole_story(world)
    relayed = OutgoingMessage.objects.filter(message_type="301").order_by("pk")[0]
    down(world, answered(relayed), NOW + 5 * HOUR)
    started = OutgoingMessage.objects.get(message_type="305")
    up(world, answered(started), NOW + 6 * HOUR)
    return placement


def test_the_story_runs_from_the_301_to_the_306(world: World) -> None:
    placement = told_story(world)
    coordinator = world.at(Role.CARE_COORDINATOR)
    told = story(coordinator, Ref("allocation", placement.allocation_id))
    assert shape(told) == WHOLE
    assert told.clients == {placement.client_id}


def test_every_message_of_it_gives_the_same_story(world: World) -> None:
    """From whichever of them one looks: returns too, which stand with what they answer."""
    told_story(world)
    coordinator = world.at(Role.CARE_COORDINATOR)
    refs = [Ref(lineage.RECEIVED, row.pk) for row in IncomingMessage.objects.all()]
    refs += [Ref(lineage.SENT, row.pk) for row in OutgoingMessage.objects.all()]
    refs += [Ref("start", DeliveryStart.objects.get().pk)]
    assert len(refs) == 15
    for ref in refs:
        told = story(coordinator, ref)
        assert shape(told) == WHOLE, ref
        here = [line for line in told.lines if line.is_here]
        assert [line.node.ref for line in here] == [ref]


def test_what_led_to_it_and_what_follows_is_told_apart(world: World) -> None:
    told_story(world)
    start = DeliveryStart.objects.get()
    told = story(world.at(Role.CARE_COORDINATOR), Ref("start", start.pk))
    places = dict(zip((line.strip() for line in shape(told)), told.lines, strict=True))
    assert places["placement"].place == places["allocation"].place == lineage.BEFORE
    assert places["received 305 down"].place == lineage.BEFORE
    assert places["sent 305 up"].place == places["received 306 up"].place == lineage.AFTER
    assert places["received 302 down"].place == lineage.BESIDE


def test_a_subcontractor_sees_its_own_part(world: World) -> None:
    placement = told_story(world)
    mine = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    assert shape(story(mine, Ref("placement", placement.pk))) == [
        "placement",
        "  sent 301 down",
        "    received 302 down",
        "  received 305 down",
        "    sent 306 down",
        "    start",
        "      received 307 down",
        "        sent 308 down",
        "        stop",
        "  sent 301 down",
    ]
    other = become(world.at(Role.SUBCONTRACTOR_USER, world.trajectory))
    assert story(other, Ref("placement", placement.pk)).lines == ()


def test_a_controller_sees_no_message_but_declarations(world: World) -> None:
    placement = told_story(world)
    controller = become(world.at(Role.CONTROLLER))
    told = story(controller, Ref("placement", placement.pk))
    assert [line.strip() for line in shape(told)] == ["allocation", "placement", "start", "stop"]


def test_a_request_leads_to_its_allocation(world: World) -> None:
    """The subcontractor that asked sees its placement come of its request."""
    who = factories.person()
    down(world, letter(world, who, by_software(("EIGEN1", code(world, "guidance")))))
    request = CareRequest.objects.get()
    requests.send_up(scope=moved(world.system, NOW + HOUR), request=request)
    granted = allocated_by_town(world, who, request.products.get())
    up(world, granted, NOW + 2 * HOUR)
    allocation = Allocation.objects.get()
    placement = factories.place(world, allocation, at=NOW + 3 * HOUR)
    told = story(world.at(Role.CARE_COORDINATOR), Ref("request", request.pk))
    assert shape(told)[:4] == [
        "received 315 down",
        "  sent 316 down",
        "  request",
        "    sent 315 up",
    ]
    places = {line.node.ref.kind: line for line in told.lines}
    assert places["allocation"].follows is not None
    assert places["allocation"].follows.ref.kind == lineage.RECEIVED
    assert places["placement"].place == lineage.AFTER
    mine = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    seen = {line.node.ref for line in story(mine, Ref("request", request.pk)).lines}
    assert Ref("placement", placement.pk) in seen
    assert Ref("allocation", allocation.pk) not in seen


def test_the_number_of_queries_does_not_grow(world: World) -> None:
    """Also with many starts, stops and messages, and with parts of one allocation elsewhere."""
    placement = told_story(world)
    coordinator = become(world.at(Role.CONTRACT_MANAGER))
    about = Ref("placement", placement.pk)
    with CaptureQueriesContext(
        connection,
    ) as short:
        few = len(story(coordinator, about).lines)
    become(world.system)
    who = factories.person()
    one = factories.allocated(world.products["guidance"], number=815)
    up(world, factories.allocation_message(world, who, one))
    long = factories.place(world, Allocation.objects.get(number=815))
    for day in range(12):
        begin = BEGIN + timedelta(days=day)
        moment = NOW + (day + 1) * HOUR
        down(world, start_message(world, who, long, begin_date=begin), moment)
        back = start_message(world, who, long, begin_date=begin, delivery_status="3")
        down(world, back, moment + timedelta(minutes=9))
    become(world.at(Role.CONTRACT_MANAGER))
    with CaptureQueriesContext(connection) as longer:
        many = len(story(coordinator, Ref("placement", long.pk)).lines)
    assert many > 4 * few
    assert len(longer) == len(short) <= 16


# The page


def test_the_page_tells_the_story_and_logs_the_look(world: World, browse: Browser) -> None:
    placement = told_story(world)
    browser = browse(world, Role.CARE_COORDINATOR)
    incoming = IncomingMessage.objects.get(message_type="305")
    for name, pk, purpose in (
        ("allocation_lineage", placement.allocation_id, "allocation.lineage"),
        ("placement_lineage", placement.pk, "placement.lineage"),
        ("message_lineage", incoming.pk, "message.lineage"),
    ):
        response = browser.get(reverse(name, args=[pk]))
        assert response.status_code == 200
        text = response.content.decode()
        assert text.count("ha-story__line--here") == 1
        assert reverse("allocation_detail", args=[placement.allocation_id]) in text
        assert incoming.get_absolute_url() in text
        become(world.system)
        looked = AccessRecord.objects.filter(purpose=purpose)
        assert [row.client for row in looked] == [placement.client_id]


def test_every_page_leads_to_the_story_in_one_click(world: World, browse: Browser) -> None:
    placement = told_story(world)
    browser = browse(world, Role.CONTRACT_MANAGER)
    become(world.system)
    pages = [
        ("allocation_detail", "allocation_lineage", placement.allocation_id),
        ("placement_detail", "placement_lineage", placement.pk),
    ]
    pages += [
        ("message_detail", "message_lineage", row.pk) for row in IncomingMessage.objects.all()
    ]
    pages += [
        ("sent_message_detail", "sent_message_lineage", row.pk)
        for row in OutgoingMessage.objects.all()
    ]
    for page, way, pk in pages:
        text = browser.get(reverse(page, args=[pk])).content.decode()
        assert reverse(way, args=[pk]) in text


def test_a_quality_officers_look_is_not_one_at_a_client(world: World, browse: Browser) -> None:
    """That role never learns whose care it is; a municipality sees none of it."""
    placement = told_story(world)
    officer = browse(world, Role.QUALITY_OFFICER)
    assert officer.get(reverse("placement_lineage", args=[placement.pk])).status_code == 200
    become(world.system)
    assert not AccessRecord.objects.exists()
    viewer = browse(world, Role.MUNICIPAL_VIEWER)
    for name in ("placement_lineage", "allocation_lineage"):
        assert viewer.get(reverse(name, args=[placement.pk])).status_code == 403
