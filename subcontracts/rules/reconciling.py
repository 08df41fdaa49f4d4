"""Two administrations of the same allocations, side by side; without the database.

The file of a municipality has a row for each allocation under its code that is current or to come:
to the main contractor itself, or to one of its subcontractors. Columns that the file leaves out are
not compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError
from subcontracts.rules.csvfiles import (
    cell_of,
    check_heads,
    day_of,
    is_digits,
    rows_of,
    text_of,
)

MOST_ROWS: Final = 50_000
NEEDED: Final = ("ontvanger", "toewijzing", "bsn")
#: Days, as written in a message.
DAYS: Final = ("ingangsdatum", "einddatum", "begindatum_zorg", "einddatum_zorg")
COLUMNS: Final = (
    *NEEDED,
    *("categorie", "code", "ingangsdatum", "einddatum"),
    *("volume", "eenheid", "frequentie", "begindatum_zorg", "einddatum_zorg"),
)
#: Who the client is is compared, and never shown as a difference in digits.
CLIENT: Final = "bsn"

Key = tuple[str, int]


@dataclass(frozen=True)
class Record:
    """One allocation in one of the administrations; `values` by column, in one way of writing."""

    receiver: str
    number: int
    values: Mapping[str, str]
    #: Row of the file; 0 for ours.
    line: int = 0

    @property
    def key(self) -> Key:
        return self.receiver, self.number


@dataclass(frozen=True)
class Unreadable:
    """A row that says nothing that can be compared."""

    line: int
    column: str
    rule: str
    text: str


@dataclass(frozen=True)
class Deviation:
    """One thing that differs. Without column: the whole allocation is missing on one side."""

    key: Key
    column: str = ""
    ours: str = ""
    theirs: str = ""
    line: int = 0
    is_here: bool = True


@dataclass(frozen=True)
class File:
    """What a file says, and which of its rows say nothing."""

    columns: Sequence[str]
    records: Sequence[Record]
    unreadable: Sequence[Unreadable]

    @property
    def row_count(self) -> int:
        return len(self.records) + len(self.unreadable)


def read(raw: bytes) -> File:
    """The rows of a file. A row without sense stops no other.

    Raises RuleError CSV-01 to CSV-03 for a file that cannot be read, CSV-04 for too many rows.
    """
    rows = rows_of(text_of(raw))
    heads = [head.strip().lower() for head in next(rows, [])]
    check_heads(heads, COLUMNS, NEEDED)
    places = {head: place for place, head in enumerate(heads) if head in COLUMNS}
    seen: dict[Key, int] = {}
    records: list[Record] = []
    unreadable: list[Unreadable] = []
    for line, row in enumerate(rows, start=2):
        cells = {head: cell_of(row, place) for head, place in places.items()}
        if not any(cells.values()):
            continue
        said = _said(line, cells)
        if isinstance(said, Record) and (first := seen.setdefault(said.key, line)) != line:
            text = _("This allocation stands in row %(line)s too.") % {"line": first}
            said = Unreadable(line, "toewijzing", "AAN-04", text)
        if isinstance(said, Record):
            records.append(said)
        else:
            unreadable.append(said)
        if len(records) + len(unreadable) > MOST_ROWS:
            text = _("A file has at most %(most)s rows. Split it.")
            raise RuleError("CSV-04", text % {"most": MOST_ROWS})
    return File(tuple(places), records, unreadable)


def _said(line: int, cells: Mapping[str, str]) -> Record | Unreadable:
    receiver, number = cells["ontvanger"], cells["toewijzing"]
    if not (is_digits(receiver) and len(receiver) == 8):
        text = _("Write the AGB code of the receiver, eight digits.")
        return Unreadable(line, "ontvanger", "AAN-01", text)
    if not (is_digits(number) and len(number) <= 9 and int(number)):
        text = _("Write the allocation number, at most nine digits.")
        return Unreadable(line, "toewijzing", "AAN-02", text)
    values = {}
    for name, text in cells.items():
        if name in ("ontvanger", "toewijzing"):
            continue
        if name in DAYS and text:
            day = day_of(text)
            if day is None:
                return Unreadable(line, name, "AAN-03", _("Write a day as 22-11-2026."))
            values[name] = day_text(day)
        else:
            values[name] = _plain(name, text)
    return Record(receiver, int(number), values, line)


def _plain(name: str, text: str) -> str:
    """A number without leading zeros where these say nothing; a code in capitals."""
    if name == "volume" and is_digits(text):
        return str(int(text))
    if name == "bsn" and is_digits(text):
        return text.zfill(9)
    return text.upper()


def day_text(day: date | None) -> str:
    """A day as differences show it; nothing for no day."""
    return "" if day is None else f"{day:%d-%m-%Y}"


def deviations(
    ours: Sequence[Record], theirs: Sequence[Record], columns: Sequence[str]
) -> Iterator[Deviation]:
    """What differs, in the order of receiver and number. Of each pair every column that differs."""
    here = {record.key: record for record in ours}
    there = {record.key: record for record in theirs}
    compared = [name for name in columns if name not in ("ontvanger", "toewijzing")]
    for key in sorted(here.keys() | there.keys()):
        own, other = here.get(key), there.get(key)
        if own is None and other is not None:
            yield Deviation(key, line=other.line, is_here=False)
        elif other is None:
            yield Deviation(key)
        elif own is not None:
            yield from _unlike(own, other, compared)


def _unlike(own: Record, other: Record, columns: Sequence[str]) -> Iterator[Deviation]:
    for name in columns:
        ours, theirs = own.values.get(name, ""), other.values.get(name, "")
        if ours != theirs:
            if name == CLIENT:
                ours = theirs = ""
            yield Deviation(own.key, name, ours, theirs, other.line)
