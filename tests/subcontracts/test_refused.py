"""Messages that came back with errors: on whose work list they stand, and when they leave it."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from hoofdaannemer.audit.models import ChangeRecord
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.invariants import check_promises
from hoofdaannemer.invariants.care import PROMISES
from messaging.exchange.services import settling
from messaging.istandaard import Finding, Message, builders
from messaging.istandaard.model.delivery import StartProduct
from messaging.istandaard.model.values import Product as MessageProduct
from messaging.models import Leg, OutgoingMessage
from subcontracts import worklist
from subcontracts.models import Placement, Subcontract, UpwardReport
from subcontracts.rules.delivery import StopKey
from subcontracts.selectors import returned
from subcontracts.services import deliveries
from tests import factories
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.post import answered, codes, down, envelope, up

MARCH = date(2026, 3, 2)
START = "/Bericht/Client/StartProducten/StartProduct"


def sent_up(number: str) -> OutgoingMessage:
    """Our newest message of this type to the municipality."""
    row = OutgoingMessage.objects.filter(message_type=number, leg=Leg.UP).order_by("pk").last()
    assert row
    return row


def reply(world: World, row: OutgoingMessage, *wrong: str) -> None:
    """The municipality's answer: with errors of these rules, or without."""
    kind = "Start" if row.message_type == "305" else "Stop"
    path = f"/Bericht/Client/{kind}Producten/{kind}Product[1]"
    findings = [Finding(rule, f"9{rule.removeprefix('TR')}", path, "") for rule in wrong]
    up(world, answered(row, *findings))


def kinds(scope: Scope) -> list[str]:
    """Kinds of the items about returned messages on somebody's work list."""
    mine = {returned.FROM_MUNICIPALITIES, returned.FROM_SUBCONTRACTORS, returned.OWN}
    become(scope)
    found = [item.kind for item in worklist.items(scope) if item.kind in mine]
    become(scopes.system())
    return [str(kind) for kind in found]


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system, relay=Subcontract.Relay.MESSAGES)


@pytest.fixture
def coordinator(world: World) -> Scope:
    return world.at(Role.CARE_COORDINATOR)


@pytest.fixture
def placement(world: World) -> Placement:
    """Care that began on 2 March, told to the municipality."""
    placement = factories.place(world, factories.allocate(world))
    factories.start(world, placement, MARCH)
    return placement


# What the municipality returned


def test_a_returned_start_stands_on_the_work_list_until_a_new_one_is_accepted(
    world: World, coordinator: Scope, placement: Placement
) -> None:
    first = sent_up("305")
    reply(world, first, "TR019")
    (item,) = [
        one for one in worklist.items(coordinator) if one.kind == returned.FROM_MUNICIPALITIES
    ]
    assert item.url == reverse("allocation_detail", args=[placement.allocation_id])
    assert item.due == date(2026, 3, 9)
    first.refresh_from_db()
    assert "9019" in first.last_error
    assert deliveries.tell_again(scope=coordinator, allocation=placement.allocation)
    second = sent_up("305")
    assert second.pk != first.pk
    assert kinds(coordinator)
    reply(world, second)
    assert kinds(coordinator) == []
    first.refresh_from_db()
    assert (first.settled_at is not None, first.settled_note) == (True, "")
    assert UpwardReport.objects.get(withdrawn_at=None).message == second


def test_a_returned_start_that_is_taken_back_needs_nobody(
    world: World, coordinator: Scope, placement: Placement
) -> None:
    reply(world, sent_up("305"), "TR019")
    provider = world.at(Role.SUBCONTRACTOR_USER, world.pxq)
    deliveries.withdraw_start(scope=provider, placement=placement, begin=MARCH)
    assert OutgoingMessage.objects.filter(message_type="305").count() == 1
    assert kinds(coordinator) == []


def test_a_correction_by_the_subcontractor_goes_up_by_itself(
    world: World, coordinator: Scope, placement: Placement
) -> None:
    reply(world, sent_up("305"), "TR019")
    provider = world.at(Role.SUBCONTRACTOR_USER, world.pxq)
    deliveries.withdraw_start(scope=provider, placement=placement, begin=MARCH)
    deliveries.report_start(scope=provider, placement=placement, begin=date(2026, 3, 3))
    reply(world, sent_up("305"))
    assert kinds(coordinator) == []
    assert UpwardReport.objects.get(withdrawn_at=None).begin_date == date(2026, 3, 3)


def test_nothing_is_settled_while_the_answer_to_the_new_one_stays_away(
    world: World, coordinator: Scope, placement: Placement
) -> None:
    reply(world, sent_up("305"), "TR019")
    deliveries.tell_again(scope=coordinator, allocation=placement.allocation)
    assert not deliveries.tell_again(scope=coordinator, allocation=placement.allocation)
    assert len(kinds(coordinator)) == 1


def test_a_returned_deletion_was_not_one(
    world: World, coordinator: Scope, placement: Placement
) -> None:
    """The municipality still knows the start, so it is taken back again."""
    reply(world, sent_up("305"))
    provider = world.at(Role.SUBCONTRACTOR_USER, world.pxq)
    deliveries.withdraw_start(scope=provider, placement=placement, begin=MARCH)
    reply(world, sent_up("305"), "TR063")
    report = UpwardReport.objects.get()
    assert report.withdrawn_at is None
    assert len(kinds(coordinator)) == 1
    assert deliveries.tell_again(scope=coordinator, allocation=placement.allocation)
    reply(world, sent_up("305"))
    report.refresh_from_db()
    assert report.withdrawn_at is not None
    assert kinds(coordinator) == []


def test_a_deletion_that_was_overtaken_stays_one(world: World, placement: Placement) -> None:
    reply(world, sent_up("305"))
    provider = world.at(Role.SUBCONTRACTOR_USER, world.pxq)
    deliveries.withdraw_start(scope=provider, placement=placement, begin=MARCH)
    deletion = sent_up("305")
    deliveries.report_start(scope=provider, placement=placement, begin=MARCH)
    reply(world, deletion, "TR063")
    live = UpwardReport.objects.get(withdrawn_at=None)
    assert live.message == sent_up("305")


def test_a_returned_stop_is_told_again_without_its_start(
    world: World, coordinator: Scope, placement: Placement
) -> None:
    reply(world, sent_up("305"))
    provider = world.at(Role.SUBCONTRACTOR_USER, world.pxq)
    stop = StopKey(MARCH, date(2026, 3, 10), "31")
    deliveries.report_stop(scope=provider, placement=placement, stop=stop)
    reply(world, sent_up("307"), "TR414")
    deliveries.tell_again(scope=coordinator, allocation=placement.allocation)
    assert OutgoingMessage.objects.filter(message_type="307", leg=Leg.UP).count() == 2
    assert OutgoingMessage.objects.filter(message_type="305", leg=Leg.UP).count() == 1
    reply(world, sent_up("307"))
    assert kinds(coordinator) == []


def test_nothing_is_told_again_that_did_not_come_back(
    world: World, coordinator: Scope, placement: Placement
) -> None:
    with pytest.raises(RuleError, match="MEL-01"):
        deliveries.tell_again(scope=coordinator, allocation=placement.allocation)
    reply(world, sent_up("305"), "TR019")
    with pytest.raises(NotAllowedError):
        deliveries.tell_again(scope=world.at(Role.CONTROLLER), allocation=placement.allocation)


def test_the_promise_allows_for_what_came_back(
    world: World, coordinator: Scope, placement: Placement
) -> None:
    """CARE-05 holds while a person must act, and after that person settled it by phone."""
    told = next(promise for promise in PROMISES if promise.code == "CARE-05")
    first = sent_up("305")
    reply(world, first, "TR019")
    assert check_promises([told])[0].holds
    settling.settle(scope=coordinator, message=first, note="Gebeld met de gemeente")
    assert check_promises([told])[0].holds
    OutgoingMessage.objects.update(settled_note="")
    assert not check_promises([told])[0].holds


# What we returned to a subcontractor


def letter(world: World, who: builders.Person, *placements: Placement, begin: date) -> Message:
    return builders.start(
        envelope(world),
        who,
        [
            StartProduct(
                allocation_number=placement.number,
                product=MessageProduct(
                    category=placement.product.category, code=placement.product.code
                ),
                allocation_start_date=placement.start_date,
                begin_date=begin,
            )
            for placement in placements
        ],
    )


@pytest.fixture
def mine(world: World) -> Scope:
    return world.at(Role.SUBCONTRACTOR_USER, world.pxq)


@pytest.fixture
def two(world: World) -> tuple[builders.Person, Placement, Placement]:
    """Two placements of one client with the same subcontractor."""
    who = factories.person()
    first, second = (
        factories.place(world, factories.allocate(world, key, who=who, frequency=frequency))
        for key, frequency in (("guidance", "2"), ("treatment", "4"))
    )
    return who, first, second


Two = tuple[builders.Person, Placement, Placement]


def test_a_refused_305_of_software_is_its_senders_to_correct(
    world: World, coordinator: Scope, mine: Scope, two: Two
) -> None:
    who, placement, _other = two
    placement_number, placement.number = placement.number, 899
    row = down(world, letter(world, who, placement, begin=MARCH))
    assert codes(row) == [("TR019", "9019", f"{START}[1]")]
    assert (kinds(mine), kinds(coordinator)) == ([str(returned.OWN)], [])
    assert kinds(world.at(Role.SUBCONTRACTOR_USER, world.trajectory)) == []
    placement.number = placement_number
    assert codes(down(world, letter(world, who, placement, begin=MARCH))) == []
    assert kinds(mine) == []
    row.refresh_from_db()
    assert row.settled_at is not None


@pytest.mark.parametrize("by_portal", [True, False])
def test_it_leaves_the_list_when_each_placement_in_it_is_reported(
    world: World, mine: Scope, two: Two, by_portal: bool
) -> None:
    who, first, second = two
    factories.start(world, first, date(2026, 2, 2))
    refused = down(world, letter(world, who, first, second, begin=MARCH))
    assert codes(refused) == [("TR326", "9326", f"{START}[1]")]
    assert codes(down(world, letter(world, who, second, begin=MARCH))) == []
    assert kinds(mine) == [str(returned.OWN)]
    stop = StopKey(date(2026, 2, 2), date(2026, 2, 20), "20")
    deliveries.report_stop(scope=mine, placement=first, stop=stop)
    if by_portal:
        deliveries.report_start(scope=mine, placement=first, begin=MARCH)
    else:
        assert codes(down(world, letter(world, who, first, begin=MARCH))) == []
    assert kinds(mine) == []


def test_a_report_about_another_client_settles_nothing(world: World, mine: Scope, two: Two) -> None:
    who, placement, _other = two
    factories.start(world, placement, MARCH)
    down(world, letter(world, who, placement, begin=MARCH))
    someone = factories.person("Mus")
    other = factories.place(world, factories.allocate(world, who=someone))
    assert codes(down(world, letter(world, someone, other, begin=MARCH))) == []
    assert kinds(mine) == [str(returned.OWN)]


def test_a_returned_relay_stands_on_the_main_contractors_list(
    world: World, coordinator: Scope, mine: Scope
) -> None:
    factories.place(world, factories.allocate(world))
    relayed = OutgoingMessage.objects.get(message_type="301", leg=Leg.DOWN)
    path = "/Bericht/Client/ToegewezenProducten/ToegewezenProduct[1]"
    down(world, answered(relayed, Finding("TR381", "S329", path, "")))
    assert kinds(coordinator) == [str(returned.FROM_SUBCONTRACTORS)]
    assert kinds(mine) == []


# By a person


def test_who_sent_it_says_that_it_is_dealt_with(
    world: World, coordinator: Scope, mine: Scope, placement: Placement, two: Two
) -> None:
    first = sent_up("305")
    reply(world, first, "TR019")
    who, wrong, _other = two
    wrong.number = 899
    row = down(world, letter(world, who, wrong, begin=MARCH))
    for message, sender, others in (
        (first, coordinator, (mine, world.at(Role.CONTROLLER), world.at(Role.ADMINISTRATOR))),
        (row, mine, (coordinator, world.at(Role.QUALITY_OFFICER))),
    ):
        for scope in others:
            with pytest.raises((NotAllowedError, type(message).DoesNotExist)):  # type: ignore[attr-defined]
                settling.settle(scope=scope, message=message, note="Gebeld")
        with pytest.raises(RuleError, match="BER-01"):
            settling.settle(scope=sender, message=message, note="  ")
        settling.settle(scope=sender, message=message, note="Gebeld")
        with pytest.raises(ConflictError):
            settling.settle(scope=sender, message=message, note="Nog eens")
        assert kinds(sender) == []
        recorded = ChangeRecord.objects.get(verb="message.settled", row=message.pk)
        assert recorded.user_id == sender.user_id


def test_what_was_accepted_needs_nobody(
    world: World, coordinator: Scope, placement: Placement
) -> None:
    reply(world, sent_up("305"))
    with pytest.raises(ConflictError):
        settling.settle(scope=coordinator, message=sent_up("305"), note="Gebeld")


def test_the_pages_lead_the_way(world: World, browse: Browse, placement: Placement) -> None:
    reply(world, sent_up("305"), "TR019")
    browser = browse(world, Role.CARE_COORDINATOR)
    allocation = reverse("allocation_detail", args=[placement.allocation_id])
    again = reverse("allocation_tell_again", args=[placement.allocation_id])
    message = reverse("sent_message_detail", args=[sent_up("305").pk])
    settle = reverse("sent_message_settle", args=[sent_up("305").pk])
    assert allocation in browser.get("/").content.decode()
    shown = browser.get(allocation).content.decode()
    assert again in shown and message in shown
    detail = browser.get(message).content.decode()
    assert settle in detail and "9019" in detail and f"{START}[1]" in detail
    assert browser.post(settle, {"note": ""}).context["form"].errors
    assert browser.post(settle, {"note": "Gebeld"}).status_code == 302
    assert settle not in browser.get(message).content.decode()
    assert again not in browser.get(allocation).content.decode()
    assert allocation not in browser.get("/").content.decode()
