"""Installations for the fault tests: the data is made once, each test works on a copy."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.installation import Installation, run, stop_database

_FILL = """
from hoofdaannemer import embedded
embedded.prepare()
import django
django.setup()
from tests.faults import data
data.main(embedded.home() / "documents")
"""


@contextmanager
def _folder() -> Iterator[Path]:
    """A short path, since the name of a socket may have 107 characters only."""
    path = Path(tempfile.mkdtemp(prefix="ha-"))
    # The database does not run as root, and must get through.
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def filled() -> Iterator[tuple[Path, dict[str, Any]]]:
    """A home with a stopped database that holds the data, and what is to be known of it.

    With FAULTS_HOME the data of an earlier run is used again, for work on these tests.
    """
    if kept := os.environ.get("FAULTS_HOME"):
        yield Path(kept), json.loads(Path(kept, "facts.json").read_text())
        return
    with _folder() as home:
        facts = fill(home)
        yield home, facts


def fill(home: Path) -> dict[str, Any]:
    """Make the data in an empty home, stop its database; returns the facts."""
    run(home, "manage.py", "migrate", "--verbosity=0")
    told = run(home, "-c", _FILL).stdout
    stop_database(home, signal.SIGINT)
    (home / "facts.json").write_text(told)
    facts: dict[str, Any] = json.loads(told)
    return facts


@pytest.fixture
def installation(filled: tuple[Path, dict[str, Any]]) -> Iterator[Installation]:
    """A cluster of the test's own, with what runs on it; nothing is started yet."""
    source, facts = filled
    with _folder() as home:
        # With owners: the database does not run as root.
        subprocess.run(["cp", "--archive", f"{source}/.", str(home)], check=True)
        documents = home / "documents"
        found = Installation(home, {**facts, "documents": str(documents)})
        try:
            yield found
        finally:
            found.stop()
