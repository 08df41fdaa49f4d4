"""The mailbox does what its description says: what it allows, and much that it does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from hoofdaannemer.core.limits import Limit
from messaging.exchange.mailbox import access
from messaging.exchange.models import Channel, Party
from messaging.exchange.services import channels
from tests.messaging import parties
from tests.messaging.parties import World
from tests.messaging.test_mailbox import LIST, token_for

COPIES = "/api/v1/postbus/afschriften/"
DESCRIPTION = "/api/v1/postbus/openapi.json"
PLACEMENTS, REPORTS = "/api/v1/postbus/plaatsingen.csv", "/api/v1/postbus/meldingen.csv"


OPERATIONS = [
    (LIST, "GET"),
    (LIST, "POST"),
    (f"{LIST}{{id}}/", "GET"),
    (f"{LIST}{{id}}/ontvangen/", "POST"),
    (COPIES, "GET"),
    (f"{COPIES}{{id}}/", "GET"),
    (f"{COPIES}{{id}}/ontvangen/", "POST"),
    (PLACEMENTS, "GET"),
    (REPORTS, "POST"),
]


@pytest.fixture
def token(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of a practice with a message in its mailbox, whatever the number of calls."""
    for name in ("CALLS", "WRONG_TOKENS"):
        limit = getattr(access, name)
        monkeypatch.setattr(access, name, Limit(limit.name, 1_000_000, limit.window))
    channels.choose_transport(
        scope=world.system,
        main_contractor_id=world.main.pk,
        party=Party.of(world.practice),
        transport=Channel.Transport.MAILBOX,
    )
    message = parties.allocation(world, receiver=world.practice.agb)
    parties.put_down(world, world.practice, message, "k")
    return token_for(world, world.practice)


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """A request leaves the connection of the test open, as Django's own client arranges it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


#: What the description of an address cannot say, so that its answer is right all the same.
EXCLUDED = {
    # What is handed in is kept whatever it is: a wrong document is an unreadable message (201).
    (LIST, "POST"): [negative_data_rejection],
    # A question that nobody asked is ignored.
    (PLACEMENTS, "GET"): [negative_data_rejection],
    (COPIES, "GET"): [negative_data_rejection],
    # Any text is a file, and few texts have the columns (422).
    (REPORTS, "POST"): [positive_data_acceptance],
}


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_call_is_answered_as_described(
    token: str, path: str, method: str, mode: schemathesis.GenerationMode
) -> None:
    schema = schemathesis.openapi.from_wsgi(DESCRIPTION, get_wsgi_application())
    calls = schema[path][method].as_strategy(generation_mode=mode)

    @settings(
        max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(case=calls)
    def call(case: Any) -> None:
        case.call_and_validate(
            headers={"Authorization": f"Bearer {token}"},
            excluded_checks=EXCLUDED.get((path, method), []),
        )

    call()
