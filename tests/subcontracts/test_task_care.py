"""Care that follows from a task, of which no 301 tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from messaging.istandaard import builders
from messaging.istandaard.model.delivery import StartProduct, StopProduct
from messaging.istandaard.model.messages import AllocationMessage, StartMessage, StopMessage
from messaging.istandaard.model.values import Product as MessageProduct
from messaging.models import IncomingMessage, Leg, MessageCopy, OutgoingMessage
from subcontracts.models import AllocatedBy, Allocation, Subcontract
from subcontracts.services import issuing
from tests import factories
from tests.factories import NOW, World, moved
from tests.subcontracts.allocating import (
    HOME,
    SPRING,
    document,
    granted,
    request,
    under,
)
from tests.subcontracts.post import codes, down, envelope
from tests.subcontracts.test_requests import asked


@pytest.fixture
def before(system: Scope) -> tuple[World, builders.Person, Allocation]:
    """Care that the municipality allocated before somebody else does."""
    world = factories.world(system)
    who = factories.person()
    return world, who, factories.allocate(world, who=who)


class TestUnderTheTask:
    """Care follows from the task: no 301, and starts and stops without allocation number."""

    @pytest.fixture
    def world(self, system: Scope) -> World:
        made = factories.world(system, relay=Subcontract.Relay.MESSAGES)
        under(made, AllocatedBy.TASK)
        return made

    def test_no_message_tells_of_the_allocation(self, world: World) -> None:
        allocation = granted(world)
        assert allocation.origin == AllocatedBy.TASK
        factories.place(world, allocation)
        assert not IncomingMessage.objects.exists()
        assert not OutgoingMessage.objects.exists()
        assert not MessageCopy.objects.exists()

    def test_start_and_stop_go_up_by_product_and_first_day(self, world: World) -> None:
        placement = factories.place(world, granted(world))
        later = NOW + timedelta(days=90)
        began = factories.start(world, placement, SPRING.start, at=later)
        factories.stop(world, began, date(2026, 5, 31), at=later)
        start, stop = (
            document(row) for row in OutgoingMessage.objects.filter(leg=Leg.UP).order_by("pk")
        )
        assert isinstance(start, StartMessage)
        assert isinstance(stop, StopMessage)
        [told], [ended] = start.client.starts, stop.client.stops
        assert (told.allocation_number, told.allocation_start_date) == (None, None)
        assert told.product is not None
        assert (ended.allocation_number, ended.begin_date) == (None, SPRING.start)

    def test_software_reports_without_a_number(self, world: World) -> None:
        placement = factories.place(world, granted(world))
        product = MessageProduct(category=placement.product.category, code=placement.product.code)
        who = factories.person(number=placement.client.bsn or "")
        later = NOW + timedelta(days=90)
        start = builders.start(
            replace(envelope(world), day=later.date()),
            who,
            [StartProduct(product=product, begin_date=SPRING.start)],
        )
        assert codes(down(world, start, later)) == []
        stop = builders.stop(
            replace(envelope(world), day=later.date()),
            who,
            [
                StopProduct(
                    product=product,
                    begin_date=SPRING.start,
                    stop_reason="31",
                    end_date=date(2026, 5, 31),
                )
            ],
        )
        assert codes(down(world, stop, later)) == []
        placement.refresh_from_db()
        assert placement.status == "ended"
        assert OutgoingMessage.objects.filter(leg=Leg.UP).count() == 2

    def test_the_same_care_is_not_begun_twice(self, world: World) -> None:
        who = factories.person()
        granted(world, who=who)
        made = request(world, who=who)
        with pytest.raises(RuleError, match="MAN-06"):
            issuing.grant(scope=moved(world.system), request=made, address=HOME)


def test_a_number_is_needed_where_care_was_allocated(system: Scope) -> None:
    world = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    placement = factories.place(world, factories.allocate(world))
    product = MessageProduct(category=placement.product.category, code=placement.product.code)
    who = factories.person(number=placement.client.bsn or "")
    start = builders.start(
        replace(envelope(world), day=(NOW + timedelta(days=90)).date()),
        who,
        [StartProduct(product=product, begin_date=placement.start_date)],
    )
    found = codes(down(world, start, NOW + timedelta(days=90)))
    assert [rule for rule, _code, _path in found] == ["TR019"]


def test_a_task_leaves_what_the_municipality_allocated_to_it(
    before: tuple[World, builders.Person, Allocation],
) -> None:
    world, _who, allocation = before
    under(world, AllocatedBy.TASK)
    with pytest.raises(RuleError, match="MAN-01"):
        issuing.withdraw(scope=moved(world.system), allocation=allocation)


def test_what_followed_from_a_task_stands_in_no_301(system: Scope) -> None:
    """Also where the municipality gives its mandate later."""
    world = factories.world(system)
    under(world, AllocatedBy.TASK)
    who = factories.person()
    first = granted(world, who=who)
    under(world, AllocatedBy.MANDATE)
    granted(world, asked(world, "treatment"), who=who)
    message = document(IncomingMessage.objects.get())
    assert isinstance(message, AllocationMessage)
    assert first.number not in {one.number for one in message.client.allocated_products}
    with pytest.raises(RuleError, match="MAN-01"):
        issuing.withdraw(scope=moved(world.system), allocation=first)
