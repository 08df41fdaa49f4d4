"""A database cluster of its own below a temporary home, removed at the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import psycopg

#: Settings of another installation that must not lead the benchmark into its database.
_FOREIGN: Final = (
    "DATABASE_URL",
    "OWNER_DATABASE_URL",
    "DATABASE_ROLE",
    "EMBEDDED",
    "SECRET_KEY",
    "DATA_KEYS",
    "LOOKUP_KEY",
    "MODE",
)

_STOP_SECONDS: Final = 30


@contextmanager
def own_cluster() -> Iterator[None]:
    """Start and migrate a fresh embedded PostgreSQL, with Django on the application's role.

    It is as durable as the one of a real installation: nothing is won by a database that forgets.
    """
    with TemporaryDirectory(prefix="ha-bench-") as home:
        for name in _FOREIGN:
            os.environ.pop(name, None)
        os.environ["HOOFDAANNEMER_HOME"] = home
        # Nobody listens: a nudge that could not be sent is part of no measurement.
        os.environ["BROKER_URL"] = "redis://127.0.0.1:1/0"
        os.environ["DJANGO_SETTINGS_MODULE"] = "hoofdaannemer.settings"

        from hoofdaannemer import embedded

        embedded.prepare()
        try:
            # As the owner of the tables, which this process is not.
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "--verbosity=0"],
                cwd=embedded.ROOT,
                check=True,
            )
            import django

            django.setup()
            yield
        finally:
            stop_database(Path(home) / "pgdata")


def stop_database(data: Path, *, how: signal.Signals = signal.SIGINT) -> None:
    """Stop the PostgreSQL of a data folder: SIGINT in order, SIGQUIT at once as a crash would.

    Raises TimeoutError where it is still there after half a minute.
    """
    postmaster = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    os.kill(postmaster, how)
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline:
        if not Path(f"/proc/{postmaster}").exists():
            return
        time.sleep(0.05)
    raise TimeoutError(f"PostgreSQL in {data} does not stop")


def bare_connection() -> psycopg.Connection:
    """A connection of the superuser, for whom no row-level security holds: the yardstick."""
    from django.conf import settings

    from hoofdaannemer import embedded

    return psycopg.connect(
        host=settings.DATABASES["default"]["HOST"],
        dbname=embedded.DATABASE,
        user="postgres",
        password=embedded.keys()["postgres"],
    )
