"""What a row of a declaration file says, and which of its cells cannot be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from billing.rules.filecolumns import Field, Layout
from billing.rules.pxq import Unit
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.sheetcells import day_of, month_of, number_of
from hoofdaannemer.core.sheets import UNCOMPUTED, Cell, Line, shown
from subcontracts.rules.csvfiles import is_digits

#: What people write for a unit; pieces are of the kind that was agreed.
PIECES: Final = "pieces"
_UNITS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("uur", "uren", "u", "hour", "hours"), Unit.HOUR),
    **dict.fromkeys(("minuut", "minuten", "min", "minutes"), Unit.MINUTE),
    **dict.fromkeys(("etmaal", "etmalen", "dag", "dagen"), Unit.DAY_AND_NIGHT),
    **dict.fromkeys(("dagdeel", "dagdelen"), Unit.DAY_PART),
    **dict.fromkeys(("stuk", "stuks", "st"), PIECES),
    **dict.fromkeys(("euro", "euros", "euro's", "eur", "€"), Unit.EURO),
}
_CREDIT: Final = frozenset({"c", "credit", "ja", "j", "x", "1", "true", "waar"})
_DEBIT: Final = frozenset({"", "d", "debet", "debit", "nee", "n", "0", "false", "onwaar"})
_LONGEST_REFERENCE: Final = 20
_MOST_EUROS: Final = Decimal("99999999.99")
_MOST_UNITS: Final = 99_999_999


@dataclass(frozen=True)
class Fault:
    """A cell that cannot be read: of which field, by which rule, and what to do."""

    field: Field | None
    rule: str
    text: str


@dataclass(frozen=True)
class Said:
    """What a row says; what it leaves open is None or empty, and follows from the placement.

    Volumes are in `unit` and amounts in euros, all positive, also of a credit.
    """

    line: int
    number: int
    product: str = ""
    month: Month | None = None
    start: date | None = None
    end: date | None = None
    volume: Decimal | None = None
    unit: str = ""
    tariff: Decimal | None = None
    amount: Decimal | None = None
    reference: str = ""
    is_credit: bool = False
    previous: str = ""
    birth_date: date | None = None
    surname: str = ""
    main: str = ""


class RowReader:
    """Reads rows of one file, whose headings and layout stay the same."""

    def __init__(self, heads: Sequence[str], layout: Layout) -> None:
        self._layout = layout
        at = {head: place for place, head in enumerate(heads)}
        self._places = {one: at[head] for one, head in layout.columns.items() if head in at}

    def read(self, line: Line) -> tuple[Said | None, list[Fault]]:
        """What the row says; None where a cell of it cannot be read."""
        cells = _Cells(line, self._places, self._layout)
        said = cells.said()
        return (None, cells.faults) if cells.faults else (said, [])


class _Cells:
    def __init__(self, line: Line, places: Mapping[Field, int], layout: Layout) -> None:
        self._line = line
        self._places = places
        self._layout = layout
        self.faults: list[Fault] = []

    def said(self) -> Said:
        volume, amount = self._volume(), self._number(Field.AMOUNT, 2)
        is_credit = self._is_credit(volume, amount)
        start, end = self._day(Field.START), self._day(Field.END)
        if start and end and end < start:
            text = _("The last day cannot be before the first.")
            self._wrong(Field.END, "BIL-145", text)
        return Said(
            line=self._line.number,
            number=self._placement(),
            product=self._text(Field.PRODUCT).split(" ")[0].upper(),
            month=self._month(),
            start=start,
            end=end,
            volume=None if volume is None else abs(volume),
            unit=self._unit(),
            tariff=self._number(Field.TARIFF, 4),
            amount=None if amount is None else abs(amount),
            reference=self._reference(Field.REFERENCE, needed=not is_credit),
            is_credit=is_credit,
            previous=self._reference(Field.PREVIOUS),
            birth_date=self._day(Field.BIRTH_DATE),
            surname=self._text(Field.SURNAME),
            main=self._text(Field.MAIN),
        )

    def _wrong(self, field: Field, rule: str, text: str) -> None:
        fault = Fault(field, rule, text)
        if fault not in self.faults:  # a cell may be asked for more than once
            self.faults.append(fault)

    def _cell(self, field: Field) -> Cell:
        place = self._places.get(field)
        cell = "" if place is None else self._line.cells[place]
        if cell != UNCOMPUTED:
            return cell
        text = _("This cell holds a formula without an outcome. Save the file anew, or type it.")
        self._wrong(field, "BIL-144", text)
        return ""

    def _text(self, field: Field) -> str:
        cell = self._cell(field)
        return shown(cell).strip()

    def _placement(self) -> int:
        text = self._text(Field.NUMBER).replace(" ", "")
        if is_digits(text) and len(text) <= 9 and int(text):
            return int(text)
        said = _("Write the number of the placement in digits, as it was sent to you.")
        self._wrong(Field.NUMBER, "BIL-143", said)
        return 0

    def _day(self, field: Field) -> date | None:
        cell = self._cell(field)
        found = day_of(cell, month_first=self._layout.month_first)
        if cell != "" and found is None:
            text = _("Write a day that exists, such as 22-11-2026.")
            self._wrong(field, "BIL-145", text)
        return found

    def _month(self) -> Month | None:
        cell = self._cell(Field.MONTH)
        found = month_of(cell)
        if cell != "" and found is None:
            text = _("Write a month such as 2026-10 or oktober 2026.")
            self._wrong(Field.MONTH, "BIL-145", text)
        elif Field.START not in self._places and found is None:
            field = Field.MONTH if Field.MONTH in self._places else Field.NUMBER
            text = _("Say in which month or on which days the care was given.")
            self._wrong(field, "BIL-145", text)
        elif Field.MONTH not in self._places and self._cell(Field.START) == "":
            text = _("Say in which month or on which days the care was given.")
            self._wrong(Field.START, "BIL-145", text)
        return found

    def _number(self, field: Field, decimals: int) -> Decimal | None:
        cell = self._cell(field)
        if cell == "":
            return None
        number = number_of(cell, has_point=self._layout.has_point)
        if number is None or abs(number) > _MOST_EUROS:
            text = _("Write an amount such as 1.234,50.")
        elif -int(number.normalize().as_tuple().exponent) > decimals:
            text = _("An amount has at most %(most)s decimals here.") % {"most": decimals}
        else:
            return number
        self._wrong(field, "BIL-146", text)
        return None

    def _volume(self) -> Decimal | None:
        cell = self._cell(Field.VOLUME)
        number = number_of(cell, has_point=self._layout.has_point)
        if cell == "" and Field.VOLUME in self._places and not self._text(Field.PREVIOUS):
            text = _("Fill in how much care was given.")
        elif cell != "" and (number is None or abs(number) > _MOST_UNITS):
            text = _("Write a number such as 12 or 2,5.")
        else:
            return number
        self._wrong(Field.VOLUME, "BIL-147", text)
        return None

    def _unit(self) -> str:
        text = self._text(Field.UNIT).lower()
        if not text:
            return self._layout.unit
        if is_digits(text) and text.zfill(2) in [unit.value for unit in Unit]:
            return text.zfill(2)
        if text not in _UNITS:
            said = _("Write a unit such as uur, minuten, etmaal or dagdeel, or its code.")
            self._wrong(Field.UNIT, "BIL-148", said)
        return _UNITS.get(text, "")

    def _reference(self, field: Field, *, needed: bool = False) -> str:
        text = self._text(field)
        if len(text) > _LONGEST_REFERENCE:
            self._wrong(field, "BIL-149", _("A reference has at most 20 signs. Shorten it."))
        elif needed and not text and field in self._places:
            self._wrong(field, "BIL-149", _("Fill in the reference of this line."))
        return text

    def _is_credit(self, volume: Decimal | None, amount: Decimal | None) -> bool:
        text = self._text(Field.CREDIT).lower()
        if text not in _CREDIT | _DEBIT:
            said = _("Write C where the line takes an earlier one back, and nothing elsewhere.")
            self._wrong(Field.CREDIT, "BIL-150", said)
        is_negative = (volume is not None and volume < 0) or (amount is not None and amount < 0)
        can_credit = Field.CREDIT in self._places or Field.PREVIOUS in self._places
        if is_negative and not can_credit:
            said = _(
                "A number below zero takes an earlier line back. Point out in which column the"
                " reference of that line stands, or which one says that it is a credit."
            )
            field = Field.VOLUME if volume is not None and volume < 0 else Field.AMOUNT
            self._wrong(field, "BIL-150", said)
        return text in _CREDIT or is_negative or bool(self._text(Field.PREVIOUS))
