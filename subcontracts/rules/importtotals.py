"""Control totals that an earlier administration gives, and ours beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.forms import read_number
from hoofdaannemer.core.money import ZERO
from subcontracts.rules.csvfiles import is_digits
from subcontracts.rules.importcolumns import ALLOCATIONS, PLACEMENTS, TOTALS
from subcontracts.rules.importfile import Line
from subcontracts.rules.importreading import town_of

#: What a total may count, in the order of the sheet.
COUNTED: Final = ("clienten", "toewijzingen", "plaatsingen", "volume", "bedrag")
#: By what it may choose.
CHOSEN_BY: Final = ("gemeente", "uitvoerder", "productcategorie", "productcode", "jaar")
#: A total as it is kept: its row in the file, and the cells that are filled in.
Kept = Mapping[str, str]


def kept_of(lines: Sequence[Line]) -> list[Kept]:
    """The totals of the file. Raises RuleError IMP-12 for a cell that is wrong, with its place."""
    return [_kept(line) for line in lines]


def _kept(line: Line) -> Kept:
    cells = {name: line[name] for name in (*CHOSEN_BY, *COUNTED) if line[name]}
    if "gemeente" in cells:
        cells["gemeente"] = town_of(cells["gemeente"])
    for name in COUNTED:
        number = read_number(cells[name]) if name in cells else Decimal(0)
        if number is None or number < 0 or (name != "bedrag" and number % 1):
            raise _wrong(line, name, _("Write a number such as 12, or an amount such as 1.234,50."))
    if "jaar" in cells and not (is_digits(cells["jaar"]) and len(cells["jaar"]) == 4):
        raise _wrong(line, "jaar", _("Write the year in four digits."))
    if not any(name in cells for name in COUNTED):
        raise _wrong(line, COUNTED[0], _("Fill in at least one number to compare with."))
    return {"rij": str(line.number), **cells}


def _wrong(line: Line, column: str, text: str) -> RuleError:
    said = _("Sheet %(sheet)s, row %(row)s, column %(column)s: %(text)s")
    about = {"sheet": TOTALS, "row": line.number, "column": column, "text": text}
    return RuleError("IMP-12", said % about)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A row that was taken over or is known, as far as totals choose and count by it."""

    sheet: str
    municipality: str
    #: Number of the subcontract, and the name of who delivers.
    providers: tuple[str, ...] = ()
    category: str
    code: str
    client: bytes
    volume: int
    amounts: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Compared:
    """One number of the earlier administration beside ours."""

    row: int
    chosen: str
    counted: str
    theirs: Decimal
    ours: Decimal

    @property
    def difference(self) -> Decimal:
        """Ours minus theirs."""
        return self.ours - self.theirs


def compared(totals: Iterable[Kept], rows: Sequence[Counted]) -> list[Compared]:
    """Each number of each total beside what we count of the same selection."""
    found = []
    for total in totals:
        chosen = [row for row in rows if _is_chosen(total, row)]
        about = ", ".join(f"{name} {total[name]}" for name in CHOSEN_BY if name in total)
        for name in COUNTED:
            if name in total:
                theirs = read_number(total[name]) or ZERO
                ours = _count(name, total, chosen)
                found.append(Compared(int(total["rij"]), about, name, theirs, ours))
    return found


def _is_chosen(total: Kept, row: Counted) -> bool:
    provider = total.get("uitvoerder", "").casefold()
    return (
        total.get("gemeente", row.municipality) == row.municipality
        and (not provider or provider in {one.casefold() for one in row.providers})
        and total.get("productcategorie", row.category).upper() == row.category
        and total.get("productcode", row.code).upper() == row.code
    )


def _count(name: str, total: Kept, rows: Iterable[Counted]) -> Decimal:
    """Clients and volume are of placements where the total chooses by who delivers."""
    of_placements = [row for row in rows if row.sheet == PLACEMENTS]
    of_allocations = [row for row in rows if row.sheet == ALLOCATIONS]
    either = of_placements if "uitvoerder" in total else of_allocations
    if name == "clienten":
        return Decimal(len({row.client for row in either}))
    if name == "toewijzingen":
        return Decimal(len(of_allocations))
    if name == "plaatsingen":
        return Decimal(len(of_placements))
    if name == "volume":
        return Decimal(sum(row.volume for row in either))
    year = int(total["jaar"]) if "jaar" in total else None
    amounts = (row.amounts for row in of_placements)
    return sum((amount for one in amounts for y, amount in one.items() if year in (None, y)), ZERO)
