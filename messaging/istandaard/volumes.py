"""How much of an allocation may be declared: caps per line (TR321) and over its term (TR322).

Volumes are whole units of the allocation, eurocents for unit 83. Credits are subtracted by the
caller before anything is compared. Sources: IV076, IV077, IV078; the caps for frequency 1 and the
term total for frequency 4 are derived.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from hoofdaannemer.core.periods import Period

from .model.elements import Family

MINUTES: Final = "01"
HOURS: Final = "04"
EUROS: Final = "83"
OUTPUT_UNITS: Final = frozenset({"82", EUROS})
_DAILY, _WEEKLY, _TOTAL = "1", "2", "6"
_WEEKS_OF_A_MONTH: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocatedVolume:
    """What is allocated: `volume` units of `unit` per `frequency` over `period`."""

    family: Family
    category: str
    volume: int
    unit: str
    frequency: str
    period: Period

    @property
    def is_output(self) -> bool:
        return self.unit in OUTPUT_UNITS


def line_cap(allocated: AllocatedVolume, product_period: Period) -> int:
    """The most that one line over this product period may hold, in the allocated unit (TR321).

    Raises ValueError for an open-ended product period, and for a weekly volume without end date.
    """
    match allocated.frequency:
        case "1":
            return allocated.volume * product_period.days
        case "2":
            return _weekly_line_cap(allocated, product_period)
        case _:
            return allocated.volume


def term_cap(allocated: AllocatedVolume) -> int | None:
    """The most over the whole term, in the allocated unit (TR322); None where it never ends.

    Raises ValueError for a weekly volume without end date (CD076 asks for one).
    """
    if allocated.frequency == _TOTAL:
        return allocated.volume
    if allocated.frequency == _WEEKLY:
        weeks = _output_weeks if allocated.is_output else _iso_weeks
        return allocated.volume * weeks(allocated.period)
    if allocated.period.end is None:
        return None
    if allocated.frequency == _DAILY:
        return allocated.volume * allocated.period.days
    return allocated.volume * sum(1 for _month in allocated.period.months())


def _weekly_line_cap(allocated: AllocatedVolume, product_period: Period) -> int:
    if allocated.is_output:
        return allocated.volume * _output_weeks_in(allocated.period, product_period)
    if allocated.family == Family.WMO and allocated.category == "01":
        # Domestic help: six weeks whatever the month (IV077).
        return allocated.volume * _WEEKS_OF_A_MONTH
    return allocated.volume * _iso_weeks(product_period)


def _closed(period: Period) -> date:
    if period.end is None:
        raise ValueError("a weekly volume needs an end date")
    return period.end


def _iso_weeks(period: Period) -> int:
    """Weeks from Monday to Sunday that the period touches."""
    return (_monday(_closed(period)) - _monday(period.start)).days // 7 + 1


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _sundays(period: Period) -> int:
    # Day 1 of the calendar is a Monday, so Sundays are the multiples of seven.
    return _closed(period).toordinal() // 7 - (period.start.toordinal() - 1) // 7


def _output_weeks(allocated: Period) -> int:
    """Sundays, and one more where the last week is broken off.

    A term without a Sunday counts as one week: the standard leaves it open.
    """
    ends_on_sunday = _closed(allocated).isoweekday() == 7
    return max(_sundays(allocated) + (0 if ends_on_sunday else 1), 1)


def _output_weeks_in(allocated: Period, product_period: Period) -> int:
    sundays = _sundays(product_period)
    end = _closed(allocated)
    if end.isoweekday() == 7:
        return sundays
    last_sunday = end - timedelta(days=end.isoweekday())
    if last_sunday < allocated.start:
        return 1  # no Sunday in the term: one week, wherever the product period lies
    return sundays + (1 if product_period.contains(last_sunday) else 0)


def in_declared_unit(cap: int, declared_unit: str, allocated: AllocatedVolume) -> int:
    """A cap in the unit of the line: of allocated hours that are declared in minutes times 60."""
    if allocated.unit == HOURS and declared_unit == MINUTES:
        return cap * 60
    return cap
