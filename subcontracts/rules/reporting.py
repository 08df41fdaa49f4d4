"""When a report is due: periods of a rhythm, one after the other, each with one due day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import count
from types import MappingProxyType
from typing import Final

from hoofdaannemer.core.periods import Period, add_months
from hoofdaannemer.core.working_days import add_working_days, is_working_day


class Rhythm(StrEnum):
    """How often; of reports, and but for the last of payments too."""

    WEEK = "week"
    TWO_WEEKS = "two_weeks"
    MONTH = "month"
    TWO_MONTHS = "two_months"
    QUARTER = "quarter"
    TRIMESTER = "trimester"
    HALF_YEAR = "half_year"
    YEAR = "year"
    ON_REQUEST = "on_request"


_DAYS: Final = MappingProxyType({Rhythm.WEEK: 7, Rhythm.TWO_WEEKS: 14})
_MONTHS: Final = MappingProxyType(
    {
        Rhythm.MONTH: 1,
        Rhythm.TWO_MONTHS: 2,
        Rhythm.QUARTER: 3,
        Rhythm.TRIMESTER: 4,
        Rhythm.HALF_YEAR: 6,
        Rhythm.YEAR: 12,
    }
)


@dataclass(frozen=True, kw_only=True)
class Duty:
    """What decides when reports are due.

    `first` is the first day of the first period; no period begins after `last`. The days are
    counted from the last day of a period.
    """

    rhythm: Rhythm
    first: date
    last: date | None = None
    days: int = 0
    in_working_days: bool = False


@dataclass(frozen=True)
class Due:
    """One period, and the day on which its report is due."""

    period: Period
    day: date


def periods(duty: Duty) -> Iterator[Period]:
    """The periods in order, without a gap; without end where the duty has none.

    None for what is told on request only.
    """
    if duty.rhythm is Rhythm.ON_REQUEST:
        return
    for number in count():
        start = _start(duty, number)
        if duty.last is not None and start > duty.last:
            return
        yield Period(start, _start(duty, number + 1) - timedelta(days=1))


def _start(duty: Duty, number: int) -> date:
    """Counted from the first day each time: months of unequal length make no drift."""
    if days := _DAYS.get(duty.rhythm):
        return duty.first + timedelta(days=days * number)
    return add_months(duty.first, _MONTHS[duty.rhythm] * number)


def due_day(duty: Duty, period: Period) -> date:
    """The day on which the report of a period is due, always a working day.

    A term in calendar days that ends on a day off ends on the working day before it: the law that
    moves terms on (Algemene termijnenwet) is not about terms of a contract. Raises ValueError for
    an open-ended period.
    """
    if period.end is None:
        raise ValueError("an open-ended period has no report")
    if duty.in_working_days and duty.days:
        return add_working_days(period.end, duty.days)
    day = period.end + timedelta(days=duty.days)
    return day if is_working_day(day) else add_working_days(day, -1)


def dues(duty: Duty, *, until: date) -> Iterator[Due]:
    """What is due up to and including a day, in order."""
    for period in periods(duty):
        # A term never ends before its period by more than the days off around it.
        if period.start > until:
            return
        day = due_day(duty, period)
        if day > until:
            return
        yield Due(period, day)
