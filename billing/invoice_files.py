"""Lines of an invoice as a table, CSV or Excel: one row a line, columns known by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from billing.services.invoices import PLACES, InvoicedLine
from hoofdaannemer.core import sheets, workbooks
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO, round_to
from hoofdaannemer.core.sheetcells import day_of, number_of
from hoofdaannemer.core.sheets import Cell, Line

#: Names of columns, in small letters: the first stands in the template.
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "reference": ("kenmerk", "indicatie", "bepaling", "beschikking", "indicatienummer"),
    "client": ("cliënt", "client", "cliëntnummer", "clientnummer", "bsn"),
    "product": ("product", "productcode"),
    "start": ("van", "begin", "begindatum", "startdatum", "datum van"),
    "end": ("tot en met", "t/m", "tot", "eind", "einddatum", "datum tot"),
    "quantity": ("aantal", "volume", "hoeveelheid"),
    "price": ("prijs", "tarief", "stuksprijs"),
    "amount": ("bedrag", "regelbedrag", "totaal", "bedrag excl. btw"),
    "vat": ("btw", "btw-bedrag", "bedrag btw"),
    "credits": ("crediteert", "creditering van", "vorige factuur/regel"),
}
_OF: Final = {name: field for field, names in _COLUMNS.items() for name in names}
_MOST: Final = Decimal(10) ** 9
_NEEDED: Final = ("start", "end", "quantity", "price", "amount")


def template() -> bytes:
    """A workbook with the names of the columns, and an example below them."""
    heads = [names[0] for names in _COLUMNS.values()]
    day = date(2026, 1, 1), date(2026, 1, 31)
    price = Decimal("80.00")
    row = ["B-2026-17", "", "", *day, Decimal(3), price, 3 * price, "", ""]
    return workbooks.book({_("Invoice lines"): [heads, row]})


def read(raw: bytes) -> list[InvoicedLine]:
    """The lines of a table. Raises RuleError INV-21 with the row and column that cannot be read."""
    try:
        sheet = sheets.read(raw, lambda head: _field(head) != "")
    except sheets.UnreadableError as error:
        raise RuleError("INV-21", str(error)) from error
    places = {_field(head): place for place, head in enumerate(sheet.heads) if _field(head)}
    if lacking := [_COLUMNS[name][0] for name in _NEEDED if name not in places]:
        raise RuleError(
            "INV-21", _("These columns are missing: %(names)s.") % {"names": ", ".join(lacking)}
        )
    return [_line(_Row(line, places, sheet.heads)) for line in sheet.lines]


def _field(head: str) -> str:
    return _OF.get(" ".join(head.casefold().split()), "")


@dataclass(frozen=True)
class _Row:
    """One row, whose cells are read by the field that their column is for."""

    line: Line
    places: Mapping[str, int]
    heads: Sequence[str]

    def cell(self, name: str) -> Cell:
        return self.line.cells[self.places[name]] if name in self.places else ""

    def text(self, name: str) -> str:
        return sheets.shown(self.cell(name)).strip()

    def number(self, name: str, places: int = 2) -> Decimal:
        found = number_of(self.cell(name), has_point=False)
        if found is None or abs(found) >= _MOST:
            raise self._wrong(name)
        return round_to(found, places)

    def day(self, name: str) -> date:
        found = day_of(self.cell(name))
        if found is None:
            raise self._wrong(name)
        return found

    def _wrong(self, name: str) -> RuleError:
        return RuleError(
            "INV-21",
            _("Row %(row)s, column %(column)s: “%(text)s” cannot be read.")
            % {
                "row": self.line.number,
                "column": self.heads[self.places[name]],
                "text": self.text(name)[:40],
            },
        )


def _line(row: _Row) -> InvoicedLine:
    return InvoicedLine(
        reference=row.text("reference"),
        client=row.text("client"),
        product=row.text("product"),
        start=row.day("start"),
        end=row.day("end"),
        quantity=row.number("quantity", PLACES),
        price=row.number("price", PLACES),
        amount=row.number("amount"),
        vat=row.number("vat") if row.text("vat") else ZERO,
        credits=row.text("credits"),
    )
