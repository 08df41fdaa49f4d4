"""What a promise is, and how promises are checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from hoofdaannemer.core.scope import acting_as, system

#: Offenders that are named; the rest is counted.
NAMED: Final = 10


@dataclass(frozen=True)
class Promise:
    """One promise: a code, what is promised, and what finds the rows that break it."""

    code: str
    text: str
    broken_by: Callable[[], Iterable[str]]


@dataclass(frozen=True)
class Result:
    """Outcome of one check: how many rows break it, and the first of them."""

    code: str
    text: str
    count: int
    examples: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing breaks the promise."""
        return self.count == 0


def check_promises(promises: Iterable[Promise]) -> list[Result]:
    """Check these promises as the system; leaves nothing behind in the database."""
    results = []
    with acting_as(system()):
        for promise in promises:
            # A check may make temporary tables, or fail on what it reads: neither reaches the next.
            with transaction.atomic():
                found = list(promise.broken_by())
                transaction.set_rollback(True)
            results.append(Result(promise.code, promise.text, len(found), tuple(found[:NAMED])))
    return results


def rows(sql: str, *parameters: str) -> list[tuple[object, ...]]:
    """The rows of a query."""
    with connection.cursor() as cursor:
        # Without parameters a percent sign is itself.
        cursor.execute(sql, list(parameters) or None)
        return list(cursor.fetchall())


def by_query(code: str, text: str, sql: str) -> Promise:
    """A promise broken by every row of a query, whose columns name the row and what is wrong."""

    def broken_by() -> Iterable[str]:
        return [" ".join(str(value) for value in row) for row in rows(sql)]

    return Promise(code, text, broken_by)


def by_queries(code: str, text: str, queries: Sequence[str]) -> Promise:
    """A promise broken by every row of any of these queries."""

    def broken_by() -> Iterable[str]:
        return [" ".join(str(value) for value in row) for sql in queries for row in rows(sql)]

    return Promise(code, text, broken_by)
