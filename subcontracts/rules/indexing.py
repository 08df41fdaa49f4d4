"""Indexation: which percentage a year's figures give, and what it makes of an amount.

Figures are percentages, such as `Decimal("4.94")`. A year has a provisional figure first; when the
definitive one is known, the next year corrects the difference. The VNG published the correction
over 2024 in two ways, so a contract names its method.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from hoofdaannemer.core.money import round_to
from hoofdaannemer.core.periods import add_months

_WHOLE: Final = Decimal(100)
#: Amounts in the parameters of a funding line have cents and no more.
CENTS: Final = 2


class Method(StrEnum):
    """How the difference between last year's definitive and provisional index is set right."""

    #: The one percentage less the other.
    DIFFERENCE = "difference"
    #: The one index number over the other, as a percentage.
    RATIO = "ratio"


class FirstYear(StrEnum):
    """When a contract is in its first year, in which nothing is corrected."""

    #: In the calendar year in which it begins.
    CALENDAR = "calendar"
    #: Until twelve months after it began.
    TWELVE_MONTHS = "months"
    #: As long as it was never indexed before.
    FIRST_TIME = "first"
    #: Never: every year is corrected.
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Figures:
    """What one series says: this year's provisional figure and both of last year, and its weight.

    Last year's are needed only where something is corrected.
    """

    series: str
    weight: Decimal
    provisional: Decimal
    last_provisional: Decimal | None = None
    last_definitive: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a scheme says; decimals of the percentage and of a tariff that it is applied to."""

    method: Method
    percent_decimals: int = 3
    amount_decimals: int = 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """The parts of a year's percentage; only `percent` is rounded."""

    mixed: Decimal
    last_provisional: Decimal | None
    last_definitive: Decimal | None
    correction: Decimal
    percent: Decimal


def weights_add_up(weights: Sequence[Decimal]) -> bool:
    """Whether there are weights, none is below zero, and together they are 100 percent."""
    return bool(weights) and min(weights) > 0 and sum(weights) == _WHOLE


def mixed_index(parts: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    """The weighted figure of (weight, figure) pairs, not rounded.

    Raises ValueError where the weights are not 100 together.
    """
    if not weights_add_up([weight for weight, _figure in parts]):
        raise ValueError("weights are above zero and add up to 100")
    return sum((weight * figure for weight, figure in parts), Decimal(0)) / _WHOLE


def correction(method: Method, provisional: Decimal, definitive: Decimal) -> Decimal:
    """What last year's index was too low, in percent; below zero where it was too high.

    Raises ValueError for a provisional index of minus 100 or less, which nothing follows from.
    """
    if method == Method.DIFFERENCE:
        return definitive - provisional
    if provisional <= -_WHOLE:
        raise ValueError("nothing is left to correct")
    return ((_WHOLE + definitive) / (_WHOLE + provisional) - 1) * _WHOLE


def is_first_year(rule: FirstYear, start: date, effective: date, *, indexed_before: bool) -> bool:
    """Whether a contract that began on `start` is in its first year on the day it is indexed."""
    if rule == FirstYear.CALENDAR:
        return start.year >= effective.year
    if rule == FirstYear.TWELVE_MONTHS:
        return effective < add_months(start, 12)
    return rule == FirstYear.FIRST_TIME and not indexed_before


def percentage(terms: Terms, figures: Sequence[Figures], *, corrects: bool) -> Outcome:
    """The percentage of a year, rounded half up once, here.

    Raises ValueError where the weights are not 100 together, or a figure of last year that is
    needed for the correction is missing.
    """
    mixed = mixed_index([(one.weight, one.provisional) for one in figures])
    if not corrects:
        return Outcome(mixed, None, None, Decimal(0), round_to(mixed, terms.percent_decimals))
    before, after = [], []
    for one in figures:
        if one.last_provisional is None or one.last_definitive is None:
            raise ValueError("a figure of last year is missing")
        before.append((one.weight, one.last_provisional))
        after.append((one.weight, one.last_definitive))
    provisional, definitive = mixed_index(before), mixed_index(after)
    more = correction(terms.method, provisional, definitive)
    percent = round_to(mixed + more, terms.percent_decimals)
    return Outcome(mixed, provisional, definitive, more, percent)


def indexed(amount: Decimal, percent: Decimal, decimals: int) -> Decimal:
    """An amount with the percentage on it, rounded half up once, here."""
    return round_to(amount * (_WHOLE + percent) / _WHOLE, decimals)


def as_stored(figures: Sequence[Figures]) -> list[dict[str, str | None]]:
    """Figures as JSON, in the order of the series' names; `from_stored` reads them back."""
    return [
        {
            "series": one.series,
            "weight": str(one.weight),
            "provisional": str(one.provisional),
            "last_provisional": _text(one.last_provisional),
            "last_definitive": _text(one.last_definitive),
        }
        for one in sorted(figures, key=lambda one: one.series)
    ]


def from_stored(stored: Sequence[Mapping[str, Any]]) -> list[Figures]:
    """The figures of `as_stored`."""
    return [
        Figures(
            one["series"],
            Decimal(one["weight"]),
            Decimal(one["provisional"]),
            _number(one["last_provisional"]),
            _number(one["last_definitive"]),
        )
        for one in stored
    ]


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
