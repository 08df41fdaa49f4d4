"""Large messages: one is read while another is handled, and what fails fails where it belongs."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from hoofdaannemer.core.scope import Scope, system
from messaging.exchange import dispatcher
from messaging.exchange.dispatcher import Declared, Outcome
from messaging.exchange.models import IncomingMessage, Leg
from messaging.exchange.services import intake, reading
from messaging.istandaard import Verdict, declaration_answer, serialize
from tests.messaging import parties
from tests.messaging.parties import World

State = IncomingMessage.State


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many lines each declaration had, in the order in which they were handled."""
    monkeypatch.setattr(reading, "_LARGE", 0)
    counts: list[int] = []

    def handler(scope: Scope, incoming: IncomingMessage, declared: Declared) -> Outcome:
        counts.append(len(declared.rows))
        answered = declaration_answer(
            declared.head,
            Verdict(),
            identification=f"A{len(counts)}",
            date=scope.today,
        )
        return Outcome(answer=answered)

    dispatcher.register_declaration(Leg.DOWN, handler)
    return counts


def received(world: World, *lines: int) -> list[IncomingMessage]:
    return [
        parties.receive_down(
            world,
            world.practice,
            serialize(parties.declaration(world, world.practice, lines=count)) if count else b"<a>",
        )
        for count in lines
    ]


def swept(world: World, rows: list[IncomingMessage]) -> list[str]:
    intake.sweep(scope=system(world.system.at + timedelta(minutes=1)))
    for row in rows:
        row.refresh_from_db()
    return [row.state for row in rows]


def test_each_is_handled_in_its_turn_whoever_read_it(
    world: World, heard: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    readers: list[str] = []
    read = reading.read

    def watched(row: IncomingMessage) -> reading.Document:
        readers.append(threading.current_thread().name)
        return read(row)

    monkeypatch.setattr(reading, "read", watched)
    rows = received(world, 3, 0, 5, 7)
    assert swept(world, rows) == [
        State.HANDLED,
        State.UNREADABLE,
        State.HANDLED,
        State.HANDLED,
    ]
    assert heard == [3, 5, 7]
    assert len(readers) == 4, "each is read once"
    assert sum(name.startswith("reading") for name in readers) == 3


def test_a_reader_that_fails_stops_no_other_message(
    world: World, heard: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = received(world, 3, 4, 5)
    asked: list[int] = []
    read = reading.read

    def failing(row: IncomingMessage) -> reading.Document:
        asked.append(row.pk)
        if row.pk == rows[1].pk:
            raise MemoryError
        return read(row)

    monkeypatch.setattr(reading, "read", failing)
    assert swept(world, rows) == [State.HANDLED, State.RECEIVED, State.HANDLED]
    assert heard == [3, 5]
    assert sorted(asked) == [row.pk for row in rows], "each is read once"
    assert (rows[1].attempts, rows[1].next_try_at is None) == (1, False)
