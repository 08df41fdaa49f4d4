"""`manage.py demo --no-serve` on a home of its own: set-up, data and logins, twice."""

from __future__ import annotations

import json
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hoofdaannemer.scenarios.logins import PASSWORD
from tests.faults.installation import run, stop_database

pytestmark = pytest.mark.cluster


@pytest.fixture
def home() -> Iterator[Path]:
    """Empty, with a short path, since the name of a socket may have 107 characters only."""
    path = Path(tempfile.mkdtemp(prefix="ha-"))
    # The database does not run as root, and must get through.
    path.chmod(0o755)
    try:
        yield path
    finally:
        if (path / "pgdata" / "postmaster.pid").exists():
            stop_database(path, signal.SIGINT)
        shutil.rmtree(path, ignore_errors=True)


def test_set_up_only(home: Path) -> None:
    """It ends by itself, prints who can log in, and a second run uses what is there."""
    told = run(home, "manage.py", "demo", "--scenario", "canary", "--no-serve").stdout
    printed = [line.split() for line in told.splitlines() if PASSWORD in line]
    matrix = run(home, "manage.py", "access_matrix", "--json").stdout.splitlines()
    logins = {row["login"] for row in map(json.loads, matrix)} - {""}
    assert logins <= {words[0] for words in printed}
    assert {words[1] for words in printed} == {PASSWORD}
    again = run(home, "manage.py", "demo", "--scenario", "canary", "--no-serve").stdout
    assert [line.split() for line in again.splitlines() if PASSWORD in line] == printed
    promises = run(home, "manage.py", "check_invariants", "--json").stdout.splitlines()
    assert promises
    assert all(json.loads(promise)["holds"] for promise in promises)
