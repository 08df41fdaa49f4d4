"""The parties, and handlers of our own: messaging is tested without the apps above it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from hoofdaannemer.core.scope import Scope
from messaging.exchange import client_lookup, dispatcher
from messaging.exchange.dispatcher import Outcome
from messaging.exchange.models import Leg
from tests.messaging.parties import World, make_world


@pytest.fixture
def world(system: Scope) -> World:
    return make_world(system)


@pytest.fixture(autouse=True)
def own_registrations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start without anybody's handlers, and forget those of the test."""
    monkeypatch.setattr(dispatcher, "_handlers", {})
    monkeypatch.setattr(dispatcher, "_notes", {})
    monkeypatch.setattr(dispatcher, "_return_handlers", {})
    monkeypatch.setattr(client_lookup, "_lookups", [])


@pytest.fixture
def accepting() -> Iterator[Callable[[Leg, str], list[object]]]:
    """Register a handler that takes everything; gives the list of what it got."""

    def register(leg: Leg, message_type: str) -> list[object]:
        got: list[object] = []

        def handler(scope: Scope, incoming: object, message: object) -> Outcome:
            got.append(message)
            return Outcome()

        dispatcher.register(leg, message_type, handler)
        return got

    yield register
