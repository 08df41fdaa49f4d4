"""A whole installation below one home folder, with the means to break it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from hoofdaannemer.processes import Processes, free_port, wait_for_port

ROOT: Final = Path(__file__).parent.parent.parent
#: Good 301s among the documents, and the number of the one that is to go wrong.
GOOD: Final = 100
POISON: Final = "POISON"
#: Under which a subcontractor asks for new care, in the document `request`.
REFERENCE: Final = "ZONDER1"
MAILBOX: Final = "/api/v1/postbus/berichten/"
#: What tests/environment.py sets for the other tests, and what leads to another installation.
_FOREIGN: Final = (
    "DATABASE_URL",
    "OWNER_DATABASE_URL",
    "DATABASE_ROLE",
    "BROKER_URL",
    "EMBEDDED",
    "SECRET_KEY",
    "DATA_KEYS",
    "LOOKUP_KEY",
    "MODE",
)
_PREPARE: Final = """
import json, os
from hoofdaannemer import embedded
embedded.prepare()
print(json.dumps(dict(os.environ)))
"""
_PATIENCE: Final = 60


def environment(home: Path) -> dict[str, str]:
    """The environment of a command in this home, before its database runs."""
    kept = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    own = {
        "HOOFDAANNEMER_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "hoofdaannemer.settings",
        "PYTHONPATH": str(ROOT),
        # Named, for a child gets what it is not told from the environment of the tests.
        "BROKER_URL": "filesystem://",
        "DATABASE_ROLE": "app",
    }
    return kept | own


def run(home: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run Python with these arguments in this home."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 or not check, done.stdout + done.stderr
    return done


def stop_database(home: Path, how: signal.Signals) -> None:
    """Stop PostgreSQL: SIGINT in order, SIGQUIT at once, as a crash does."""
    postmaster = int((home / "pgdata" / "postmaster.pid").read_text().split("\n", 1)[0])
    os.kill(postmaster, how)
    wait_until(lambda: not Path(f"/proc/{postmaster}").exists(), "PostgreSQL stopped")


def wait_until(is_so: Callable[[], object], what: str, seconds: float = _PATIENCE) -> None:
    """Return when it is so. Raises AssertionError with `what` when time is up."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not in {seconds:g} s: {what}"
        time.sleep(0.1)


class _Children(Processes):
    """Processes that see one installation only."""

    environment: Mapping[str, str]

    def start(self, name: str, *arguments: str, env: dict[str, str] | None = None) -> None:
        """Start a child in this installation."""
        super().start(name, *arguments, env={**self.environment, **(env or {})})


@dataclass
class Installation:
    """One home; `facts` is what the data script told of the data in it."""

    home: Path
    facts: Mapping[str, Any]
    broker: str = "filesystem://"
    processes: _Children = field(init=False)
    port: int = 0

    def __post_init__(self) -> None:
        self.processes = _Children(self.home / "logs")

    # Database

    def start_database(self) -> dict[str, str]:
        """Start it as every command does; returns the environment that leads to it."""
        found: dict[str, str] = json.loads(run(self.home, "-c", _PREPARE).stdout)
        return found

    def stop_database(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it, in order or at once."""
        stop_database(self.home, how)

    def connection(self) -> psycopg.Connection[Any]:
        """A superuser's connection, past row-level security."""
        password = json.loads((self.home / "secrets.json").read_text())["postgres"]
        return psycopg.connect(
            host=str(self.home / "pgdata"),
            dbname="hoofdaannemer",
            user="postgres",
            password=password,
            autocommit=True,
        )

    def value(self, query: str, *given: object) -> Any:
        """The first value of the first row."""
        with self.connection() as database:
            row = database.execute(query, given).fetchone()
        return row[0] if row else None

    def counts(self) -> dict[str, int]:
        """Rows of every table."""
        with self.connection() as database:
            tables = database.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            ).fetchall()
            found = {}
            for (table,) in tables:
                query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
                row = database.execute(query).fetchone()
                found[table] = row[0] if row else 0
        return found

    @contextmanager
    def held_up(self, table: str) -> Iterator[Callable[[], bool]]:
        """Let nobody write to a table until the end; gives the question whether somebody waits."""
        with self.connection() as holder, holder.transaction():
            holder.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(sql.Identifier(table)))
            yield lambda: bool(
                self.value(
                    "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation IS NOT NULL"
                )
            )

    # Processes

    def start(self, *, web: bool = False, beat: bool = True) -> None:
        """Start database (unless it runs), worker and beat, and the site where asked."""
        self.processes.environment = self.start_database() | {"BROKER_URL": self.broker}
        self.worker()
        if beat:
            self.processes.beat()
        if web:
            self.port = free_port(8200 + os.getpid() % 500)
            self.processes.web(self.port, workers=1)
            wait_for_port(self.port)

    def worker(self) -> None:
        """Start a worker."""
        self.processes.worker(concurrency=2)

    def restart_worker(self) -> None:
        """Start a worker that ended by itself again, as what watches over processes does."""
        del self.processes.running["worker"]
        self.worker()

    def stop(self) -> None:
        """Stop everything."""
        self.processes.stop()
        if (self.home / "pgdata" / "postmaster.pid").exists():
            self.stop_database()

    # Messages

    def drop(self, raw: bytes, party: str, name: str) -> None:
        """Put a file in the watched folder, complete at once and old enough to be taken."""
        folder = self.home / "in" / self.facts["kvk"] / party
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{name}"
        draft.write_bytes(raw)
        old = time.time() - 60
        os.utime(draft, (old, old))
        draft.rename(folder / f"{name}.xml")

    def waiting_files(self) -> list[Path]:
        """Files that nobody took yet."""
        return list((self.home / "in").glob("*/*/*.xml"))

    def post(self, raw: bytes) -> dict[str, Any]:
        """Hand in a message in the mailbox, as a subcontractor's software does."""
        return self._called(raw)

    def waiting(self) -> dict[str, Any]:
        """What waits in the mailbox."""
        return self._called(None)

    def _called(self, body: bytes | None) -> dict[str, Any]:
        link = HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {
            "Authorization": f"Bearer {self.facts['token']}",
            "Content-Type": "application/xml",
        }
        with closing(link):
            link.request("POST" if body else "GET", MAILBOX, body, headers)
            response = link.getresponse()
            text = response.read()
        assert response.status < 300, text
        found: dict[str, Any] = json.loads(text)
        return found

    def state(self, message_id: int) -> str:
        """State of a received message."""
        return str(
            self.value("SELECT state FROM messaging_incomingmessage WHERE id = %s", message_id)
        )

    def keeps_its_promises(self) -> None:
        """`manage.py check_invariants` finds nothing."""
        found = run(self.home, "manage.py", "check_invariants", check=False)
        assert found.returncode == 0, found.stdout + found.stderr
