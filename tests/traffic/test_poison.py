"""Poisoned messages among a hundred good ones, of every kind there is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Final

from hoofdaannemer.core.scope import Role, Scope
from messaging.exchange import dispatcher, selectors
from messaging.exchange.content import opened
from messaging.exchange.dispatcher import Outcome
from messaging.exchange.services import intake
from messaging.istandaard import MAX_BYTES, Message, builders, serialize
from messaging.models import IncomingMessage, Leg, OutgoingMessage
from subcontracts.models import Allocation, Client
from tests import factories
from tests.factories import NOW, World, moved
from tests.traffic.facts import hold
from tests.traffic.seams import Killed

State = IncomingMessage.State
GOOD: Final = 100
_BOMB: Final = b"""<?xml version='1.0' encoding='UTF-8'?>
<!DOCTYPE b [<!ENTITY a "boem"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>
"""


def test_poison_among_a_hundred(system: Scope) -> None:
    world = factories.world(system)
    faulty, deadly = factories.person(), factories.person()
    poisons = _poisons(world, faulty, deadly)
    good = [serialize(_allocation(world, factories.person())) for _one in range(GOOD)]
    # One after another, evenly among the good ones.
    queue = list(good)
    for place, (raw, _state) in enumerate(poisons.values(), start=1):
        queue.insert(place * GOOD // len(poisons), raw)
    rows = {raw: _received(world, raw) for raw in queue}

    with _going_wrong(faulty, deadly):
        # The waiting time before the fifth try is more than an hour.
        _sweep_until(world, NOW + timedelta(days=1))

    states = dict(IncomingMessage.objects.values_list("pk", "state"))
    assert {states[rows[raw]] for raw in good} == {State.HANDLED}
    found = {name: states[rows[raw]] for name, (raw, _state) in poisons.items()}
    assert found == {name: state for name, (_raw, state) in poisons.items()}
    assert Allocation.objects.count() == Client.objects.count() == GOOD
    assert OutgoingMessage.objects.filter(message_type="302").count() == GOOD

    coordinator = world.at(Role.CARE_COORDINATOR)
    attended = {one.message.pk: one for one in selectors.attention(coordinator)}
    assert set(attended) == {rows[raw] for raw, _state in poisons.values()}
    for raw, _state in poisons.values():
        assert opened(attended[rows[raw]].message) == raw
        assert attended[rows[raw]].can_rerun
    hold()

    # What was wrong is mended: a person has the two judged again that nobody refused.
    for name in ("raises", "ends the worker"):
        message_id = rows[poisons[name][0]]
        intake.rerun(scope=coordinator, message_id=message_id)
    _sweep_until(world, NOW + timedelta(days=1, minutes=1))
    assert Allocation.objects.count() == GOOD + 2
    hold()


def _poisons(
    world: World, faulty: builders.Person, deadly: builders.Person
) -> dict[str, tuple[bytes, str]]:
    """What it is, the document, and where it ends up."""
    raw = serialize(_allocation(world, factories.person()))
    stranger = _allocation(world, factories.person(), sender=world.other_municipality.code)
    return {
        "no XML": (raw[: len(raw) // 2], State.UNREADABLE),
        "another schema": (raw.replace(b":Client>", b":Klant>"), State.UNREADABLE),
        "a DOCTYPE that grows": (_BOMB + raw.split(b"?>", 1)[1], State.UNREADABLE),
        "too large": (raw + b" " * (MAX_BYTES + 1 - len(raw)), State.UNREADABLE),
        "of another sender": (serialize(stranger), State.REJECTED),
        "raises": (serialize(_allocation(world, faulty)), State.FAILED),
        # As a handler that never returns: the time limit of the worker ends the process.
        "ends the worker": (serialize(_allocation(world, deadly)), State.FAILED),
    }


def _allocation(world: World, who: builders.Person, sender: str = "") -> Message:
    one = factories.allocated(world.products["guidance"])
    of = world.other_municipality if sender else world.municipality
    return factories.allocation_message(world, who, one, of=of)


def _received(world: World, raw: bytes) -> int:
    row = intake.receive(
        scope=moved(world.system),
        raw=raw,
        main_contractor_id=world.main.pk,
        leg=Leg.UP,
        source=IncomingMessage.Source.FOLDER,
        municipality_id=world.municipality.pk,
        later=True,
    )
    return row.pk


@contextmanager
def _going_wrong(faulty: builders.Person, deadly: builders.Person) -> Iterator[None]:
    """Let the handling of what comes about two clients go wrong when it is nearly done."""
    known = dispatcher.handler_for(Leg.UP, "301")
    assert known

    def handler(scope: Scope, incoming: IncomingMessage, message: Message) -> Outcome:
        outcome = known.handler(scope, incoming, message)
        bsn = message.client.bsn  # type: ignore[attr-defined]
        if bsn == faulty.bsn:
            raise ZeroDivisionError
        if bsn == deadly.bsn:
            raise Killed
        return outcome

    dispatcher.register(Leg.UP, "301", handler)
    try:
        yield
    finally:
        dispatcher.register(Leg.UP, "301", known.handler)


def _sweep_until(world: World, end: datetime) -> None:
    """Sweep as beat does, at each moment at which something is due."""
    at = NOW
    while at <= end:
        with suppress(Killed):
            intake.sweep(scope=moved(world.system, at))
            at += timedelta(hours=2)
    assert not intake.sweep(scope=moved(world.system, end))
