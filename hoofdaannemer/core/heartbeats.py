"""When each kind of background work last began and last came to its end: a sign of life.

Written by the work itself, so that it says that a worker, its broker, beat and the database all
did their part; nothing else shows that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection

from hoofdaannemer.core.models import Heartbeat

_BEGIN: Final = """
INSERT INTO core_heartbeat AS h (name, began_at) VALUES (%s, clock_timestamp())
ON CONFLICT (name) DO UPDATE SET began_at = excluded.began_at
"""
_END: Final = "UPDATE core_heartbeat SET ended_at = clock_timestamp() WHERE name = %s"


@contextmanager
def beating(name: str) -> Iterator[None]:
    """Say that this work begins, and that it ended; work that fails does not end.

    Call it outside a transaction, so that others see at once that it began.
    """
    _write(_BEGIN, name)
    yield
    _write(_END, name)


def _write(statement: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [name])


def last(names: Collection[str]) -> dict[str, Heartbeat]:
    """The last sign of each of these that ever gave one."""
    return {row.name: row for row in Heartbeat.objects.filter(name__in=names)}
