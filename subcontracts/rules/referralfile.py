"""Referrals as a CSV file: the rows that belong together, in the order of the file.

The columns may stand in any order; others than these are left alone, such as those that say what
was wrong with rows that are handed in again.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError
from subcontracts.rules.csvfiles import cell_of, check_heads, rows_of, text_of
from subcontracts.rules.referral import HandedIn, Line, judged
from subcontracts.rules.referralcells import COLUMNS, whole

#: Each referral is a message to a municipality, made while one waits, and others with its numbers.
MOST_ROWS: Final = 500
_LONGEST_KEPT: Final = 500
_NEEDED: Final = (
    *("kenmerk", "wet", "gemeente", "bsn", "achternaam", "voorletters", "geboortedatum"),
    *("geslacht", "type_verwijzer", "productcategorie", "begindatum"),
)


def read(raw: bytes) -> list[HandedIn]:
    """The referrals of a file, each with its rows.

    Raises RuleError CSV-01 for a file that is too large, CSV-02 for bytes that are not UTF-8 text,
    CSV-03 where a column is missing or stands twice, CSV-04 for too many rows or none.
    """
    rows = rows_of(text_of(raw))
    heads = [head.strip().lower() for head in next(rows, [])]
    check_heads(heads, COLUMNS, _NEEDED)
    together: dict[str, list[Line]] = {}
    count = 0
    for number, row in enumerate(rows, start=2):
        cells = whole(
            {
                head: cell_of(row, place, _LONGEST_KEPT)
                for place, head in enumerate(heads)
                if head in COLUMNS
            }
        )
        if not any(cells.values()):
            continue
        # A row without a reference belongs to no other.
        together.setdefault(cells["kenmerk"] or f"\n{number}", []).append(Line(number, cells))
        count += 1
        check_count(count)
    if not count:
        raise RuleError("CSV-04", _("There is no referral in this file."))
    return [judged(lines) for lines in together.values()]


def check_count(count: int) -> None:
    """Raises RuleError CSV-04 for more products than are taken at once."""
    if count > MOST_ROWS:
        text = _("At most %(most)s products are taken at once. Split it.")
        raise RuleError("CSV-04", text % {"most": MOST_ROWS})
