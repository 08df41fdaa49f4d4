"""Reading the cells of one row of a file with running care, and gathering what is wrong."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.forms import read_number
from hoofdaannemer.core.numbers import is_bsn
from hoofdaannemer.core.periods import Period
from subcontracts.rules.csvfiles import Fault, day_of, is_digits
from subcontracts.rules.importfile import Line

#: Youth help and social support; what the file says of the law.
_LAWS: Final = ("jw", "wmo")
#: Who allocated it, as the file says; empty is the municipality.
MUNICIPALITY: Final = "gemeente"
MANDATE: Final = "mandaat"
TASK: Final = "taak"
_MOST_REFERENCE: Final = 40
_YEARS: Final = range(1900, 2200)
_MOST_NUMBER: Final = 999_999_999
_MOST_UNITS: Final = 99_999_999
_MOST_EUROS: Final = Decimal("99999999.99")


def bsn_of(text: str) -> str:
    """Nine digits: a spreadsheet drops the zeros in front."""
    return text.zfill(9) if is_digits(text) and len(text) in (8, 9) else text


def town_of(text: str) -> str:
    """Four digits, for the same reason."""
    return text.zfill(4) if is_digits(text) and len(text) == 3 else text


def product_of(line: Line) -> tuple[str, str]:
    """Category and code as they are written, two digits for the same reason again."""
    category, code = line["productcategorie"].upper(), line["productcode"].upper()
    return category.zfill(2) if is_digits(category) else category, code


class Cells:
    """Reads the cells of one row, and gathers what is wrong (IMP-01 to IMP-09)."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.faults: list[Fault] = []

    def wrong(self, column: str, rule: str, text: str) -> None:
        self.faults.append(Fault(column, rule, text))

    def text(self, column: str) -> str:
        return self._line[column]

    def needed(self, column: str, rule: str, text: str) -> str:
        if not self._line[column]:
            self.wrong(column, rule, text)
        return self._line[column]

    def law(self) -> str:
        law = self._line["wet"].lower()
        if law not in _LAWS:
            self.wrong("wet", "IMP-01", _("Write jw or wmo."))
        return law

    def town(self) -> str:
        town = town_of(self._line["gemeente"])
        if not (is_digits(town) and len(town) == 4):
            text = _("Write the code of the municipality, four digits such as 0307.")
            self.wrong("gemeente", "IMP-02", text)
        return town

    def bsn(self) -> str:
        bsn = bsn_of(self._line["bsn"])
        if not is_bsn(bsn):
            self.wrong("bsn", "IMP-03", _("This is not a BSN. Check the nine digits."))
        return bsn

    def who(self) -> tuple[str, str]:
        """BSN, or the reference of a client who has none; rules IMP-03 and IMP-35."""
        reference = self._line["kenmerk"]
        if not reference:
            return self.bsn(), ""
        if self._line["bsn"]:
            text = _("Fill in a BSN or a reference, not both.")
            self.wrong("kenmerk", "IMP-35", text)
        elif is_bsn(bsn_of(reference)):
            text = _("A reference is no BSN. Write the BSN in its own column, or choose another.")
            self.wrong("kenmerk", "IMP-35", text)
        elif len(reference) > _MOST_REFERENCE:
            text = _("A reference has at most 40 signs. Shorten it on both sheets.")
            self.wrong("kenmerk", "IMP-35", text)
        return "", reference

    def granted_by(self) -> str:
        """Who allocated it: the municipality, we under mandate, or nobody; rule IMP-36."""
        by = self._line["toegewezen_door"].lower() or MUNICIPALITY
        if by not in (MUNICIPALITY, MANDATE, TASK):
            text = _("Leave this empty for the municipality, or write mandaat or taak.")
            self.wrong("toegewezen_door", "IMP-36", text)
        return by

    def no_number(self) -> None:
        """Care that follows from a task has none; rule IMP-42."""
        if self._line["toewijzingsnummer"]:
            text = _("Under a task nothing has an allocation number. Clear this one.")
            self.wrong("toewijzingsnummer", "IMP-42", text)

    def day(self, column: str, *, needed: bool = False) -> date | None:
        text = self._line[column]
        found = day_of(text)
        is_day = found is not None and found.year in _YEARS
        if (text or needed) and not is_day:
            said = _("Write a day that exists, such as 22-11-2026, between 1900 and 2200.")
            self.wrong(column, "IMP-05", said)
        return found if is_day else None

    def period(self) -> Period | None:
        start, end = self.day("begindatum", needed=True), self.day("einddatum")
        if start and end and end < start:
            said = _("The last day cannot be before the first.")
            self.wrong("einddatum", "IMP-05", said)
            return None
        return Period(start, end) if start else None

    def number(self, column: str, *, needed: bool = False) -> int | None:
        text = self._line[column]
        if not text and not needed:
            return None
        if is_digits(text) and len(text) <= 9 and 0 < int(text) <= _MOST_NUMBER:
            return int(text)
        self.wrong(column, "IMP-06", _("Write the number in digits, at most nine."))
        return None

    def product(self, *, needed: bool = False) -> tuple[str, str]:
        category, code = product_of(self._line)
        if (category or needed) and not re.fullmatch("[0-9A-Z]{2}", category):
            text = _("Write the category of the product, two signs such as 45.")
            self.wrong("productcategorie", "IMP-07", text)
        if (code or needed) and not re.fullmatch("[0-9A-Z]{1,5}", code):
            text = _("Write the code of the product, at most five signs such as 45A04.")
            self.wrong("productcode", "IMP-07", text)
        elif code and not category:
            text = _("A code of a product comes with its category.")
            self.wrong("productcategorie", "IMP-07", text)
        return category, code

    def volume(self) -> int | None:
        text = self._line["volume"]
        if not text:
            return None
        number = read_number(text)
        if number is None or number % 1 or not 1 <= number <= _MOST_UNITS:
            said = _("Write a whole number from 1 to 99,999,999, such as 4.")
            self.wrong("volume", "IMP-08", said)
            return None
        return int(number)

    def amount(self, column: str, decimals: int, rule: str) -> Decimal | None:
        text = self._line[column]
        if not text:
            return None
        number = read_number(text)
        if number is None or not 0 < number <= _MOST_EUROS:
            self.wrong(column, rule, _("Write an amount such as 1.234,50."))
            return None
        if -int(number.normalize().as_tuple().exponent) > decimals:
            said = _("An amount has at most %(most)s decimals here.") % {"most": decimals}
            self.wrong(column, rule, said)
            return None
        return number
