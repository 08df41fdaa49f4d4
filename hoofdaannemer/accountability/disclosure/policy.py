"""The parameters of disclosure control, and rounding.

Source: project default of the domain description (minimum 10, rounding to 5); contracts may be
stricter or looser, but never below a minimum of 5, the lowest that statistical offices use for
figures about people in care.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

LOWEST_MINIMUM = 5
HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be shown.

    minimum: lowest count of people that is shown; 1 to minimum - 1 is hidden. Nought is shown: that
    nobody is there
        says nothing about a person, except where it means that all are elsewhere, which `group`
        covers.
    width: how wide the interval of a hidden count must stay for one who knows all tables; at least
    the minimum.
    rounding: shown figures are multiples of this, unless a measure has its own.
    dominance: (n, share) pairs: an amount is hidden where its n largest contributors have more than
    that share.
    dominance_margin: the interval of such an amount must be this share of the largest contributor,
    on both sides.
    group: hide that one category holds everybody.
    """

    minimum: int = 10
    width: int = 0
    rounding: Decimal = Decimal(5)
    dominance: tuple[tuple[int, Decimal], ...] = ((1, Decimal("0.75")), (2, Decimal("0.90")))
    dominance_margin: Decimal = Decimal("0.2")
    group: bool = True

    def __post_init__(self) -> None:
        if self.minimum < LOWEST_MINIMUM:
            raise ValueError(f"minimum is {self.minimum}, lowest allowed is {LOWEST_MINIMUM}")
        if self.width and self.width < self.minimum:
            raise ValueError("width is below the minimum")
        if self.rounding < 1:
            raise ValueError("rounding is below 1")

    @property
    def needed_width(self) -> int:
        """People: how far the bounds of a hidden count must lie apart."""
        return self.width or self.minimum


def nearest(value: Decimal, base: Decimal) -> Decimal:
    """The multiple of `base` nearest to `value`, half up. It depends on the value alone: same cell,
    same answer.
    """
    return (value / base + HALF).to_integral_value(ROUND_FLOOR) * base


def shown_count(value: Decimal, base: Decimal, minimum: int) -> Decimal:
    """A count as it is shown: rounded, but never to below the minimum, where it would look like a
    hidden one.
    """
    return (
        nearest(value, base)
        if value == 0
        else max(nearest(value, base), _lowest_shown(base, minimum))
    )


def behind_count(shown: Decimal, base: Decimal, minimum: int) -> tuple[Decimal, Decimal]:
    """The least and the greatest count that is shown like this: what a reader who knows the rules
    knows.
    """
    if shown == 0:
        return Decimal(0), Decimal(0)
    low = (shown - base / 2).to_integral_value(ROUND_CEILING)
    high = (shown + base / 2).to_integral_value(ROUND_CEILING) - 1
    if shown <= _lowest_shown(base, minimum):
        low = Decimal(minimum)
    return max(low, Decimal(minimum)), high


def behind_amount(shown: Decimal, base: Decimal) -> tuple[Decimal, Decimal]:
    """The bounds of the amounts that are shown like this."""
    return shown - base / 2, shown + base / 2


def _lowest_shown(base: Decimal, minimum: int) -> Decimal:
    return (Decimal(minimum) / base).to_integral_value(ROUND_CEILING) * base
