"""Declared lines into a temporary table, from which they are judged and stored as a set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection

from hoofdaannemer.core.crypto import keyed_hash
from messaging.istandaard import ServiceRow

CREDIT = "C"

_TABLE = """
DROP TABLE IF EXISTS pg_temp.billing_stage;
CREATE TEMPORARY TABLE billing_stage (
    line integer NOT NULL, known_client bigint, client_hash bytea,
    reference text COLLATE "C" NOT NULL, previous_reference text COLLATE "C" NOT NULL,
    number bigint NOT NULL, category text COLLATE "C" NOT NULL, code text COLLATE "C" NOT NULL,
    start_date date NOT NULL, end_date date NOT NULL, volume bigint NOT NULL, unit text NOT NULL,
    tariff bigint, amount bigint NOT NULL, is_credit boolean NOT NULL
) ON COMMIT DROP
"""
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_NULL = "\\N"
#: Lines that go to the database together.
_PIECE = 1000


class StagedLine(NamedTuple):
    """One line as it is judged; `tariff` and `amount` in eurocents, `line` counts from 1.

    The client is known by its id (month page) or by the keyed hash of its BSN (message).
    """

    line: int
    known_client: int | None
    client_hash: bytes | None
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


def staged(rows: Iterable[ServiceRow]) -> list[StagedLine]:
    """The lines of a message; clients by the hash of their BSN, computed once a client."""
    hashes: dict[str, bytes] = {}
    lines = []
    for row in rows:
        if (client := hashes.get(row.bsn)) is None:
            client = hashes[row.bsn] = keyed_hash(row.bsn)
        lines.append(
            StagedLine(
                row.line,
                None,
                client,
                row.reference,
                row.previous_reference,
                row.allocation_number,
                row.category,
                row.code,
                row.start,
                row.end,
                row.volume,
                row.unit,
                row.tariff,
                row.amount,
                row.debit_credit == CREDIT,
            )
        )
    return lines


def stage(lines: Sequence[StagedLine]) -> None:
    """Fill the temporary table `billing_stage`, which ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)
        # Ready-made text in pieces: row by row costs twice as much, and while one piece is made
        # the database takes in the one before.
        with cursor.copy("COPY billing_stage FROM STDIN") as copy:
            for start in range(0, len(lines), _PIECE):
                copy.write("".join(map(_copy_line, lines[start : start + _PIECE])))


def _copy_line(line: StagedLine) -> str:
    client = _NULL if line.client_hash is None else f"\\\\x{line.client_hash.hex()}"
    return (
        f"{line.line}\t{_NULL if line.known_client is None else line.known_client}\t{client}\t"
        f"{_escaped(line.reference)}\t{_escaped(line.previous_reference)}\t{line.number}\t"
        f"{_escaped(line.category)}\t{_escaped(line.code)}\t{line.start}\t{line.end}\t"
        f"{line.volume}\t{_escaped(line.unit)}\t{_NULL if line.tariff is None else line.tariff}\t"
        f"{line.amount}\t{'t' if line.is_credit else 'f'}\n"
    )


def _escaped(text: str) -> str:
    """Text for COPY; nearly always the text itself, which is quicker to see than to replace."""
    if text.isprintable() and "\\" not in text:
        return text
    return text.translate(_ESCAPES)
