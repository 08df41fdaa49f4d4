"""Moments at which an arrangement is set up and its care happens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import accumulate
from typing import Final

from django.utils import timezone

from hoofdaannemer.core.working_days import is_working_day, next_working_day

#: Days before its first day on which a municipal contract is recorded.
SETTING_UP: Final = 30


def at(day: date, hour: int = 9) -> datetime:
    """That hour of a day in Europe/Amsterdam."""
    return timezone.make_aware(datetime.combine(day, time(hour)))


def in_turn(days: Iterable[date]) -> Iterator[date]:
    """The days on which steps can be done one after the other: none before the one before it."""
    return accumulate(days, max)


def office_day(day: date) -> date:
    """The day itself, or the first working day after it."""
    return day if is_working_day(day) else next_working_day(day)
