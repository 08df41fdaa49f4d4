"""An FTE report as a file: what its columns mean, and what a row says of somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Self

from django.utils.translation import gettext as _

from billing.rules.filecolumns import own_heads, plain
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.sheetcells import month_of, number_of
from hoofdaannemer.core.sheets import UNCOMPUTED, Cell, Line, shown
from hoofdaannemer.core.templatetags.core_format import month_nl


class FteField(StrEnum):
    """What a column may hold."""

    REFERENCE = "reference"
    NAME = "name"
    FTE = "fte"
    CONTRACT = "contract"
    HOURS = "hours"
    ABSENCE = "absence"
    AREA = "area"
    MONTH = "month"


_USUAL: Final[Mapping[FteField, tuple[str, ...]]] = {
    FteField.REFERENCE: (
        *("personeelsnummer", "medewerkernummer", "nummer", "personeelsnr", "medewerkernr"),
        *("professional", "referentie", "kenmerk"),
    ),
    FteField.NAME: ("naam", "medewerker", "naammedewerker", "werknemer", "professionalnaam"),
    FteField.FTE: ("fte", "inzet", "ingezettefte", "fteinzet", "aantalfte", "inzetfte"),
    FteField.CONTRACT: ("contractfte", "ftecontract", "dienstverband", "contract", "aanstelling"),
    FteField.HOURS: ("uren", "gewerkteuren", "urengewerkt", "gewerkt", "aantaluren"),
    FteField.ABSENCE: ("verzuim", "verzuimuren", "urenafwezig", "afwezig", "ziekteuren"),
    FteField.AREA: ("gebied", "team", "wijk", "regio", "gebiedofteam"),
    FteField.MONTH: ("maand", "periode", "rapportagemaand"),
}
_MEANT: Final = {head: one for one, heads in _USUAL.items() for head in heads}
MOST_FTE: Final = Decimal("1.5")
MOST_HOURS: Final = Decimal(744)
#: Of each number its most, and its decimals.
_NUMBERS: Final = {
    FteField.FTE: (MOST_FTE, 3),
    FteField.CONTRACT: (MOST_FTE, 3),
    FteField.HOURS: (MOST_HOURS, 2),
    FteField.ABSENCE: (MOST_HOURS, 2),
}
_LONGEST_AREA: Final = 60


@dataclass(frozen=True)
class FteLayout:
    """Which heading holds what, and whether a point stands before the decimals."""

    columns: Mapping[FteField, str] = field(default_factory=dict)
    has_point: bool = False

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Self:
        """As it was kept."""
        columns = {FteField(name): head for name, head in stored["columns"].items()}
        return cls(columns, stored["has_point"])

    @property
    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        columns = {one.value: head for one, head in self.columns.items()}
        return {"kind": "fte", "columns": columns, "has_point": self.has_point}

    @property
    def is_enough(self) -> bool:
        """Whether it says who, and how much."""
        says_who = bool({FteField.REFERENCE, FteField.NAME} & self.columns.keys())
        return says_who and FteField.FTE in self.columns

    def within(self, heads: Sequence[str]) -> FteLayout:
        """With the headings as this file writes them: case and signs may differ."""
        by_plain = {plain(head): head for head in own_heads(heads)}
        columns = {
            one: by_plain[plain(head)]
            for one, head in self.columns.items()
            if plain(head) in by_plain
        }
        return FteLayout(columns, self.has_point)


@dataclass(frozen=True)
class FteFault:
    """A cell that cannot be taken: of which field, by which rule, and what to do."""

    field: FteField | None
    rule: str
    text: str


@dataclass(frozen=True)
class FteSaid:
    """What a row says of somebody; FTE of zero is nobody's work."""

    line: int
    reference: str
    name: str
    fte: Decimal
    contracted: Decimal | None = None
    hours: Decimal | None = None
    absence: Decimal | None = None
    area: str = ""


def is_known(head: str) -> bool:
    """Whether a heading is a usual one."""
    return plain(head) in _MEANT


def guess(heads: Sequence[str], lines: Sequence[Line]) -> FteLayout:
    """What a file probably means: each field by the most usual heading it has."""
    by_plain = {plain(head): head for head in reversed(own_heads(heads))}
    found = {
        one: by_plain[name]
        for one, usual in _USUAL.items()
        if (name := next((each for each in usual if each in by_plain), ""))
    }
    cells = [
        (line.cells[list(heads).index(found[one])], most)
        for one, (most, _decimals) in _NUMBERS.items()
        if one in found
        for line in lines
    ]
    by_comma, by_point = (
        sum(_fits(cell, most, has_point=has_point) for cell, most in cells)
        for has_point in (False, True)
    )
    return FteLayout(found, by_point > by_comma)


def _fits(cell: Cell, most: Decimal, *, has_point: bool) -> bool:
    """Whether a cell is a number within its bounds: `0.800` is no eight hundred FTE."""
    number = number_of(cell, has_point=has_point)
    return number is not None and 0 <= number <= most


def read(
    line: Line, heads: Sequence[str], layout: FteLayout, month: Month
) -> tuple[FteSaid | None, list[FteFault]]:
    """What a row says; None where a cell of it cannot be taken."""
    row = _Row(line, heads, layout)
    numbers = {one: row.number(one) for one in _NUMBERS}
    area = row.text(FteField.AREA)
    if len(area) > _LONGEST_AREA:
        row.wrong(FteField.AREA, "BIL-253", _("An area has at most 60 signs. Shorten it."))
    row.check_month(month)
    reference, name = row.text(FteField.REFERENCE), row.text(FteField.NAME)
    if not reference and not name:
        where = FteField.REFERENCE if FteField.REFERENCE in layout.columns else FteField.NAME
        row.wrong(where, "BIL-251", _("Say who it is: the number or the name of your own person."))
    said = FteSaid(
        line.number,
        reference,
        name,
        numbers[FteField.FTE] or Decimal(0),
        numbers[FteField.CONTRACT],
        numbers[FteField.HOURS],
        numbers[FteField.ABSENCE],
        area,
    )
    return (None, row.faults) if row.faults else (said, [])


class _Row:
    def __init__(self, line: Line, heads: Sequence[str], layout: FteLayout) -> None:
        at = {head: place for place, head in enumerate(heads)}
        self._cells = {one: line.cells[at[head]] for one, head in layout.columns.items()}
        self._has_point = layout.has_point
        self.faults: list[FteFault] = []

    def wrong(self, of: FteField, rule: str, text: str) -> None:
        """Keep what is wrong, once."""
        fault = FteFault(of, rule, text)
        if fault not in self.faults:
            self.faults.append(fault)

    def _cell(self, of: FteField) -> Cell:
        cell = self._cells.get(of, "")
        if cell != UNCOMPUTED:
            return cell
        text = _("This cell holds a formula without an outcome. Save the file anew, or type it.")
        self.wrong(of, "BIL-253", text)
        return ""

    def text(self, of: FteField) -> str:
        """A cell as it is read."""
        return shown(self._cell(of)).strip()

    def number(self, of: FteField) -> Decimal | None:
        """A number within its bounds; an empty cell says nothing."""
        most, decimals = _NUMBERS[of]
        cell = self._cell(of)
        if cell == "":
            return None
        number = number_of(cell, has_point=self._has_point)
        if number is None:
            self.wrong(of, "BIL-253", _("Write a number such as 0,8 or 120."))
        elif not 0 <= number <= most:
            text = _("Write a number from 0 to %(most)s.") % {"most": str(most).replace(".", ",")}
            self.wrong(of, "BIL-253", text)
        elif -int(number.normalize().as_tuple().exponent) > decimals:
            text = _("Write at most %(most)s decimals.") % {"most": decimals}
            self.wrong(of, "BIL-253", text)
        return number

    def check_month(self, month: Month) -> None:
        """Where the row names a month, it is that of the report."""
        cell = self._cell(FteField.MONTH)
        if cell != "" and month_of(cell) != month:
            text = _("This row is about another month than the report, which is of %(month)s.")
            self.wrong(FteField.MONTH, "BIL-255", text % {"month": month_nl(month)})
