"""Vacancies under an FTE line: for how long, and at what share, an unfilled FTE is still paid.

The days are counted over the whole vacancy, also over the end of a year, unless the contract
begins the count anew each year.

Reports are by the month, so a vacancy begins on the first day of a month in which fewer FTE were at
work than agreed. What was short without interruption is one vacancy: where two months are 1 and
1.5 FTE short, 1 FTE is vacant since the first, and 0.5 since the second. An FTE that somebody fills
who may not work is no vacancy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Vacancy:
    """The first `days` of a vacancy count as filled for a `share` of one."""

    days: int
    share: Decimal = Decimal(1)
    #: The count begins anew each calendar year.
    is_yearly: bool = False

    def __post_init__(self) -> None:
        if self.days < 0 or not 0 <= self.share <= 1:
            raise ValueError("days are not negative, and a share lies between nothing and one")


def counted(
    rule: Vacancy, agreed: Decimal, worked: Sequence[Decimal], days: Sequence[int]
) -> list[Fraction]:
    """FTE that count as filled, month by month, of what was worked and the days of each month.

    By hand, 2 FTE agreed and 45 days at 100%: February is 1 FTE short, so 1 counts for its 28 days.
    March is 1.5 short: of 1 FTE 17 days are left, 17/31, and the new 0.5 counts whole.
    """
    short = [max(Fraction(agreed - one), Fraction(0)) for one in worked]
    return [
        _of_month(rule, short[: at + 1], days[: at + 1]) * Fraction(rule.share)
        for at in range(len(short))
    ]


def _of_month(rule: Vacancy, short: Sequence[Fraction], days: Sequence[int]) -> Fraction:
    """Of the last of these months: each part of what is short by how long it has been so."""
    total, part, passed = Fraction(0), short[-1], 0
    for at in range(len(short) - 1, -1, -1):
        longer = min(part, short[at - 1]) if at else Fraction(0)
        paid = min(max(rule.days - passed, 0), days[-1])
        total += (part - longer) * Fraction(paid, days[-1])
        if not longer:
            return total
        part, passed = longer, passed + days[at - 1]
    return total
