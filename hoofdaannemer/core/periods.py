"""Periods of calendar days, both ends included; an empty end means open-ended.

In Python a `Period`, in queries `.in_force_on(day)`, in constraints `InclusiveDateRange`. Nobody
compares `start_date` and `end_date` by hand.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self, TypeVar

from django.contrib.postgres.fields import (
    BigIntegerRangeField,
    DateRangeField,
    RangeBoundary,
)
from django.db import models
from django.db.models import Expression, Func, Q

_MonthText = re.compile(r"([0-9]{4})-([0-9]{2})")
_QuarterText = re.compile(r"([0-9]{4})-Q([1-4])")
_YearText = re.compile(r"[0-9]{4}")

_ModelT_co = TypeVar("_ModelT_co", bound=models.Model, covariant=True)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month; months sort in time. Raises ValueError for a month that is none."""

    year: int
    month: int

    def __post_init__(self) -> None:
        date(self.year, self.month, 1)

    @classmethod
    def parse(cls, text: str) -> Month:
        """The month of `2026-03`. Raises ValueError for any other text."""
        if not (found := _MonthText.fullmatch(text)):
            raise ValueError("a month looks like 2026-03")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month in which a day falls."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    @property
    def period(self) -> Period:
        return Period(self.first, self.last)

    def next(self) -> Month:
        """The month after this one. Raises ValueError past the year 9999."""
        return self._plus(1)

    def previous(self) -> Month:
        """The month before this one. Raises ValueError before the year 1."""
        return self._plus(-1)

    def _plus(self, months: int) -> Month:
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, month + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, slots=True)
class Period:
    """Calendar days from `start` up to and including `end`; without `end` it goes on.

    Raises ValueError where the end lies before the start: forms and messages are checked before
    a period is made of them.
    """

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError("the period ends before it starts")

    @property
    def days(self) -> int:
        """Calendar days, both ends included. Raises ValueError for an open-ended period."""
        if self.end is None:
            raise ValueError("an open-ended period has no number of days")
        return (self.end - self.start).days + 1

    def contains(self, day: date) -> bool:
        return self.start <= day <= (self.end or date.max)

    def overlaps(self, other: Period) -> bool:
        return self.intersection(other) is not None

    def intersection(self, other: Period) -> Period | None:
        """The days that both have; `None` where they share none."""
        start = max(self.start, other.start)
        end = min(self.end or date.max, other.end or date.max)
        if end < start:
            return None
        both_open = self.end is None and other.end is None
        return Period(start, None if both_open else end)

    def each_day(self) -> Iterator[date]:
        """Every day in order. Raises ValueError for an open-ended period."""
        return (self.start + timedelta(days=passed) for passed in range(self.days))

    def months(self) -> Iterator[Month]:
        """The months the period touches, in order; of an open-ended period without end."""
        month = Month.of(self.start)
        while self.end is None or month.first <= self.end:
            yield month
            month = month.next()


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month where it is shorter.

    Raises ValueError past the year 9999.
    """
    month = Month.of(day)._plus(months)
    return date(month.year, month.month, min(day.day, month.last.day))


def parse_period(text: str) -> Period:
    """The period of `2026-03`, `2026-Q1` or `2026`. Raises ValueError for any other text."""
    if found := _QuarterText.fullmatch(text):
        year, last_month = int(found[1]), int(found[2]) * 3
        return Period(Month(year, last_month - 2).first, Month(year, last_month).last)
    if _YearText.fullmatch(text):
        return Period(Month(int(text), 1).first, Month(int(text), 12).last)
    if _MonthText.fullmatch(text):
        return Month.parse(text).period
    raise ValueError("a period looks like 2026-03, 2026-Q1 or 2026")


class InForceQuerySet(models.QuerySet[_ModelT_co]):
    """For models with `start_date` and an `end_date` that is empty while it goes on."""

    def in_force_on(self, day: date) -> Self:
        return self.filter(Q(end_date=None) | Q(end_date__gte=day), start_date__lte=day)

    def in_force_during(self, period: Period) -> Self:
        """Rows that share at least one day with the period."""
        rows = self.filter(Q(end_date=None) | Q(end_date__gte=period.start))
        return rows if period.end is None else rows.filter(start_date__lte=period.end)


class InclusiveDateRange(Func):
    """`daterange(start_date, end_date, '[]')`, for exclusion constraints."""

    function = "daterange"
    output_field = DateRangeField()

    def __init__(self, start: str = "start_date", end: str = "end_date") -> None:
        super().__init__(start, end, RangeBoundary(inclusive_lower=True, inclusive_upper=True))


class SameId(Func):
    """`int8range(id, id, '[]')`: overlaps exactly where the ids are equal.

    The embedded PostgreSQL has no btree_gist for a plain "=". Not for a column that may be empty:
    a range without bounds overlaps every other.
    """

    function = "int8range"
    output_field = BigIntegerRangeField()

    def __init__(self, field: str | Expression) -> None:
        super().__init__(field, field, RangeBoundary(inclusive_lower=True, inclusive_upper=True))
