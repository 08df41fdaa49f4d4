"""Which message concerns what: recorded at the moment of cause, and filled in for the past."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from hoofdaannemer.core.scope import Role, Scope
from messaging.istandaard import builders
from messaging.istandaard.model.delivery import StartProduct, StopProduct
from messaging.istandaard.model.values import Product as MessageProduct
from messaging.models import IncomingMessage, OutgoingMessage
from subcontracts.models import (
    Allocation,
    CareRequest,
    DeliveryStart,
    DeliveryStop,
    MessageLink,
    Placement,
    Subcontract,
)
from subcontracts.services import deliveries, requests
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World, moved
from tests.subcontracts.post import codes, down, envelope, up
from tests.subcontracts.test_requests import (
    allocated_by_town,
    answered_by_town,
    by_software,
    code,
    letter,
)

BEGIN, END = date(2026, 3, 2), date(2026, 3, 16)
HOUR = timedelta(hours=1)


def start_message(world: World, who: builders.Person, placement: Placement, **changes: object):
    values = {
        "allocation_number": placement.number,
        "product": MessageProduct(category=placement.product.category, code=placement.product.code),
        "allocation_start_date": placement.start_date,
        "begin_date": BEGIN,
        **changes,
    }
    return builders.start(envelope(world), who, [StartProduct(**values)])


def stop_message(world: World, who: builders.Person, placement: Placement):
    record = StopProduct(
        allocation_number=placement.number,
        product=MessageProduct(category=placement.product.category, code=placement.product.code),
        allocation_start_date=placement.start_date,
        begin_date=BEGIN,
        stop_reason="31",
        end_date=END,
    )
    return builders.stop(envelope(world), who, [record])


def whole_story(world: World) -> Placement:
    """301, placement with relayed 301, 305 and 307 of software, and a changed 301."""
    who = factories.person()
    one = factories.allocated(world.products["guidance"], number=4711)
    assert codes(up(world, factories.allocation_message(world, who, one))) == []
    placement = factories.place(world, Allocation.objects.get(number=4711), at=NOW + HOUR)
    assert codes(down(world, start_message(world, who, placement), NOW + 2 * HOUR)) == []
    shorter = factories.allocated(
        world.products["guidance"],
        number=4711,
        period=factories.Period(date(2026, 1, 1), date(2026, 4, 30)),
        decided=NOW + 3 * HOUR,
        change_reason="05",
    )
    changed = factories.allocation_message(world, who, shorter)
    assert codes(up(world, changed, NOW + 3 * HOUR)) == []
    assert codes(down(world, stop_message(world, who, placement), NOW + 4 * HOUR)) == []
    return placement


def told() -> set[tuple[str, str, str]]:
    """Every link as message, kind and object."""
    found = set()
    for link in MessageLink.objects.select_related("incoming", "outgoing"):
        message = link.incoming or link.outgoing
        assert message
        way = "in" if link.incoming else "out"
        names = ("request", "allocation", "placement", "start", "stop")
        about = next(name for name in names if getattr(link, f"{name}_id"))
        found.add((f"{way} {message.leg} {message.message_type}", link.kind, about))
    return found


STORY = {
    ("in up 301", "made", "allocation"),
    ("in up 301", "changed", "allocation"),
    ("in up 301", "changed", "placement"),
    ("out down 301", "told", "placement"),
    ("in down 305", "made", "start"),
    ("out up 305", "told", "allocation"),
    ("out up 305", "told", "start"),
    ("in down 307", "made", "stop"),
    ("out up 307", "told", "allocation"),
    ("out up 307", "told", "stop"),
}


def test_every_message_of_the_chain_is_linked(system: Scope) -> None:
    whole_story(factories.world(system, relay=Subcontract.Relay.MESSAGES))
    assert told() == STORY


def test_what_is_sent_names_the_message_that_caused_it(system: Scope) -> None:
    whole_story(factories.world(system, relay=Subcontract.Relay.MESSAGES))
    caused = {
        (row.message_type, row.leg, row.caused_by.message_type if row.caused_by else "")
        for row in OutgoingMessage.objects.filter(in_reply_to=None)
    }
    assert caused == {
        ("301", "down", ""),  # placed by a person
        ("301", "down", "301"),
        ("305", "up", "305"),
        ("307", "up", "307"),
    }
    answers = OutgoingMessage.objects.filter(in_reply_to__isnull=False)
    assert answers.count() == 4
    assert not answers.filter(caused_by__isnull=False).exists()


def test_a_report_in_the_portal_is_linked_to_what_went_up(system: Scope) -> None:
    world = factories.world(system)
    placement = factories.place(world, factories.allocate(world))
    start = factories.start(world, placement, BEGIN)
    sent = OutgoingMessage.objects.get(message_type="305")
    assert MessageLink.objects.get(start=start).outgoing == sent
    deliveries.withdraw_start(scope=moved(system, NOW + HOUR), placement=placement, begin=BEGIN)
    assert MessageLink.objects.filter(start=start).count() == 2
    assert MessageLink.objects.filter(incoming__isnull=False).count() == 0


def test_taking_back_by_message_is_linked_to_the_start(system: Scope) -> None:
    world = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    who = factories.person()
    placement = factories.place(world, factories.allocate(world, who=who))
    down(world, start_message(world, who, placement), NOW + HOUR)
    back = start_message(world, who, placement, delivery_status="3")
    row = down(world, back, NOW + 2 * HOUR)
    assert codes(row) == []
    link = MessageLink.objects.get(incoming=row)
    assert (link.kind, link.start) == ("changed", DeliveryStart.objects.get())
    assert link.provider_organisation == world.pxq.organisation


def test_what_changed_nothing_is_linked_to_the_placement_it_names(system: Scope) -> None:
    """A stop that waits for its start, and a start that is refused."""
    world = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    who = factories.person()
    placement = factories.place(world, factories.allocate(world, who=who))
    parked = down(world, stop_message(world, who, placement), NOW + HOUR)
    assert parked.state == IncomingMessage.State.PARKED
    assert MessageLink.objects.get(incoming=parked).placement == placement
    down(world, start_message(world, who, placement), NOW + 2 * HOUR)
    parked.refresh_from_db()
    assert parked.state == IncomingMessage.State.HANDLED
    found = MessageLink.objects.filter(incoming=parked).values_list("kind", "placement", "stop")
    stop = DeliveryStop.objects.get()
    assert set(found) == {("changed", placement.pk, None), ("made", None, stop.pk)}
    again = down(world, start_message(world, who, placement), NOW + 3 * HOUR)
    assert again.state == IncomingMessage.State.REJECTED
    assert MessageLink.objects.get(incoming=again).placement == placement
    other = start_message(world, factories.person(), placement)
    assert not MessageLink.objects.filter(incoming=down(world, other, NOW + 4 * HOUR)).exists()


def test_what_a_municipality_sent_in_vain_is_linked_to_what_it_names(system: Scope) -> None:
    """A 301 for another product under the same number, and a 319 to what was allocated."""
    world = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    who = factories.person()
    down(world, letter(world, who, by_software(("EIGEN1", code(world, "guidance")))))
    request = requests.send_up(scope=moved(system), request=CareRequest.objects.get())
    product = request.products.get()
    up(world, allocated_by_town(world, who, product), NOW + HOUR)
    allocation = Allocation.objects.get()
    other = factories.allocated(world.products["treatment"], number=allocation.number)
    refused = up(world, factories.allocation_message(world, who, other), NOW + 2 * HOUR)
    assert refused.state == IncomingMessage.State.REJECTED
    link = MessageLink.objects.get(incoming=refused)
    assert (link.kind, link.allocation) == ("changed", allocation)
    late = up(world, answered_by_town(world, product), NOW + 3 * HOUR)
    assert late.state == IncomingMessage.State.REJECTED
    assert MessageLink.objects.get(incoming=late).request == request
    # The number is no other client's.
    stranger = factories.allocation_message(world, factories.person(), other)
    refused = up(world, stranger, NOW + 4 * HOUR)
    assert not MessageLink.objects.filter(incoming=refused).exists()


def test_a_provider_sees_the_links_of_its_own_messages(system: Scope) -> None:
    world = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    whole_story(world)
    mine = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    assert MessageLink.objects.count() == 4  # 301 twice, 305, 307; the second lock
    assert MessageLink.objects.visible_to(mine).count() == 4
    other = become(world.at(Role.SUBCONTRACTOR_USER, world.trajectory))
    assert MessageLink.objects.count() == MessageLink.objects.visible_to(other).count() == 0


def test_a_link_has_one_message_and_one_object(system: Scope) -> None:
    world = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    placement = whole_story(world)
    incoming = IncomingMessage.objects.order_by("pk").first()
    stop = DeliveryStop.objects.get()
    wrong = (
        {"kind": "made", "incoming": incoming},
        {"kind": "told", "incoming": incoming, "placement": placement},
        {"kind": "made", "incoming": incoming, "placement": placement, "stop": stop},
    )
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            MessageLink.objects.create(main_contractor=world.main, **values)
