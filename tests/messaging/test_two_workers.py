"""Two workers at once, and a worker that ends halfway: nothing lost, nothing twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse

from hoofdaannemer.core.limits import Limit
from hoofdaannemer.core.pages import ScopedRequest
from hoofdaannemer.core.scope import Scope, acting_as, system
from messaging.exchange import dispatcher
from messaging.exchange.dispatcher import Outcome
from messaging.exchange.mailbox import access, views
from messaging.exchange.models import IncomingMessage, Leg, OutgoingMessage
from messaging.exchange.services import intake, outtray
from messaging.istandaard import Message, serialize
from tests.messaging import parties
from tests.messaging.parties import World
from tests.messaging.test_mailbox import Software, token_for

State = IncomingMessage.State
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def committed(settings: Any, tmp_path: Path) -> Iterator[World]:
    settings.OUT_FOLDER = tmp_path / "out"
    with acting_as(system()) as scope:
        world = parties.make_world(scope)
    yield world


def at_once(*work: Callable[[], object]) -> list[object]:
    """Run each in a thread with its own connection; gives results, raises the first error."""
    results: list[object] = [None] * len(work)
    errors: list[BaseException] = []

    def run(place: int) -> None:
        try:
            results[place] = work[place]()
        except BaseException as error:  # noqa: BLE001  raised in the test's own thread below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[place]) for place in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if errors:
        raise errors[0]
    return results


def test_same_file_from_two_sides_at_once_is_stored_once(committed: World) -> None:
    raw = serialize(parties.allocation(committed))
    first, second = at_once(
        lambda: _received(committed, raw),
        lambda: _received(committed, raw),
    )
    assert first == second


def _received(world: World, raw: bytes) -> int:
    with acting_as(world.system):
        return parties.receive(world, raw).pk


def test_a_call_of_the_mailbox_that_lasts_holds_up_no_other(
    committed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting_as(system()):
        software = Software(token_for(committed, committed.practice))
    waiting, answered = threading.Event(), threading.Event()
    first = views._waiting

    def slow(request: ScopedRequest) -> HttpResponse:
        if not waiting.is_set():
            waiting.set()
            assert answered.wait(30), "the count of one call kept another waiting"
        return first(request)

    def call_meanwhile() -> int:
        assert waiting.wait(30)
        status: int = software.get().status_code
        answered.set()
        return status

    monkeypatch.setattr(views, "_waiting", slow)
    assert at_once(lambda: software.get().status_code, call_meanwhile) == [200, 200]


def test_calls_of_the_mailbox_are_counted_together(
    committed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "CALLS", Limit("mailbox", 10, timedelta(minutes=5)))
    with acting_as(system()):
        software = Software(token_for(committed, committed.practice))

    def call() -> list[int]:
        return [software.get().status_code for _turn in range(8)]

    first, second = at_once(call, call)
    assert sorted([*first, *second]) == [200] * 10 + [429] * 6  # type: ignore[misc]


def test_two_sweeps_handle_each_message_once(committed: World) -> None:
    seen: list[int] = []

    def handler(scope: Scope, incoming: IncomingMessage, message: Message) -> Outcome:
        seen.append(incoming.pk)
        return Outcome()

    dispatcher.register(Leg.UP, "301", handler)
    ids = [_received(committed, serialize(parties.allocation(committed))) for _turn in range(60)]
    later = system(committed.system.at + timedelta(minutes=1))
    at_once(lambda: intake.sweep(scope=later), lambda: intake.sweep(scope=later))
    assert sorted(seen) == ids
    with acting_as(later):
        assert OutgoingMessage.objects.count() == 60
        assert set(IncomingMessage.objects.values_list("state", flat=True)) == {State.HANDLED}
    at_once(lambda: outtray.sweep(scope=later), lambda: outtray.sweep(scope=later))
    with acting_as(later):
        rows = OutgoingMessage.objects.prefetch_related("tries")
        assert [len(row.tries.all()) for row in rows] == [1] * 60
    assert len(list(Path(_out(committed)).rglob("*.xml"))) == 60


def _out(world: World) -> Path:
    from django.conf import settings

    return Path(settings.OUT_FOLDER)


def test_worker_that_ends_halfway_leaves_nothing_and_loses_nothing(committed: World) -> None:
    def dies(scope: Scope, incoming: IncomingMessage, message: Message) -> Outcome:
        raise SystemExit(1)

    dispatcher.register(Leg.UP, "301", dies)
    message_id = _received(committed, serialize(parties.allocation(committed)))
    with pytest.raises(SystemExit):
        intake.sweep(scope=system(committed.system.at + timedelta(minutes=1)))
    with acting_as(system()):
        row = IncomingMessage.objects.get(pk=message_id)
        assert (row.state, row.attempts) == (State.RECEIVED, 1)
        assert not OutgoingMessage.objects.exists()
    dispatcher.register(Leg.UP, "301", lambda scope, incoming, message: Outcome())
    assert intake.sweep(scope=system(committed.system.at + timedelta(minutes=2))) == 1
    with acting_as(system()):
        assert IncomingMessage.objects.get(pk=message_id).state == State.HANDLED


def test_dead_broker_neither_fails_nor_slows(committed: World) -> None:
    """The tests' broker is an address where nothing listens."""
    with acting_as(system()) as scope:
        message = parties.start(committed, committed.main.organisation)
        row = outtray.put(
            scope=scope,
            main_contractor_id=committed.main.pk,
            to=committed.town,
            message=message,
            key="k",
        )
    assert outtray.sweep(scope=system()) == 1
    with acting_as(system()):
        row.refresh_from_db()
        assert row.state == OutgoingMessage.State.DELIVERED
