"""A message whose handling takes its database connection down, among a hundred good ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.installation import GOOD, POISON, Installation, wait_until

pytestmark = pytest.mark.cluster
_MAKE_DEADLY = f"""
CREATE FUNCTION deadly() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
CREATE TRIGGER deadly BEFORE UPDATE ON messaging_incomingmessage FOR EACH ROW
    WHEN (NEW.identification = '{POISON}') EXECUTE FUNCTION deadly();
"""
_STATES = """
SELECT count(*) FROM messaging_incomingmessage
WHERE id > %s AND state = %s AND source = 'folder'
"""


def test_one_deadly_message_among_a_hundred(installation: Installation) -> None:
    installation.start_database()
    newest = installation.value("SELECT max(id) FROM messaging_incomingmessage")
    with installation.connection() as database:
        database.execute(_MAKE_DEADLY)
    for file in sorted(Path(installation.facts["documents"]).glob("allocation-*.xml")):
        installation.drop(file.read_bytes(), installation.facts["municipality"], file.stem)
    installation.start()
    wait_until(
        lambda: installation.value(_STATES, newest, "handled") == GOOD,
        "the good messages are handled",
        seconds=120,
    )
    assert installation.value(_STATES, newest, "received") == 1
    assert not installation.processes.ended()
    # What made it deadly is mended: it was not lost.
    with installation.connection() as database:
        database.execute("DROP FUNCTION deadly CASCADE")
        database.execute(
            "UPDATE messaging_incomingmessage SET next_try_at = now() WHERE state = 'received'"
        )
    wait_until(
        lambda: installation.value(_STATES, newest, "handled") == GOOD + 1, "the last is handled"
    )
    installation.keeps_its_promises()
