"""The same work over a broker of its own, RabbitMQ or Redis, where one answers."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from kombu import Connection

from tests.faults.installation import Installation, wait_until
from tests.faults.test_worker import LAST_TABLE, handled_once

pytestmark = pytest.mark.services
#: Where a broker may be; its queues are emptied.
_ASKED: Final = os.environ.get(
    "TEST_BROKER_URLS", "amqp://guest:guest@127.0.0.1:5672// redis://127.0.0.1:6379/7"
).split()


def _answers(url: str) -> bool:
    place = urlsplit(url)
    try:
        socket.create_connection((place.hostname or "", place.port or 0), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.fixture(
    params=[url for url in _ASKED if _answers(url)], ids=lambda url: str(urlsplit(url).scheme)
)
def on_broker(request: pytest.FixtureRequest, installation: Installation) -> Installation:
    """An installation whose broker is a server, with nothing left in the queue."""
    with Connection(request.param) as link, link.SimpleQueue("celery") as queue:
        queue.clear()
    installation.broker = request.param
    return installation


def _post(installation: Installation) -> int:
    raw = (Path(installation.facts["documents"]) / "declaration.xml").read_bytes()
    return int(installation.post(raw)["id"])


def test_a_nudge_is_enough(on_broker: Installation) -> None:
    # Without beat nothing sweeps: only what the broker carries can set the worker to work.
    on_broker.start(web=True, beat=False)
    handled_once(on_broker, _post(on_broker))


def test_a_worker_killed_in_the_middle(on_broker: Installation) -> None:
    on_broker.start(web=True)
    with on_broker.held_up(LAST_TABLE) as somebody_waits:
        message_id = _post(on_broker)
        wait_until(somebody_waits, "the worker is in the middle of it")
        on_broker.processes.kill("worker")
    assert on_broker.state(message_id) == "received"
    on_broker.worker()
    handled_once(on_broker, message_id)
