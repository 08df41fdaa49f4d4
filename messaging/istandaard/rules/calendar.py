"""Comparing dates with terms of months and years, also where the result is no date."""

from __future__ import annotations

from calendar import isleap
from datetime import date
from typing import Final

CalendarDay = tuple[int, int, int]

_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def plus_months(day: date, months: int) -> CalendarDay:
    """Year, month and day that many months later; a day that the month lacks is its last.

    A tuple, since 120 years after a date, or 5 before it, may lie outside what Python holds.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = 29 if month == 1 and isleap(year) else _DAYS[month]
    return (year, month + 1, min(day.day, last))


def calendar_day(day: date) -> CalendarDay:
    return (day.year, day.month, day.day)


def last_day_of_month(day: date) -> int:
    return 29 if day.month == 2 and isleap(day.year) else _DAYS[day.month - 1]
