"""Numbers without gaps or repeats, from a locked counter row."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.db import connection


def next_number(owner: int, series: str, *, first: int = 1) -> int:
    """Take the next number of a series; the row stays locked until the transaction ends."""
    return next_numbers(owner, series, 1, first=first)[0]


def next_numbers(owner: int, series: str, count: int, *, first: int = 1) -> range:
    """Take `count` consecutive numbers of a series in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_counter AS c (owner, series, value) VALUES (%s, %s, %s)"
            " ON CONFLICT (owner, series) DO UPDATE SET value = c.value + %s RETURNING value",
            [owner, series, first + count - 1, count],
        )
        row = cursor.fetchone()
    last = int(row[0]) if row else first
    return range(last - count + 1, last + 1)


def free_numbers(
    owner: int,
    series: str,
    count: int,
    *,
    first: int,
    taken: Callable[[range], Collection[int]],
) -> list[int]:
    """The next `count` numbers of a series that nothing has yet, where others give some out too.

    `taken` says which of some numbers are in use.
    """
    found: list[int] = []
    while len(found) < count:
        some = next_numbers(owner, series, count - len(found), first=first)
        used = taken(some)
        found += [number for number in some if number not in used]
    return found
