"""Paying late: the legal term towards a small supplier, and the interest once it has passed.

A large company pays a smaller one within thirty days (BW 6:119a, fifth paragraph); after that the
statutory interest for trade runs by itself, day by day. An amount that stands for a whole year
bears interest on its interest; nobody waits here as long as that, so it is left out.
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
#: Percent a year from a day on: the refinancing rate of the ECB and eight points (BW 6:120).
RATES: Final[Sequence[tuple[date, Decimal]]] = (
    (date(2023, 1, 1), Decimal("10.5")),
    (date(2023, 7, 1), Decimal("12")),
    (date(2024, 1, 1), Decimal("12.5")),
    (date(2024, 7, 1), Decimal("12.25")),
    (date(2025, 1, 1), Decimal("11.15")),
    (date(2025, 7, 1), Decimal("10.15")),
)
_ALWAYS: Final = date.max


@dataclass(frozen=True, slots=True)
class Lateness:
    """Days past the legal term, and the interest over them in euros."""

    days: int
    interest: Decimal


def last_day(issued: date) -> date:
    """The last day on which a statement is paid in time."""
    return issued + timedelta(days=LEGAL_DAYS)


def lateness(
    amount: Decimal, issued: date, paid: date, rates: Sequence[tuple[date, Decimal]] = RATES
) -> Lateness | None:
    """How late an amount was, or is, paid; None where it was in time.

    The day of payment counts. Where no rate is known yet, the last one goes on. Rounded once.
    """
    begin = last_day(issued) + timedelta(days=1)
    days = (paid - begin).days + 1
    if days <= 0 or amount <= 0:
        return None
    interest = Fraction(0)
    for (since, rate), (until, _next) in pairwise((*rates, (_ALWAYS, Decimal(0)))):
        shared = (min(paid, until - timedelta(days=1)) - max(begin, since)).days + 1
        if shared > 0:
            interest += Fraction(amount) * Fraction(rate) / 100 * shared / 365
    return Lateness(days, round_exact(interest, 2))
