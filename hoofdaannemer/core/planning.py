"""How the database plans a query over many rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def joining_sets() -> Iterator[None]:
    """Within this block, rows are joined as sets and not looked up one by one.

    Row-level security hides from the planner how many rows a table gives: it expects one in two
    hundred, and so would look up each of the many rows of a report in each table. Only for queries
    that read most of their tables. Ends with the transaction at the latest, after an error too.
    """
    _set("off")
    yield
    _set("on")


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_nestloop', %s, true)", [value])
