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
#: Lines that go to the database together.
_PIECE = 1000


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


def staged(rows: Sequence[ServiceRow], main_contractor_id: int) -> list[StagedLine]:
    """The lines of a message, with the clients as far as the sender may know them."""
    clients = _clients({row.bsn for row in rows}, main_contractor_id)
    return [
        StagedLine(
            row.line,
            clients.get(row.bsn),
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
        for row in rows
    ]


def _clients(bsns: Iterable[str], main_contractor_id: int) -> dict[str, int]:
    """Ids by BSN, in one question; row-level security leaves out whom the sender may not know."""
    bsn_by_hash = {keyed_hash(bsn): bsn for bsn in bsns}
    with connection.cursor() as cursor:
        hashes = " ".join(digest.hex() for digest in bsn_by_hash)
        cursor.execute(_CLIENTS, [main_contractor_id, hashes])
        return {bsn_by_hash[bytes(digest)]: client for digest, client in cursor}


def stage(lines: Sequence[StagedLine]) -> None:
    """Fill the temporary table `billing_stage`, which ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)
        # Ready-made text in pieces: row by row costs twice as much, and while one piece is made
        # the database takes in the one before.
        with cursor.copy("COPY billing_stage FROM STDIN") as copy:
            for start in range(0, len(lines), _PIECE):
                copy.write(_copy_text(lines[start : start + _PIECE]))


def _copy_text(lines: Sequence[StagedLine]) -> str:
    """Lines as COPY takes them; texts with something to escape are seldom, and seen afterwards."""
    text = "".join(map(_copy_line, lines))
    nulls = sum((line.client_id is None) + (line.tariff is None) for line in lines)
    marks = (len(lines) * (len(StagedLine._fields) - 1), len(lines), 0, nulls)
    if tuple(map(text.count, "\t\n\r\\")) == marks:
        return text
    return "".join(map(_copy_line, map(_escaped, lines)))


def _copy_line(line: StagedLine) -> str:
    return (
        f"{line.line}\t{_NULL if line.client_id is None else line.client_id}\t"
        f"{line.reference}\t{line.previous_reference}\t{line.number}\t"
        f"{line.category}\t{line.code}\t{line.start}\t{line.end}\t"
        f"{line.volume}\t{line.unit}\t{_NULL if line.tariff is None else line.tariff}\t"
        f"{line.amount}\t{'t' if line.is_credit else 'f'}\n"
    )


def _escaped(line: StagedLine) -> StagedLine:
    return line._replace(
        reference=line.reference.translate(_ESCAPES),
        previous_reference=line.previous_reference.translate(_ESCAPES),
        category=line.category.translate(_ESCAPES),
        code=line.code.translate(_ESCAPES),
        unit=line.unit.translate(_ESCAPES),
    )
