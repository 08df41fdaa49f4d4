"""The broker is away: messages of every kind come and go, and nobody notices but the worker."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.installation import REFERENCE, Installation, run, wait_until

pytestmark = pytest.mark.cluster
#: Seconds in which a request answers, broker or no broker; a dead one cost six by default.
PATIENCE = 3
_TAKEN = """
SELECT count(*) FROM messaging_incomingmessage WHERE source = 'folder' AND state = 'handled'
"""


#: What goes out of what came in and was done while the broker was away.
_SENT = """
SELECT leg, message_type, count(*) FROM messaging_outgoingmessage
WHERE id > %s GROUP BY 1, 2 ORDER BY 1, 2
"""
_UNDELIVERED = "SELECT count(*) FROM messaging_outgoingmessage WHERE next_try_at IS NOT NULL"
#: A file leaves the watched folder before its message is handled, and its answer is written.
_UNHANDLED = "SELECT count(*) FROM messaging_incomingmessage WHERE state = 'received'"


@contextmanager
def _away(installation: Installation) -> Iterator[None]:
    """No broker inside; afterwards it and its worker are back."""
    queue = installation.home / "broker" / "queue"
    aside = queue.with_name("aside")
    queue.rename(aside)
    # A file in its place: a folder could be made anew, and rights do not stop root.
    queue.write_text("")
    yield
    # This broker takes the worker down with it; others are connected to again.
    wait_until(lambda: installation.processes.ended() == "worker", "the worker ended")
    queue.unlink()
    aside.rename(queue)
    installation.restart_worker()


def _document(installation: Installation, name: str) -> Path:
    return Path(installation.facts["documents"]) / f"{name}.xml"


def test_a_broker_that_is_away(installation: Installation) -> None:
    facts = installation.facts
    installation.start(web=True)
    first = _document(installation, "allocation-000").read_bytes()
    installation.drop(first, facts["municipality"], "first")
    wait_until(lambda: installation.value(_TAKEN), "worker and beat are at work")
    wait_until(lambda: not installation.value(_UNDELIVERED), "all before was delivered")
    newest = installation.value("SELECT max(id) FROM messaging_outgoingmessage")
    written = _written(installation)
    with _away(installation):
        received = _handed_in(installation)
        _done_by_people(installation)
        later = _document(installation, "allocation-002").read_bytes()
        installation.drop(later, facts["municipality"], "later")
        waiting = {one["type"] for one in installation.waiting()["messages"]}
        assert {"JW301", "JW306"} <= waiting, "what is there can be fetched"
    for message_id in received:
        wait_until(lambda pk=message_id: installation.state(pk) == "handled", "the sweep did it")
    wait_until(lambda: not installation.waiting_files(), "the watched folder was emptied")
    wait_until(lambda: not installation.value(_UNHANDLED), "all that came in was handled")
    wait_until(lambda: not installation.value(_UNDELIVERED), "the out-tray was emptied")
    assert not installation.processes.ended()
    with installation.connection() as database:
        assert database.execute(_SENT, [newest]).fetchall() == [
            ("down", "301", 1),
            ("down", "306", 1),
            ("down", "316", 1),
            ("down", "325", 1),
            ("up", "302", 2),
            ("up", "305", 1),
            ("up", "315", 1),
        ]
    assert _written(installation) - written == Counter(JW302=2, JW305=1, JW315=1)
    installation.keeps_its_promises()


def _written(installation: Installation) -> Counter[str]:
    """How many files of each type lie in the folder of the municipality."""
    facts = installation.facts
    out = installation.home / "out" / facts["kvk"] / facts["municipality"]
    return Counter(file.name.split("-")[0] for file in out.glob("*.xml"))


def _handed_in(installation: Installation) -> list[int]:
    """What software hands in meanwhile: who did not know would not notice.

    A small message is handled in the request; a declaration waits for a worker.
    """
    # The first request after a start loads the code; the broker has no part in that.
    assert installation.waiting()["messages"]
    received = []
    for name, state in (("declaration", "received"), ("start", "handled")):
        raw = _document(installation, name).read_bytes()
        begin = time.monotonic()
        told = installation.post(raw)
        assert time.monotonic() - begin < PATIENCE
        assert told["state"] == state
        received.append(told["id"])
    return received


def _done_by_people(installation: Installation) -> None:
    """What people do meanwhile: messages taken in, a client placed, a request sent up."""
    home, facts = installation.home, installation.facts
    taken = [str(_document(installation, name)) for name in ("allocation-001", "request")]
    run(home, "manage.py", "import_messages", *taken)
    run(home, "manage.py", "place", facts["unplaced"], facts["subcontractor"])
    run(home, "manage.py", "send_up", REFERENCE)
