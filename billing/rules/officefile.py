"""To which practice each row of an office's file belongs; pure calculation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self

from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from billing.rules.filecolumns import ADDED, Layout, plain
from hoofdaannemer.core.sheets import Line, Sheet, shown

#: Heading of the row's number in the office's file, in the part of a practice.
ROW: Final = ADDED[0]
#: Digits of an AGB code and of a trade register number; spreadsheets drop zeros in front.
_DIGITS: Final = 8
_ESTABLISHMENT: Final = 12
_USUAL: Final = (
    *("praktijk", "praktijkkvk", "kvkpraktijk", "kvk", "kvknummer", "praktijkagb", "agbpraktijk"),
    *("agb", "agbcode", "onderaannemer", "onderaannemerkvk", "kvkonderaannemer", "zorgaanbieder"),
)


@dataclass(frozen=True)
class OfficeLayout:
    """Which heading names the practice, and what the others mean."""

    practice: str
    layout: Layout

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Self:
        """As it was kept."""
        return cls(stored["practice"], Layout.of_json(stored["layout"]))

    @property
    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {"practice": self.practice, "layout": self.layout.as_json}


@dataclass(frozen=True)
class Refused:
    """A row that belongs to nobody for whom the office may declare."""

    line: int
    rule: str
    text: str


@dataclass(frozen=True)
class Divided:
    """Rows by the key of their practice, and those that are refused."""

    rows: Mapping[int, Sequence[Line]]
    refused: Sequence[Refused]


def guess_practice(heads: Sequence[str]) -> str:
    """The heading that probably names the practice; empty where none does."""
    by_plain = {plain(head): head for head in reversed(heads) if head}
    return next((by_plain[name] for name in _USUAL if name in by_plain), "")


def divide(sheet: Sheet, head: str, practices: Mapping[str, frozenset[int]]) -> Divided:
    """Divide the rows over `practices`: keys by each number under which a practice is known."""
    place = list(sheet.heads).index(head)
    rows: dict[int, list[Line]] = {}
    refused: list[Refused] = []
    for line in sheet.lines:
        found = _practice(shown(line.cells[place]), practices)
        if isinstance(found, int):
            rows.setdefault(found, []).append(line)
        else:
            refused.append(Refused(line.number, *found))
    return Divided(rows, refused)


def _practice(text: str, practices: Mapping[str, frozenset[int]]) -> int | tuple[str, str]:
    digits = "".join(sign for sign in text if sign.isascii() and sign.isalnum())
    if not digits.isdigit() or len(digits) > _ESTABLISHMENT:
        return "BIL-280", _(
            "Write of which practice this row is: its number in the trade register (KvK), or its"
            " AGB code."
        )
    number = digits.zfill(_DIGITS if len(digits) <= _DIGITS else _ESTABLISHMENT)
    meant = practices.get(number, frozenset())
    if not meant:
        return "BIL-281", _(
            "You may not declare for a practice with this number now. Check the number, or ask the"
            " practice for a mandate that covers declaring. The row went to nobody."
        )
    if len(meant) > 1:
        return "BIL-282", _(
            "One of your practices has this number in the trade register, another one as AGB code."
            " Write the other number of the practice that you mean."
        )
    [practice] = meant
    return practice


def part_digest(digest: str, organisation_id: int) -> str:
    """Names the part of a practice: the same file of the office, uploaded again, has the same."""
    return hashlib.sha256(f"{digest} {organisation_id}".encode()).hexdigest()


def taken_before(lines: Sequence[Line], day: date) -> list[Refused]:
    """Rows that their practice has already of the same file, which was uploaded on a day."""
    text = _(
        "The practice has this row already, from the same file that was uploaded on %(day)s. It was"
        " not taken again."
    ) % {"day": date_format(day, "d-m-Y")}
    return [Refused(line.number, "BIL-291", text) for line in lines]


def part_of(sheet: Sheet, lines: Sequence[Line]) -> list[Sequence[object]]:
    """The rows of one practice as a table: the headings of the file, and where each row stood."""
    places = [at for at, head in enumerate(sheet.heads) if head and head not in ADDED]
    heads = [sheet.heads[at] for at in places]
    return [
        (*heads, ROW),
        *((*(line.cells[at] for at in places), line.number) for line in lines),
    ]


def as_numbered(sheet: Sheet) -> Sheet:
    """A part with the numbers that its rows have in the office's file, which people look at."""
    place = list(sheet.heads).index(ROW)
    return Sheet(
        sheet.heads, [Line(int(str(line.cells[place])), line.cells) for line in sheet.lines]
    )
