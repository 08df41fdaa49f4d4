"""Products as a file, CSV or a spreadsheet: read cell by cell, without the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from subcontracts.rules.csvfiles import Fault, is_digits
from subcontracts.rules.tablefile import Cells, filled_rows

COLUMNS: Final = ("wet", "productcategorie", "productcode", "naam", "eenheid")
#: How the law is written in a file.
FAMILIES: Final = {"jeugdwet": "jw", "jw": "jw", "wmo": "wmo"}
_CATEGORY_DIGITS, _CODE_SIGNS, _NAME_SIGNS = 2, 5, 80


@dataclass(frozen=True)
class ProductRow:
    """One product; `family` is `jw` or `wmo`, `unit` a code of list WJ756."""

    family: str
    category: str
    code: str
    name: str
    unit: str


@dataclass(frozen=True)
class Line:
    """A row of the file: its number as a spreadsheet counts, its cells, and what it says."""

    number: int
    cells: Cells
    said: ProductRow | None
    #: Everything that is wrong with it, cell by cell.
    faults: Sequence[Fault]


def lines(raw: bytes, units: Mapping[str, str]) -> list[Line]:
    """The rows of a file that say something; `units` are codes with their names.

    Raises as `tablefile.filled_rows`.
    """
    # One sign more than a name may have, so that a longer one is told and not cut off.
    rows = filled_rows(raw, COLUMNS, COLUMNS, longest=_NAME_SIGNS + 1)
    return [_line(number, cells, units) for number, cells in rows]


def _line(number: int, cells: Cells, units: Mapping[str, str]) -> Line:
    unit = _unit(cells["eenheid"], units)
    said = ProductRow(
        FAMILIES.get(cells["wet"].lower(), ""),
        # A spreadsheet takes 02 for a number.
        cells["productcategorie"].zfill(_CATEGORY_DIGITS),
        cells["productcode"].upper(),
        cells["naam"],
        unit,
    )
    faults = list(_faults(said))
    return Line(number, cells, None if faults else said, faults)


def _unit(text: str, units: Mapping[str, str]) -> str:
    """The code of a unit that is written as code or by name; empty for anything else."""
    if text.zfill(2) in units:
        return text.zfill(2)
    by_name = {name.casefold(): code for code, name in units.items()}
    return by_name.get(text.casefold(), "")


def _faults(said: ProductRow) -> Iterator[Fault]:
    if not said.family:
        yield Fault("wet", "CON-213", _("Write Jeugdwet or Wmo."))
    if not is_digits(said.category) or len(said.category) != _CATEGORY_DIGITS:
        yield Fault("productcategorie", "CON-214", _("A product category has two digits."))
    if not (said.code.isascii() and said.code.isalnum() and len(said.code) == _CODE_SIGNS):
        yield Fault("productcode", "CON-215", _("A product code has five letters or digits."))
    if not said.name:
        yield Fault("naam", "CON-216", _("Fill in what the product is called."))
    elif len(said.name) > _NAME_SIGNS:
        yield Fault("naam", "CON-216", _("A name has at most 80 signs."))
    if not said.unit:
        yield Fault("eenheid", "CON-217", _("Write a unit as its code or name, such as 04 or uur."))
