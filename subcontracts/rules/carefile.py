"""Starts and stops as a CSV file: reading what was handed in, row by row, without the database.

The columns may stand in any order; others than these are left alone, so that the file of placements
can be filled in and sent back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError
from subcontracts.rules.csvfiles import (
    Fault,
    cell_of,
    check_heads,
    day_of,
    is_digits,
    rows_of,
    text_of,
)

MOST_ROWS: Final = 5000
START, STOP = "start", "stop"
#: The columns, in the order of the documentation and of the file of rows that were not taken.
COLUMNS: Final = (
    "hoofdaannemer_kvk",
    "wet",
    "plaatsing",
    "soort",
    "begindatum_zorg",
    "einddatum_zorg",
    "reden",
)
_NEEDED: Final = ("wet", "plaatsing", "soort", "begindatum_zorg")
_REASON: Final = re.compile(r"[0-9]{2}")


@dataclass(frozen=True)
class Report:
    """One start, or one stop where `end` and `reason` are given; `kvk` may be empty."""

    kvk: str
    family: str
    number: int
    begin: date
    end: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class Line:
    """A row of the file: its number as a spreadsheet counts, its cells, and what it says."""

    number: int
    cells: Mapping[str, str]
    said: Report | Fault


def lines(raw: bytes) -> list[Line]:
    """The rows of a file that say something.

    Raises RuleError CSV-01 for a file that is too large, CSV-02 for bytes that are not UTF-8 text,
    CSV-03 where a column is missing or stands twice, CSV-04 for too many rows or none.
    """
    rows = rows_of(text_of(raw))
    heads = [head.strip().lower() for head in next(rows, [])]
    check_heads(heads, COLUMNS, _NEEDED)
    found = []
    for number, row in enumerate(rows, start=2):
        cells = {head: cell_of(row, place) for place, head in enumerate(heads) if head in COLUMNS}
        # A row of a placement about which nothing is reported.
        if not any(cells.get(name) for name in ("soort", "begindatum_zorg", "einddatum_zorg")):
            continue
        found.append(Line(number, cells, _said(cells)))
        if len(found) > MOST_ROWS:
            text = _("A file has at most %(most)s rows. Split it.")
            raise RuleError("CSV-04", text % {"most": MOST_ROWS})
    if not found:
        raise RuleError("CSV-04", _("No row of this file reports a start or a stop."))
    return found


def _said(cells: Mapping[str, str]) -> Report | Fault:
    kind, family = cells.get("soort", "").lower(), cells.get("wet", "").lower()
    kvk, number = cells.get("hoofdaannemer_kvk", ""), cells.get("plaatsing", "")
    begin, end = (
        day_of(cells.get("begindatum_zorg", "")),
        day_of(cells.get("einddatum_zorg", "")),
    )
    reason = cells.get("reden", "")
    not_a_day = _("Write a day as 22-11-2026.")
    faults = (
        (kind not in (START, STOP), "soort", "CSV-10", _("Write start or stop.")),
        (family not in ("jw", "wmo"), "wet", "CSV-11", _("Write jw or wmo.")),
        (
            bool(kvk) and not (len(kvk) == 8 and is_digits(kvk)),
            "hoofdaannemer_kvk",
            "CSV-12",
            _("A trade register number has eight digits."),
        ),
        (
            not (is_digits(number) and len(number) <= 9),
            "plaatsing",
            "CSV-13",
            _("Write the number of the placement, at most nine digits."),
        ),
        (begin is None, "begindatum_zorg", "CSV-14", not_a_day),
        (
            kind == STOP and end is None,
            "einddatum_zorg",
            "CSV-14",
            not_a_day,
        ),
        (
            kind == STOP and not _REASON.fullmatch(reason),
            "reden",
            "CSV-15",
            _("Write the code of the reason, two digits."),
        ),
        (
            kind == START and bool(cells.get("einddatum_zorg") or reason),
            "einddatum_zorg" if cells.get("einddatum_zorg") else "reden",
            "CSV-16",
            _("A start has no last day and no reason. Report the stop in a row of its own."),
        ),
    )
    for is_wrong, column, rule, text in faults:
        if is_wrong:
            return Fault(column, rule, text)
    if begin is None:
        raise ValueError("a day was read and is not there")
    if kind == START:
        return Report(kvk, family, int(number), begin)
    return Report(kvk, family, int(number), begin, end, reason)
