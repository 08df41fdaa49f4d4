"""Every message a second and a third time, by another way than the first."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.faults.installation import Installation, wait_until

pytestmark = pytest.mark.cluster
NUMBERS = ("301", "302", "305", "306", "307", "308", "315", "316", "323")
TYPES = {f"{family}{number}" for family in ("JW", "WMO") for number in NUMBERS}
#: What answers the municipality, which gets it again.
ANSWERS = ("JW302", "WMO302")
_BUSY = """
SELECT count(*) FROM pg_stat_activity WHERE usename = 'hoofdaannemer_app' AND xact_start IS NOT NULL
"""


def test_every_message_twice(installation: Installation) -> None:
    story = installation.facts["story"]
    assert {Path(one["file"]).stem.split("-")[2] for one in story} == TYPES
    installation.start()
    wait_until(lambda: not _undelivered(installation), "everything went out for the first time")
    before = installation.counts()
    states = _states(installation)
    first = _answers(installation)
    shutil.rmtree(installation.home / "out")
    for one in story:
        raw = (Path(installation.facts["documents"]) / one["file"]).read_bytes()
        for time in ("second", "third"):
            installation.drop(raw, one["party"], f"{one['file']}-{time}")
    wait_until(lambda: not installation.waiting_files(), "all files were taken")
    again = {name: raw for name, raw in first.items() if Path(name).name.startswith(ANSWERS)}
    assert {Path(name).name[:3] for name in again} == {answer[:3] for answer in ANSWERS}
    wait_until(lambda: _answers(installation) == again, "the first answer went out again")
    wait_until(lambda: not installation.value(_BUSY), "nobody is at work any more")
    assert _answers(installation) == again
    assert installation.counts() == before
    assert _states(installation) == states
    installation.keeps_its_promises()


def _undelivered(installation: Installation) -> int:
    query = "SELECT count(*) FROM messaging_outgoingmessage WHERE next_try_at IS NOT NULL"
    return int(installation.value(query))


def _states(installation: Installation) -> list[tuple[object, ...]]:
    with installation.connection() as database:
        return database.execute(
            "SELECT id, state, attempts FROM messaging_incomingmessage ORDER BY id"
        ).fetchall()


def _answers(installation: Installation) -> dict[str, bytes]:
    """What lies in the folders of the municipalities."""
    return {
        str(file.relative_to(installation.home)): file.read_bytes()
        for file in (installation.home / "out").rglob("*.xml")
    }
