"""The broker is away: nobody who hands in a message notices, and the work is done later."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.faults.installation import Installation, wait_until

pytestmark = pytest.mark.cluster
#: Seconds in which a request answers, broker or no broker; a dead one cost six by default.
PATIENCE = 3
_TAKEN = """
SELECT count(*) FROM messaging_incomingmessage WHERE source = 'folder' AND state = 'handled'
"""


def test_a_broker_that_is_away(installation: Installation) -> None:
    installation.start(web=True)
    queue = installation.home / "broker" / "queue"
    aside = queue.with_name("aside")
    documents = Path(installation.facts["documents"])
    first = (documents / "allocation-000.xml").read_bytes()
    installation.drop(first, installation.facts["municipality"], "first")
    wait_until(lambda: installation.value(_TAKEN), "worker and beat are at work")
    queue.rename(aside)
    # A file in its place: a folder could be made anew, and rights do not stop root.
    queue.write_text("")
    raw = (documents / "declaration.xml").read_bytes()
    # The first request after a start loads the code; the broker has no part in that.
    assert installation.waiting()["messages"]
    begin = time.monotonic()
    told = installation.post(raw)
    assert time.monotonic() - begin < PATIENCE
    assert told["state"] == "received"
    # This broker takes the worker down with it; others are connected to again.
    wait_until(lambda: installation.processes.ended() == "worker", "the worker ended")
    queue.unlink()
    aside.rename(queue)
    installation.restart_worker()
    wait_until(lambda: installation.state(told["id"]) == "handled", "the sweep did it")
    assert not installation.processes.ended()
    installation.keeps_its_promises()
