"""We allocate in a municipality's name, under its mandate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from messaging.istandaard import builders
from messaging.istandaard.model.messages import AllocationMessage
from messaging.models import IncomingMessage, Leg, MessageCopy, OutgoingMessage
from subcontracts.models import AllocatedBy, Allocation, CareRequest, Subcontract
from subcontracts.selectors import current
from subcontracts.services import answers, authorities, clients, issuing, requests
from tests import factories
from tests.factories import NOW, World, moved
from tests.subcontracts import changing
from tests.subcontracts.allocating import (
    HOME,
    MANDATE,
    SPRING,
    by_hand,
    copied,
    document,
    from_software,
    granted,
    request,
    under,
)
from tests.subcontracts.test_requests import asked


@pytest.fixture
def world(system: Scope) -> World:
    made = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    under(made, AllocatedBy.MANDATE)
    return made


@pytest.fixture
def before(system: Scope) -> tuple[World, builders.Person, Allocation]:
    """Care that the municipality allocated before somebody else does."""
    world = factories.world(system)
    who = factories.person()
    return world, who, factories.allocate(world, who=who)


def test_a_request_waits_for_our_own_decision(world: World) -> None:
    made = request(world)
    assert made.status == CareRequest.Status.RECEIVED
    assert not OutgoingMessage.objects.exists()
    with pytest.raises(RuleError, match="VOT-13"):
        requests.send_up(scope=moved(world.system), request=made)


def test_what_is_granted_is_issued_in_the_name_of_the_municipality(world: World) -> None:
    allocation = granted(world)
    assert allocation.number == 800_000_000
    assert allocation.origin == AllocatedBy.MANDATE
    assert (allocation.start_date, allocation.volume) == (SPRING.start, 4)
    row = IncomingMessage.objects.get()
    assert (row.source, row.state, row.name) == ("mandate", "handled", "JW301")
    message = document(row)
    assert isinstance(message, AllocationMessage)
    assert message.header.sender == world.municipality.code
    assert message.header.receiver == world.main.agb
    [product] = message.client.allocated_products
    assert product.provider_reference.endswith("-1")
    made = CareRequest.objects.get()
    assert made.status == CareRequest.Status.ANSWERED
    # Nobody sent it, so nobody is answered; the municipality gets a copy.
    assert not OutgoingMessage.objects.exists()
    assert copied() == [("JW301", world.municipality.code)]


def test_another_extent_may_be_decided_than_was_asked(world: World) -> None:
    made = request(world)
    [product] = made.products.all()
    less = replace(current.terms_of(product), volume=2)
    issuing.grant(scope=moved(world.system), request=made, address=HOME, terms={product.pk: less})
    assert Allocation.objects.get().volume == 2


def test_a_second_allocation_shows_the_first_again(world: World) -> None:
    who = factories.person()
    first = granted(world, who=who)
    second = granted(world, asked(world, "treatment"), who=who)
    row = IncomingMessage.objects.order_by("-pk")[0]
    message = document(row)
    assert isinstance(message, AllocationMessage)
    numbers = [one.number for one in message.client.allocated_products]
    assert numbers == [first.number, second.number]
    assert first.versions.count() == 1


def test_nobody_but_us_decides_under_the_mandate(world: World) -> None:
    made = request(world)
    with pytest.raises(Exception, match="zorgcoördinator"):
        issuing.grant(scope=world.at(Role.CONTROLLER), request=made)


def test_a_301_names_the_address_of_the_client(world: World) -> None:
    made = request(world)
    with pytest.raises(RuleError, match="TR006"):
        issuing.grant(scope=moved(world.system), request=made)


def test_without_mandate_the_municipality_decides(system: Scope) -> None:
    world = factories.world(system)
    made = request(world)
    assert made.status == CareRequest.Status.SENT
    with pytest.raises(RuleError, match="VOT-03"):
        issuing.grant(scope=moved(system), request=made)
    allocation = factories.allocate(world)
    wanted = replace(current.terms_of(allocation), volume=1)
    with pytest.raises(RuleError, match="MAN-01"):
        issuing.change(scope=moved(system), allocation=allocation, wanted=wanted, reason="05")


def test_a_mandate_that_ends_leaves_the_decision_to_the_municipality(world: World) -> None:
    allocation = granted(world)
    later = NOW + timedelta(days=10)
    under(world, AllocatedBy.MUNICIPALITY, later.date())
    wanted = replace(current.terms_of(allocation), volume=1)
    with pytest.raises(RuleError, match="MAN-01"):
        issuing.change(
            scope=moved(world.system, later), allocation=allocation, wanted=wanted, reason="05"
        )


def test_numbers_that_are_used_up(world: World) -> None:
    authorities.set_authority(
        scope=moved(world.system),
        contract=world.youth,
        allocated_by=AllocatedBy.MANDATE,
        start_date=NOW.date(),
        mandate=replace(MANDATE, number_first=5, number_last=5),
    )
    assert granted(world).number == 5
    made = request(world)
    with pytest.raises(RuleError, match="MAN-03"):
        issuing.grant(scope=moved(world.system), request=made, address=HOME)
    made.refresh_from_db()
    assert made.status == CareRequest.Status.RECEIVED


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reference": " "}, "CON-14"),
        ({"number_first": 9, "number_last": 8}, "CON-14"),
        ({"number_first": 0}, "CON-14"),
        ({"number_last": 1_000_000_000}, "CON-14"),
        ({"number_first": 899_999_999, "number_last": 900_000_000}, "CON-15"),
    ],
)
def test_a_mandate_is_recorded_with_numbers_of_its_own(
    world: World, change: dict[str, Any], code: str
) -> None:
    with pytest.raises(RuleError, match=code):
        authorities.set_authority(
            scope=moved(world.system),
            contract=world.youth,
            allocated_by=AllocatedBy.MANDATE,
            start_date=NOW.date(),
            mandate=replace(MANDATE, **change),
        )


def test_numbers_that_the_municipality_used_stay_its_own(system: Scope) -> None:
    world = factories.world(system)
    factories.allocate(world, number=800_000_050)
    with pytest.raises(RuleError, match="CON-15"):
        under(world, AllocatedBy.MANDATE)


def test_a_mandate_covers_what_the_municipality_allocated_before(
    before: tuple[World, builders.Person, Allocation],
) -> None:
    world, who, allocation = before
    under(world, AllocatedBy.MANDATE)
    now = current.terms_of(allocation)
    shorter = Period(now.period.start, date(2026, 5, 31))
    issuing.change(
        scope=moved(world.system),
        allocation=allocation,
        wanted=replace(now, period=shorter),
        reason="05",
    )
    allocation.refresh_from_db()
    assert (allocation.end_date, allocation.origin) == (shorter.end, AllocatedBy.MUNICIPALITY)
    by_hand(
        world,
        factories.allocated(
            world.products["guidance"],
            number=allocation.number,
            period=Period(now.period.start, date(2026, 4, 30)),
            decided=NOW + timedelta(hours=1),
            change_reason="05",
        ),
        who=who,
    )
    allocation.refresh_from_db()
    assert allocation.end_date == date(2026, 4, 30)


def test_a_change_that_software_asked_is_granted_here(system: Scope) -> None:
    """More from April: the old number ends, a new one begins, and the asker's answer names it."""
    at = changing.home(system)
    under(at.world, AllocatedBy.MANDATE)
    made = changing.by_software(at)
    with pytest.raises(RuleError, match="VOT-13"):
        requests.send_up(scope=at.coordinator, request=made)
    told = len(changing.relayed(at))
    issuing.grant(scope=at.coordinator, request=made)
    made.refresh_from_db()
    assert (made.status, made.message) == (CareRequest.Status.ANSWERED, None)
    assert not OutgoingMessage.objects.filter(leg=Leg.UP, message_type="317").exists()
    first, begun = Allocation.objects.filter(product=at.first.product).order_by("number")
    assert first.end_date == changing.APRIL - timedelta(days=1)
    assert (begun.start_date, begun.volume, begun.origin) == (
        changing.APRIL,
        6,
        AllocatedBy.MANDATE,
    )
    [answer] = changing.relayed(at)[told:]
    [product] = answer.client.allocated_products
    assert (product.end_date, product.provider_reference) == (first.end_date, "EIGEN-1")


def test_a_change_of_the_end_is_a_version_with_its_reason(world: World) -> None:
    allocation = granted(world)
    placement = factories.place(world, allocation)
    end = date(2026, 6, 30)
    now = current.terms_of(allocation)
    issuing.change(
        scope=moved(world.system),
        allocation=allocation,
        wanted=replace(now, period=Period(now.period.start, end)),
        reason="05",
    )
    allocation.refresh_from_db()
    assert allocation.end_date == end
    assert allocation.versions.count() == 2
    placement.refresh_from_db()
    assert (placement.end_date, placement.change_reason) == (end, "05")
    relayed = OutgoingMessage.objects.filter(leg=Leg.DOWN, message_type="301")
    assert relayed.count() == 2


def test_more_care_from_a_later_day_is_a_new_allocation(world: World) -> None:
    allocation = granted(world)
    wanted = replace(
        current.terms_of(allocation), volume=9, period=Period(date(2026, 7, 1), SPRING.end)
    )
    issuing.change(scope=moved(world.system), allocation=allocation, wanted=wanted, reason="14")
    rows = Allocation.objects.order_by("number").values_list("start_date", "end_date", "volume")
    assert list(rows) == [
        (SPRING.start, date(2026, 6, 30), 4),
        (date(2026, 7, 1), SPRING.end, 9),
    ]
    assert set(Allocation.objects.values_list("origin", flat=True)) == {AllocatedBy.MANDATE}


@pytest.mark.parametrize("reason", ["", "01", "13", "99"])
def test_a_change_has_a_reason_that_is_in_force(world: World, reason: str) -> None:
    allocation = granted(world)
    wanted = replace(current.terms_of(allocation), volume=1)
    with pytest.raises(RuleError, match="MAN-04"):
        issuing.change(
            scope=moved(world.system), allocation=allocation, wanted=wanted, reason=reason
        )


def test_nothing_changes_by_the_same_terms(world: World) -> None:
    allocation = granted(world)
    with pytest.raises(RuleError, match="MAN-04"):
        issuing.change(
            scope=moved(world.system),
            allocation=allocation,
            wanted=current.terms_of(allocation),
            reason="14",
        )


def test_an_allocation_taken_back_counts_as_never_made(world: World) -> None:
    allocation = granted(world)
    placement = factories.place(world, allocation)
    issuing.withdraw(scope=moved(world.system), allocation=allocation)
    allocation.refresh_from_db()
    placement.refresh_from_db()
    assert allocation.is_deleted
    assert placement.status == "withdrawn"
    with pytest.raises(RuleError, match="MAN-05"):
        issuing.withdraw(scope=moved(world.system), allocation=allocation)


def test_a_request_from_software_is_answered_by_a_relayed_301(world: World) -> None:
    """A subcontractor's own request, granted here and placed with it, carries its reference."""
    made = from_software(world)
    issuing.grant(scope=moved(world.system), request=made, address=HOME)
    allocation = Allocation.objects.get()
    factories.place(world, allocation)
    [relayed] = OutgoingMessage.objects.filter(leg=Leg.DOWN, message_type="301")
    message = document(relayed)
    assert isinstance(message, AllocationMessage)
    assert [one.provider_reference for one in message.client.allocated_products] == ["MIJN-1"]


def test_a_request_that_we_refuse_is_told_below(world: World) -> None:
    made = from_software(world)
    answers.dismiss(scope=moved(world.system), request=made, reason="2")
    assert OutgoingMessage.objects.filter(leg=Leg.DOWN, message_type="319").count() == 1
    assert ("JW319", world.municipality.code) in copied()


def test_nothing_is_issued_about_a_sealed_client(world: World) -> None:
    who = factories.person()
    allocation = granted(world, who=who)
    clients.seal(scope=moved(world.system), client=allocation.client)
    allocation.client.refresh_from_db()
    with pytest.raises(RuleError, match="VOT-04"):
        issuing.withdraw(scope=moved(world.system), allocation=allocation)
    with pytest.raises(RuleError, match="VOT-04"):
        guidance = world.products["guidance"]
        by_hand(world, factories.allocated(guidance, number=800_000_050), who=who)
    assert MessageCopy.objects.count() == 1


def test_what_is_too_long_for_a_message_is_refused(world: World) -> None:
    made = request(world)
    with pytest.raises(RuleError, match="MAN-02"):
        issuing.grant(
            scope=moved(world.system),
            request=made,
            address="Burgemeester van der Heidelaan\n12\n3811AA\nAmersfoort",
        )
    assert not IncomingMessage.objects.exists()
