"""A declaration of a thousand lines while its worker or its database goes down."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.faults.installation import Installation, wait_until

pytestmark = pytest.mark.cluster
#: Where the answer goes: the lines are there by then, uncommitted.
LAST_TABLE = "messaging_outgoingmessage"

_COUNTS = {
    "declarations": "SELECT count(*) FROM billing_declaration WHERE message_id = %s",
    "answers": """
        SELECT count(*) FROM messaging_outgoingmessage
        WHERE in_reply_to_id = %s AND message_type = '325'
    """,
    "lines": """
        SELECT count(*) FROM billing_declaredline line
        JOIN billing_declaration declaration ON declaration.id = line.declaration_id
        WHERE declaration.message_id = %s AND line.is_approved
    """,
    "entitlements": """
        SELECT count(*) FROM billing_entitlement entitled
        JOIN billing_declaredline line ON line.id = entitled.declared_line_id
        JOIN billing_declaration declaration ON declaration.id = line.declaration_id
        WHERE declaration.message_id = %s
    """,
}


def the_declaration(installation: Installation) -> bytes:
    return (Path(installation.facts["documents"]) / "declaration.xml").read_bytes()


def handled_once(installation: Installation, message_id: int) -> None:
    """One declaration with all its lines, one answer, one entitlement for each line."""
    lines = installation.facts["lines"]
    wait_until(lambda: installation.state(message_id) == "handled", "the declaration is handled")
    entitled = "SELECT count(*) FROM billing_declaration WHERE entitled_at IS NULL"
    wait_until(lambda: installation.value(entitled) == 0, "the entitlements are recorded")
    expected = {"declarations": 1, "answers": 1, "lines": lines, "entitlements": lines}
    found = {name: installation.value(query, message_id) for name, query in _COUNTS.items()}
    assert found == expected
    assert (
        installation.value(
            "SELECT count(*) FROM messaging_incomingmessage WHERE id = %s", message_id
        )
        == 1
    )
    installation.keeps_its_promises()


def test_a_worker_killed_in_the_middle(installation: Installation) -> None:
    installation.start(web=True)
    with installation.held_up(LAST_TABLE) as somebody_waits:
        message_id = installation.post(the_declaration(installation))["id"]
        wait_until(somebody_waits, "the worker is in the middle of it")
        installation.processes.kill("worker")
    assert installation.state(message_id) == "received"
    assert installation.value(_COUNTS["declarations"], message_id) == 0
    installation.worker()
    handled_once(installation, message_id)
    # The software that saw no answer sends it again, and hears of the first time.
    assert installation.post(the_declaration(installation))["id"] == message_id
    handled_once(installation, message_id)
    installation.keeps_its_promises()


def test_a_worker_killed_between_verdict_and_entitlements(installation: Installation) -> None:
    installation.start(web=True)
    with installation.held_up("billing_entitlement") as somebody_waits:
        message_id = installation.post(the_declaration(installation))["id"]
        wait_until(somebody_waits, "the entitlements are being recorded")
        # The answer did not wait for them.
        assert installation.state(message_id) == "handled"
        installation.processes.kill("worker")
    assert installation.value(_COUNTS["entitlements"], message_id) == 0
    installation.worker()
    handled_once(installation, message_id)


def test_a_database_restarted_in_the_middle(installation: Installation) -> None:
    installation.start(web=True)
    installation.drop(the_declaration(installation), installation.facts["agb"], "declaration")
    newest = "SELECT max(id) FROM messaging_incomingmessage"
    before = installation.value(newest)
    # The connection that holds the others up goes down with the database.
    with (
        pytest.raises(Exception, match=r"closed|terminat|connection"),
        installation.held_up(LAST_TABLE) as somebody_waits,
    ):
        wait_until(somebody_waits, "the worker is in the middle of it")
        installation.stop_database(signal.SIGQUIT)
    installation.start_database()
    wait_until(lambda: installation.value(newest) > before, "the message is still there")
    handled_once(installation, installation.value(newest))
    assert not installation.processes.ended()
    assert installation.waiting()["messages"]
    installation.keeps_its_promises()
