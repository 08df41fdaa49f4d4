"""Who asked for care that somebody else gives is told so: software by 319, people on the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse

from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from messaging.exchange.content import opened
from messaging.istandaard import builders, parse
from messaging.istandaard.model.messages import AllocationMessage
from messaging.models import Leg, OutgoingMessage
from subcontracts.models import Allocation, CareRequest, RequestedProduct, Subcontract
from subcontracts.services import placed_elsewhere, placements, requests
from tests import factories
from tests.conftest import become
from tests.factories import Party, World, moved
from tests.subcontracts.post import codes, down, up
from tests.subcontracts.test_requests import (
    allocated_by_town,
    by_software,
    code,
    draft,
    letter,
    made,
    told_below,
)

Browse = Callable[..., Browser]


class Case(NamedTuple):
    """Guidance that the P*Q subcontractor asked for, allocated, and somebody else to give it."""

    world: World
    who: builders.Person
    asked: RequestedProduct
    allocation: Allocation
    other: Party


def case_of(world: World, who: builders.Person, request: CareRequest) -> Case:
    asked = request.products.get()
    up(world, allocated_by_town(world, who, asked))
    other = factories.party(
        moved(world.system),
        world.main,
        world.youth,
        "Andere Zorg",
        "pxq",
        [world.products["guidance"]],
    )
    return Case(world, who, asked, Allocation.objects.get(requested_product=asked), other)


@pytest.fixture
def by_message(system: Scope) -> Case:
    world = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    who = factories.person()
    down(world, letter(world, who, by_software(("EIGEN1", code(world, "guidance")))))
    request = requests.send_up(scope=moved(world.system), request=CareRequest.objects.get())
    return case_of(world, who, request)


@pytest.fixture
def in_portal(system: Scope) -> Case:
    world = factories.world(system)
    who = factories.person()
    asker = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    of = draft(world, who=who)
    request = made(world, requests.RequestDraft(**{**vars(of), "products": of.products[:1]}), asker)
    become(system)
    request = requests.send_up(scope=moved(world.system), request=request)
    return case_of(world, who, request)


def refreshed(case: Case) -> RequestedProduct:
    return RequestedProduct.objects.get(pk=case.asked.pk)


def relayed_references() -> list[str]:
    rows = OutgoingMessage.objects.filter(message_type="301", leg=Leg.DOWN).order_by("pk")
    found = []
    for row in rows:
        message = parse(opened(row)).message
        assert isinstance(message, AllocationMessage)
        found += [one.provider_reference for one in message.client.allocated_products]
    return found


def test_software_hears_once_that_others_took_all_of_the_care(by_message: Case) -> None:
    placement = factories.place(
        by_message.world, by_message.allocation, by_message.other, accepted=False
    )
    # Whoever was offered it may decline: then the asker might get it after all.
    assert told_below() == []
    become(by_message.world.at(Role.SUBCONTRACTOR_USER, by_message.other))
    scope = by_message.world.at(Role.SUBCONTRACTOR_USER, by_message.other)
    placements.accept(scope=scope, placement=placement)
    become(by_message.world.system)
    # Towards the municipality nothing changed: the answer to our own request is a yes.
    assert told_below() == [("EIGEN1", "1", "6")]
    assert refreshed(by_message).answer == RequestedProduct.Answer.ALLOCATED
    placed_elsewhere.follow(scope=moved(by_message.world.system), allocation=by_message.allocation)
    assert len(told_below()) == 1


def test_what_is_declined_tells_nothing(by_message: Case) -> None:
    world = by_message.world
    placement = factories.place(world, by_message.allocation, by_message.other, accepted=False)
    placements.decline(scope=moved(world.system), placement=placement, reason="vol")
    assert told_below() == []
    factories.place(world, by_message.allocation)
    assert (told_below(), relayed_references()) == ([], ["EIGEN1"])


def test_nothing_is_told_while_part_is_still_to_be_placed(by_message: Case) -> None:
    world, allocation = by_message.world, by_message.allocation
    half = allocation.volume // 2
    factories.place(world, allocation, by_message.other, part=placements.Part(volume=half))
    assert told_below() == []
    rest = placements.Part(volume=allocation.volume - half)
    factories.place(world, allocation, world.own_team, part=rest)
    assert told_below() == [("EIGEN1", "1", "6")]


def test_who_gives_part_of_it_has_had_its_answer(by_message: Case) -> None:
    world, allocation = by_message.world, by_message.allocation
    half = allocation.volume // 2
    factories.place(world, allocation, part=placements.Part(volume=half))
    rest = placements.Part(volume=allocation.volume - half)
    factories.place(world, allocation, by_message.other, part=rest)
    assert told_below() == []
    assert relayed_references() == ["EIGEN1"]


def test_silence_tells_it_too(by_message: Case) -> None:
    world = by_message.world
    factories.place(world, by_message.allocation, by_message.other, accepted=False)
    later = moved(world.system, factories.NOW + timedelta(days=30))
    placements.accept_by_silence(scope=later)
    assert told_below() == [("EIGEN1", "1", "6")]


def test_a_coordinator_may_say_so_before(by_message: Case) -> None:
    world = by_message.world
    scope = become(world.at(Role.CARE_COORDINATOR))
    with pytest.raises(RuleError, match="VOT-08"):
        placed_elsewhere.tell(scope=scope, asked=by_message.asked, reason="8")
    placed_elsewhere.tell(scope=scope, asked=by_message.asked, reason="7")
    with pytest.raises(ConflictError):
        placed_elsewhere.tell(scope=scope, asked=by_message.asked, reason="7")
    become(world.system)
    factories.place(world, by_message.allocation, by_message.other)
    assert told_below() == [("EIGEN1", "1", "7")]


def test_what_is_placed_with_the_asker_after_all_comes_as_new(by_message: Case) -> None:
    world = by_message.world
    placed_elsewhere.tell(scope=world.at(Role.CARE_COORDINATOR), asked=by_message.asked, reason="6")
    factories.place(world, by_message.allocation)
    # Its request was closed by the 319, so no allocation may name it any more.
    assert relayed_references() == [""]
    again = by_software(("EIGEN2", code(world, "treatment")))
    assert codes(down(world, letter(world, by_message.who, again))) == []


def test_only_what_was_asked_and_not_placed_with_the_asker_can_be_told(by_message: Case) -> None:
    world = by_message.world
    own = made(world, draft(world)).products.first()
    factories.place(world, by_message.allocation)
    for asked in (own, by_message.asked):
        with pytest.raises(RuleError, match="VOT-14"):
            placed_elsewhere.tell(scope=world.at(Role.CARE_COORDINATOR), asked=asked, reason="6")
    with pytest.raises(NotAllowedError):
        placed_elsewhere.tell(
            scope=world.at(Role.SUBCONTRACTOR_USER, world.pxq),
            asked=by_message.asked,
            reason="6",
        )


def test_the_database_knows_whom_it_was_told(by_message: Case) -> None:
    rows = RequestedProduct.objects.filter(pk=by_message.asked.pk)
    with pytest.raises(IntegrityError, match="elsewhere_whole"), transaction.atomic():
        rows.update(elsewhere_at=factories.NOW, elsewhere_reason="")


def test_people_read_it_with_their_request(in_portal: Case, browse: Browse) -> None:
    world = in_portal.world
    page = reverse("request_detail", args=[in_portal.asked.request_id])
    asker = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    become(world.system)
    factories.place(world, in_portal.allocation, in_portal.other)
    assert told_below() == []
    shown = asker.get(page)
    assert len(shown.context["elsewhere"]) == 1
    text = shown.content.decode()
    # That somebody gives it, not who.
    assert "Andere Zorg" not in text
    assert str(in_portal.allocation.number) not in text
    office = browse(world, Role.CARE_COORDINATOR).get(page)
    assert len(office.context["elsewhere"]) == 1
    assert not office.context["may_tell_elsewhere"]


def test_a_coordinator_tells_it_on_the_page(in_portal: Case, browse: Browse) -> None:
    world = in_portal.world
    browser = browse(world, Role.CARE_COORDINATOR)
    request = in_portal.asked.request_id
    page = reverse("request_placed_elsewhere", args=[request])
    assert page in browser.get(reverse("request_detail", args=[request])).content.decode()
    assert browser.get(page).context["form"].initial["reason"] == placed_elsewhere.STACKED
    assert browser.post(page, {"asked": in_portal.asked.pk, "reason": "4"}).status_code == 302
    become(world.system)
    assert refreshed(in_portal).elsewhere_reason == "4"
    assert browser.get(page).context["nothing"]
    become(world.system)
    factories.place(world, in_portal.allocation)
    shown = browser.get(reverse("request_detail", args=[request]))
    assert len(shown.context["with_asker"]) == 1
