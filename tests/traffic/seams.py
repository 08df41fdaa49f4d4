"""The steps of handling and delivering, and a process that ends between two of them.

The steps are told apart by what they write: no part of the product knows of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from django.db import DatabaseError, connection

_IN, _OUT = '"messaging_incomingmessage"', '"messaging_outgoingmessage"'
_TRY: Final = '"messaging_deliveryattempt"'
Statement = Callable[[str, Sequence[object]], bool]


class Killed(BaseException):
    """The process is gone: whoever catches errors does not catch this."""


def _changes(sql: str, _given: Sequence[object]) -> bool:
    """The first that is written for the message: not the claim, which stands on its row."""
    return sql.startswith(("INSERT", "UPDATE", "DELETE")) and _IN not in sql


def _answers(sql: str, given: Sequence[object]) -> bool:
    """The return message is put in the out-tray."""
    keys = (one for one in given if isinstance(one, str))
    return sql.startswith(f"INSERT INTO {_OUT}") and any(key.startswith("return:") for key in keys)


def _concludes(sql: str, _given: Sequence[object]) -> bool:
    """The message gets its state."""
    return sql.startswith(f"UPDATE {_IN}") and '"handled_at"' in sql


def _claims_delivery(sql: str, _given: Sequence[object]) -> bool:
    """A try to deliver is counted."""
    return sql.startswith(f"UPDATE {_OUT}") and '"attempts"' in sql


def _records_receipt(sql: str, _given: Sequence[object]) -> bool:
    """What the carrier handed over is recorded as delivered."""
    return sql.startswith(f"INSERT INTO {_TRY}")


@dataclass(frozen=True)
class Seam:
    """Where the process ends: before or after the first statement of a kind."""

    name: str
    statement: Statement
    after: bool = False

    def __str__(self) -> str:
        return self.name


#: While one message is handled.
HANDLING: Final = (
    Seam("read, nothing changed yet", _changes),
    Seam("changed, the answer not written", _answers),
    Seam("the answer written, the message not concluded", _answers, after=True),
    Seam("answered, the state not written", _concludes),
    Seam("all written, not committed", _concludes, after=True),
)
#: Of these, what a message has that nobody answers.
UNANSWERED: Final = tuple(seam for seam in HANDLING if seam.statement is not _answers)
#: While what was written is delivered.
DELIVERING: Final = (
    Seam("a try counted, not committed", _claims_delivery, after=True),
    Seam("handed over, the receipt not recorded", _records_receipt),
    Seam("the receipt recorded, not committed", _records_receipt, after=True),
)


def end_process() -> None:
    """As a killed worker: nothing after it runs."""
    raise Killed


def lose_connection() -> None:
    """As a database that goes away: an error, and every statement after it is one more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@contextmanager
def killed_at(seam: Seam, end: Callable[[], None] = end_process) -> Iterator[list[str]]:
    """End the work inside at the seam; gives a list that names it once that happened."""
    met: list[str] = []

    def watch(execute: Any, sql: str, given: Any, many: bool, context: Any) -> Any:
        is_it = not met and seam.statement(sql, given or ())
        if is_it:
            met.append(seam.name)
        if is_it and not seam.after:
            end()
        result = execute(sql, given, many, context)
        if is_it and seam.after:
            end()
        return result

    with connection.execute_wrapper(watch), suppress(Killed, DatabaseError):
        yield met
