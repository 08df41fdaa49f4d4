"""What a cell of a table says where one knows what to expect: a number, a day, a month."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from hoofdaannemer.core.forms import read_number
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.sheets import Cell

#: Day 0 of a spreadsheet, and the numbers that may be days: 1954 to 2119.
_DAY_ZERO: Final = date(1899, 12, 30)
_DAY_NUMBERS: Final = range(20_000, 80_001)
_POINT: Final = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")
_PARTS: Final = re.compile(r"([0-9]{1,4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,4})")
_COMPACT: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_NAMED: Final = re.compile(r"([0-9]{1,2})[-. ]+([a-z]{3,9})[-. ]+([0-9]{2,4})")
_CLOCK: Final = re.compile(r"[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?Z?$")
_YEAR_MONTH: Final = re.compile(r"([0-9]{4})[-/ ]?([0-9]{2})")
_MONTH_YEAR: Final = re.compile(r"([0-9]{1,2})[-/ ]([0-9]{4})")
_NAMED_MONTH: Final = re.compile(r"([a-z]{3,9})[-.' ]+([0-9]{2,4})")
_MONTHS: Final = (
    "jan",
    "feb",
    "maa",
    "apr",
    "mei",
    "jun",
    "jul",
    "aug",
    "sep",
    "okt",
    "nov",
    "dec",
)
_OTHERWISE: Final = {"mrt": 3, "mar": 3, "may": 5, "oct": 10}
_YEARS: Final = range(1900, 2200)
_LONGEST: Final = 30


def number_of(cell: Cell, *, has_point: bool) -> Decimal | None:
    """A number, with a comma before the decimals or with a point; None for anything else.

    `1.234,50`, `€ 12`, `12,50-` and, with a point, `1,234.50`.
    """
    if isinstance(cell, Decimal):
        return cell
    if isinstance(cell, date) or len(cell) > _LONGEST:
        return None
    text = re.sub(r"[\s\u00a0\u202f€]|EUR", "", cell)
    if text.endswith("-"):
        text = f"-{text[:-1]}"
    if not has_point:
        return read_number(text)
    return Decimal(text.replace(",", "")) if _POINT.fullmatch(text) else None


def day_of(cell: Cell, *, month_first: bool = False) -> date | None:
    """A day: of the spreadsheet, `22-11-2026`, `22/11/26`, `2026-11-22`, `20261122`, `22 nov 2026`.

    `month_first` reads `11/22/2026`. None for anything else, and for days outside 1900 to 2199.
    """
    if isinstance(cell, date):
        return cell if cell.year in _YEARS else None
    if isinstance(cell, Decimal):
        return _numbered(cell)
    text = _CLOCK.sub("", cell.strip().lower().replace("t00:00", " 00:00"))
    if text.isascii() and text.isdigit() and len(text) == 5:
        return _numbered(Decimal(text))
    if found := _COMPACT.fullmatch(text):
        return _day(*(int(part) for part in found.groups()))
    if found := _NAMED.fullmatch(text):
        return _day(_year(found[3]), _month_number(found[2]), int(found[1]))
    if found := _PARTS.fullmatch(text):
        first, second, third = found.groups()
        if len(first) == 4:
            return _day(int(first), int(second), int(third))
        day, month = (second, first) if month_first else (first, second)
        return _day(_year(third), int(month), int(day))
    return None


def month_of(cell: Cell) -> Month | None:
    """A month: `2026-10`, `10-2026`, `oktober 2026`, `okt-26`, `202610`, or the month of a day."""
    if isinstance(cell, str):
        text = cell.strip().lower()
        if found := _YEAR_MONTH.fullmatch(text):
            return _month(int(found[1]), int(found[2]))
        if found := _MONTH_YEAR.fullmatch(text):
            return _month(int(found[2]), int(found[1]))
        if found := _NAMED_MONTH.fullmatch(text):
            return _month(_year(found[2]), _month_number(found[1]))
    elif isinstance(cell, Decimal) and (found := _YEAR_MONTH.fullmatch(f"{cell:f}")):
        return _month(int(found[1]), int(found[2]))
    day = day_of(cell)
    return Month.of(day) if day else None


def _numbered(number: Decimal) -> date | None:
    is_day = number == int(number) and int(number) in _DAY_NUMBERS
    if is_day:
        return _DAY_ZERO + timedelta(days=int(number))
    found = _COMPACT.fullmatch(f"{number:f}")
    return _day(*(int(part) for part in found.groups())) if found else None


def _year(text: str) -> int:
    return 2000 + int(text) if len(text) == 2 else int(text)


def _month_number(name: str) -> int:
    """Of a Dutch month or its first three letters; 0 for anything else."""
    short = name[:3]
    return _MONTHS.index(short) + 1 if short in _MONTHS else _OTHERWISE.get(short, 0)


def _month(year: int, month: int) -> Month | None:
    return Month(year, month) if year in _YEARS and 1 <= month <= 12 else None


def _day(year: int, month: int, day: int) -> date | None:
    if year not in _YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
