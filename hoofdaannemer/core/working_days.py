"""Working days: Monday to Friday without the Dutch statutory holidays.

5 May is a day off every year. The yearly decree days of the civil service count as days off only
where `settings.DECREE_DAYS_ARE_FREE` says so, since the message standard does not settle it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

import holidays
from django.conf import settings


@lru_cache(maxsize=256)
def _statutory(year: int) -> frozenset[date]:
    # The library keeps 5 May outside its "public" category, except in lustrum years.
    return frozenset(holidays.country_holidays("NL", years=year, categories=("public", "optional")))


@lru_cache(maxsize=8)
def _days(texts: tuple[str, ...]) -> frozenset[date]:
    return frozenset(date.fromisoformat(text) for text in texts)


@lru_cache(maxsize=256)
def _bank_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.financial_holidays("ECB", years=year))


def _is_decree_day_off(day: date) -> bool:
    if not settings.DECREE_DAYS_ARE_FREE:
        return False
    texts: Sequence[str] = settings.DECREE_DAYS
    return day in _days(tuple(texts))


def is_working_day(day: date) -> bool:
    """Whether offices work on this day; Saturdays and Sundays never are working days."""
    return day.weekday() < 5 and day not in _statutory(day.year) and not _is_decree_day_off(day)


def is_bank_day(day: date) -> bool:
    """Whether a payment can be carried out: a working day on which the euro system is open too.

    1 May is a working day in the Netherlands, and none for payments in euros.
    """
    return is_working_day(day) and day not in _bank_holidays(day.year)


def end_of_term(day: date) -> date:
    """The last day of a term of law that would end on a day.

    On a Saturday, Sunday or recognised public holiday it goes on to the next day that is none of
    these (Algemene termijnenwet, article 1). Good Friday counts as such a holiday, and so do the
    days that a royal decree puts on a par (article 3): `settings.DECREE_DAYS`, whether or not the
    terms of the message standard skip them.
    """
    decree = _days(tuple(settings.DECREE_DAYS))
    while day.weekday() >= 5 or day in _statutory(day.year) or day in decree:
        day += timedelta(days=1)
    return day


def add_working_days(day: date, n: int) -> date:
    """The nth working day after a day (before it where n is negative); the day itself for 0.

    The day of the event does not count. Check: Wednesday 2026-05-13 plus 5 is 2026-05-21, or
    2026-05-22 where decree days are days off.
    """
    step = timedelta(days=1 if n >= 0 else -1)
    left = abs(n)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def next_working_day(day: date) -> date:
    """The day itself where it is a working day, otherwise the first one after it."""
    return day if is_working_day(day) else add_working_days(day, 1)


def working_days_between(a: date, b: date) -> int:
    """Working days after `a` up to and including `b`; negative where `b` lies before `a`.

    The twin of `add_working_days`: `working_days_between(day, add_working_days(day, n)) == n`.
    """
    if b < a:
        # Counted from the later day back, so that a day too late is minus one, not zero.
        return -sum(is_working_day(b + timedelta(days=passed)) for passed in range((a - b).days))
    return sum(is_working_day(a + timedelta(days=passed + 1)) for passed in range((b - a).days))
