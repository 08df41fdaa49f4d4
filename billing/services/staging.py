"""Declared lines into a temporary table, from which they are judged and stored as a set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final, NamedTuple

from django.db import connection

from hoofdaannemer.core.columns import Columns
from hoofdaannemer.core.crypto import keyed_hashes
from messaging.istandaard import ServiceLines, ServiceRow

CREDIT = "C"

_TABLE = """
DROP TABLE IF EXISTS pg_temp.billing_stage;
CREATE TEMPORARY TABLE billing_stage (
    line integer NOT NULL, client_id bigint,
    reference text COLLATE "C" NOT NULL, previous_reference text COLLATE "C" NOT NULL,
    number bigint NOT NULL, category text COLLATE "C" NOT NULL, code text COLLATE "C" NOT NULL,
    start_date date NOT NULL, end_date date NOT NULL, volume bigint NOT NULL, unit text NOT NULL,
    tariff bigint, amount bigint NOT NULL, is_credit boolean NOT NULL
) ON COMMIT DROP
"""
# The hashes as one text: thousands of them as an array cost more to write down than to look up.
_CLIENTS = """
SELECT bsn_hash, id FROM subcontracts_client
WHERE main_contractor_id = %s
    AND bsn_hash = ANY(ARRAY(SELECT decode(hash, 'hex') FROM string_to_table(%s, ' ') hash))
"""
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_NULL = "\\N"
_AT_ONCE: Final = 1000


class StagedLine(NamedTuple):
    """One line as it is judged; `tariff` and `amount` in eurocents, `line` counts from 1.

    `client_id` is empty where the main contractor knows no client by this BSN (TR304).
    """

    line: int
    client_id: int | None
    reference: str
    previous_reference: str
    number: int
    category: str
    code: str
    start: date
    end: date
    volume: int
    unit: str
    tariff: int | None
    amount: int
    is_credit: bool

    @property
    def signed(self) -> int:
        """Eurocents; a credit is negative."""
        return -self.amount if self.is_credit else self.amount


class StagedLines(Columns[StagedLine]):
    """Lines that are judged together, in document order."""

    row = StagedLine
    __slots__ = ()

    @property
    def signed(self) -> list[int]:
        """Eurocents of each; a credit is negative."""
        amounts = zip(self.column("amount"), self.column("is_credit"), strict=True)
        return [-amount if is_credit else amount for amount, is_credit in amounts]


def staged(rows: Sequence[ServiceRow], main_contractor_id: int) -> StagedLines:
    """The lines of a message, with the clients as far as the sender may know them."""
    lines = ServiceLines.of(rows)
    bsns = lines.column("bsn")
    clients = _clients(set(bsns), main_contractor_id)
    return StagedLines(
        (
            lines.column("line"),
            list(map(clients.get, bsns)),
            *map(lines.column, ("reference", "previous_reference", "allocation_number")),
            *map(lines.column, ("category", "code", "start", "end", "volume", "unit", "tariff")),
            lines.column("amount"),
            [kind == CREDIT for kind in lines.column("debit_credit")],
        )
    )


def _clients(bsns: Iterable[str], main_contractor_id: int) -> dict[str, int]:
    """Ids by BSN, in one question; row-level security leaves out whom the sender may not know."""
    bsn_by_hash = keyed_hashes(bsns)
    with connection.cursor() as cursor:
        hashes = " ".join(digest.hex() for digest in bsn_by_hash)
        cursor.execute(_CLIENTS, [main_contractor_id, hashes])
        return {bsn_by_hash[bytes(digest)]: client for digest, client in cursor}


def stage(lines: StagedLines) -> None:
    """Fill the temporary table `billing_stage`, which ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)
        with cursor.copy("COPY billing_stage FROM STDIN") as copy:
            for text in _copy_texts(lines):
                copy.write(text)


def _copy_texts(lines: StagedLines) -> Iterator[str]:
    """Lines as COPY takes them, made column by column: row by row costs three times as much.

    In parts, so that the database takes in one while the next is made.
    """
    columns = [_TEXTS_OF.get(name, _texts)(lines.column(name)) for name in StagedLine._fields]
    rows = map("\t".join, zip(*columns, strict=True))
    while part := list(islice(rows, _AT_ONCE)):
        yield "\n".join([*part, ""])


def _texts(values: Sequence[str]) -> Sequence[str]:
    """Texts, in which there is seldom something to escape: all are looked through at once."""
    together = "".join(values)
    if any(mark in together for mark in "\\\t\n\r"):
        return [value.translate(_ESCAPES) for value in values]
    return values


def _numbers(values: Sequence[int | None]) -> list[str]:
    return [_NULL if value is None else str(value) for value in values]


def _days(values: Sequence[date]) -> list[str]:
    texts = {day: day.isoformat() for day in set(values)}
    return [texts[day] for day in values]


def _truths(values: Sequence[bool]) -> list[str]:
    return ["t" if value else "f" for value in values]


_TEXTS_OF: Final[dict[str, Callable[[Sequence[Any]], Sequence[str]]]] = {
    **dict.fromkeys(("line", "client_id", "number", "volume", "tariff", "amount"), _numbers),
    **dict.fromkeys(("start", "end"), _days),
    "is_credit": _truths,
}
