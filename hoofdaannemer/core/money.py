"""Euros: exact `Decimal` amounts with two decimals, rounded in one place.

No other module rounds money. Tariffs and prices may carry more than two decimals; what is
computed from them passes once through `round_cents`, at the place the contract names.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

CENT: Final = Decimal("0.01")
ZERO: Final = Decimal("0.00")


def round_cents(amount: Decimal) -> Decimal:
    """Euros rounded half up (away from zero) to whole cents; never minus zero."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP) + ZERO


def round_to(amount: Decimal, places: int) -> Decimal:
    """The same at so many decimals: for tariffs and percentages, which may carry more than two."""
    return amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) + Decimal(0)


def round_exact(amount: Fraction, places: int) -> Decimal:
    """A price that was worked out exactly, rounded half up (away from zero) at so many decimals."""
    scaled = abs(amount) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if amount >= 0 else -whole).scaleb(-places) + Decimal(0)


def to_cents(amount: Decimal) -> int:
    """Whole eurocents of an amount in euros, as messages carry them.

    Raises ValueError where the amount has a part of a cent: that was not rounded yet.
    """
    cents = amount * 100
    if cents != int(cents):
        raise ValueError("the amount holds a part of a cent")
    return int(cents)


def from_cents(cents: int) -> Decimal:
    """Euros with two decimals of whole eurocents."""
    return Decimal(cents) * CENT + ZERO


def split(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Shares of a total in whole cents, in proportion to the weights, that add up to it.

    Largest remainder: every share is cut down to cents, and the cents that are left go to the
    largest cut parts; of equal parts the earlier goes first. Callers therefore give the weights
    in a fixed order, such as that of the subcontractor's number. A negative total is shared like
    its positive twin.

    Raises ValueError for a negative weight, for a part of a cent in the total, and where there is
    something to share and no weight to share it by.
    """
    exact = [Fraction(weight) for weight in weights]
    if any(weight < 0 for weight in exact):
        raise ValueError("a weight is negative")
    cents = to_cents(total)
    whole = sum(exact, Fraction(0))
    if not whole:
        if cents:
            raise ValueError("there is no weight to share by")
        return [ZERO for _ in exact]

    sign = -1 if cents < 0 else 1
    ideal = [abs(cents) * weight / whole for weight in exact]
    shares = [int(part) for part in ideal]
    by_remainder = sorted(range(len(ideal)), key=lambda place: shares[place] - ideal[place])
    for place in by_remainder[: abs(cents) - sum(shares)]:
        shares[place] += 1
    return [from_cents(sign * share) for share in shares]


def format_euro(amount: Decimal) -> str:
    """An amount as people read it in Dutch: `€ 1.234,50`, below zero `€ -1.234,50`."""
    text = f"{round_cents(amount):,.2f}"
    return "€ " + text.translate(str.maketrans(",.", ".,"))
