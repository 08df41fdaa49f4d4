"""Paying late: the term towards a supplier, and the interest once it has passed.

A large company pays a smaller one within thirty days (BW 6:119a, fifth paragraph), or within what
both agreed; after that the statutory interest for trade runs by itself, day by day. An amount that
stands for a whole year bears interest on its interest; nobody waits here as long as that, so it is
left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final

from hoofdaannemer.core.money import round_exact

#: Calendar days from the statement, on which it must have been paid.
LEGAL_DAYS: Final = 30
#: Percent a year from a day on, oldest first: the refinancing rate of the ECB and eight points
#: (BW 6:120).
Rates = Sequence[tuple[date, Decimal]]
_ALWAYS: Final = date.max
#: The month in which the second half-year begins, and days that always reach the next half-year.
SECOND_HALF: Final = 7
HALF_YEAR_DAYS: Final = 185


@dataclass(frozen=True, slots=True)
class Lateness:
    """Days past the legal term, and the interest over them in euros."""

    days: int
    interest: Decimal


def last_day(issued: date, days: int = LEGAL_DAYS) -> date:
    """The last day on which a statement is paid in time, with a term of so many days."""
    return issued + timedelta(days=days)


def lateness(amount: Decimal, last: date, paid: date, rates: Rates) -> Lateness | None:
    """How late an amount was, or is, paid whose last day was `last`; None where it was in time.

    The day of payment counts. Where no rate is known yet, the last one goes on (`unknown` says so).
    Rounded once.
    """
    begin = last + timedelta(days=1)
    days = (paid - begin).days + 1
    if days <= 0 or amount <= 0:
        return None
    interest = Fraction(0)
    for (since, rate), (until, _next) in pairwise((*rates, (_ALWAYS, Decimal(0)))):
        shared = (min(paid, until - timedelta(days=1)) - max(begin, since)).days + 1
        if shared > 0:
            interest += Fraction(amount) * Fraction(rate) / 100 * shared / 365
    return Lateness(days, round_exact(interest, 2))


def half_year(day: date) -> date:
    """The first day of the half-year of a day, for which a rate is set."""
    return date(day.year, 1 if day.month < SECOND_HALF else SECOND_HALF, 1)


def unknown(last: date, paid: date, rates: Rates) -> date | None:
    """The first half-year of the days past a term of which no rate is known; None for none."""
    known = {since for since, _rate in rates}
    day = half_year(last + timedelta(days=1))
    while day <= paid:
        if day not in known:
            return day
        day = half_year(day + timedelta(days=HALF_YEAR_DAYS))
    return None
