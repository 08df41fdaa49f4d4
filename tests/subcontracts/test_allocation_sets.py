"""A 301 is dealt with as a set: what it costs does not grow with the allocations in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import pytest

from hoofdaannemer.audit.models import ChangeRecord
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope
from messaging.exchange.services import intake
from messaging.istandaard import Message, builders, serialize
from messaging.models import IncomingMessage, Leg, OutgoingMessage
from subcontracts.models import (
    Allocation,
    AllocationVersion,
    Deadline,
    MessageLink,
    Placement,
    Subcontract,
)
from tests import factories
from tests.factories import NOW, World, moved

AtMost = Callable[[int], AbstractContextManager[Any]]
#: Six allocations, one after another, and the same six that all end five days earlier.
PERIODS: Final = tuple(
    Period(date(2026, month, 1), Month(2026, month + 1).last) for month in range(1, 12, 2)
)
EARLIER: Final = tuple(Period(one.start, one.end - timedelta(days=5)) for one in PERIODS if one.end)
LATER: Final = NOW + timedelta(hours=1)


@dataclass(frozen=True)
class Town:
    """A municipality that allocates six times to one client."""

    world: World
    who: builders.Person
    numbers: Sequence[int]

    def message(
        self, periods: Sequence[Period] = PERIODS, decided: datetime = NOW, reason: str = ""
    ) -> Message:
        products = [
            factories.allocated(
                self.world.products["guidance"],
                number=number,
                period=period,
                decided=decided,
                change_reason=reason,
            )
            for number, period in zip(self.numbers, periods, strict=False)
        ]
        return factories.allocation_message(self.world, self.who, *products)

    def received(self, message: Message) -> int:
        row = intake.receive(
            scope=moved(self.world.system, LATER),
            raw=serialize(message),
            main_contractor_id=self.world.main.pk,
            leg=Leg.UP,
            source=IncomingMessage.Source.COMMAND,
            municipality_id=self.world.municipality.pk,
        )
        return row.pk

    def handled(self, message_id: int, at: datetime = LATER) -> None:
        row = intake.handle(scope=moved(self.world.system, at), message_id=message_id)
        assert row.state == IncomingMessage.State.HANDLED, row.last_error


@pytest.fixture
def town(system: Scope) -> Town:
    world = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    numbers = [1000 + next(factories._numbers) for _period in PERIODS]
    return Town(world, factories.person(), numbers)


@pytest.fixture
def placed(town: Town) -> Placement:
    """All six are known, and the last of them is placed with a subcontractor that has software."""
    town.handled(town.received(town.message()), NOW)
    last = Allocation.objects.get(number=town.numbers[-1])
    return factories.place(town.world, last)


def recorded(verb: str) -> list[dict[str, object]]:
    """Details of the records of this kind, in order."""
    rows = ChangeRecord.objects.filter(verb=verb).order_by("pk")
    return list(rows.values_list("details", flat=True))


def test_six_new(town: Town, django_assert_max_num_queries: AtMost) -> None:
    message_id = town.received(town.message())
    with django_assert_max_num_queries(56):
        town.handled(message_id)
    assert Allocation.objects.count() == AllocationVersion.objects.count() == len(PERIODS)
    assert recorded("allocation.received") == [{"number": number} for number in town.numbers]
    assert Deadline.objects.running().filter(kind=Deadline.Kind.PLACE).count() == len(PERIODS)
    assert MessageLink.objects.filter(incoming=message_id, kind="made").count() == len(PERIODS)


def test_six_unchanged(
    town: Town, placed: Placement, django_assert_max_num_queries: AtMost
) -> None:
    message_id = town.received(town.message())
    with django_assert_max_num_queries(39):
        town.handled(message_id)
    assert AllocationVersion.objects.count() == len(PERIODS)
    assert recorded("allocation.changed") == []
    assert MessageLink.objects.filter(incoming=message_id, kind="changed").count() == len(PERIODS)


def test_six_changed_of_which_one_is_placed(
    town: Town, placed: Placement, django_assert_max_num_queries: AtMost
) -> None:
    message_id = town.received(town.message(EARLIER, LATER, "05"))
    with django_assert_max_num_queries(58):
        town.handled(message_id)
    rows = Allocation.objects.order_by("start_date")
    ends = [one.end for one in EARLIER]
    assert list(rows.values_list("end_date", "decided_at")) == [(end, LATER) for end in ends]
    assert AllocationVersion.objects.count() == 2 * len(PERIODS)
    assert recorded("allocation.changed") == [{"reason": "05"}] * len(PERIODS)
    assert recorded("placement.changed") == [{"fields": "end_date"}]
    placed.refresh_from_db()
    assert (placed.end_date, placed.change_reason) == (ends[-1], "05")
    told = OutgoingMessage.objects.filter(message_type="301", caused_by=message_id)
    assert placed.message == told.get()
    stops = Deadline.objects.running().filter(kind=Deadline.Kind.STOP)
    assert set(stops.values_list("event_date", flat=True)) == {ends[-1]}


def test_one_of_six_new_costs_as_much_as_all(
    town: Town, django_assert_max_num_queries: AtMost
) -> None:
    message_id = town.received(town.message(PERIODS[:1]))
    with django_assert_max_num_queries(56) as one:
        town.handled(message_id)
    assert len(one) == 56
