"""What a round of tariffs would do to prices that are not tariffs: FTE, places, trajectories.

Such a price does not change by a round. It is shown what it would be if it followed the tariffs of
the products that its line pays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hoofdaannemer.core.money import round_cents, round_exact


@dataclass(frozen=True, slots=True)
class Move:
    """The tariff of a product in euros; `is_own` where the contract itself has the old one."""

    product: str
    old: Decimal
    new: Decimal
    is_own: bool


@dataclass(frozen=True, slots=True)
class Followed:
    """A price that follows: in euros, with euros a year where it is known how often it is paid."""

    new: Decimal
    percent: Decimal
    yearly_old: Decimal | None
    yearly_new: Decimal | None


def followed(
    price: Decimal, moves: Sequence[Move], others: int, yearly: Decimal | None
) -> Followed:
    """A price with the average change of its products, of which `others` are not in the round.

    By hand: a tariff of € 66,00 becomes € 69,30, which is 5% more. A line that pays this product
    and one that is not in the round follows with 2,5%: € 6.000,00 becomes € 6.150,00. Rounded to
    cents once; `yearly` is what the old price comes to in a year.
    """
    ratios = [Fraction(one.new) / Fraction(one.old) for one in moves]
    ratio = (sum(ratios, Fraction(0)) + others) / (len(ratios) + others)
    new = round_exact(Fraction(price) * ratio, 2)
    percent = round_exact((ratio - 1) * 100, 2)
    if yearly is None:
        return Followed(new, percent, None, None)
    return Followed(new, percent, round_cents(yearly), round_exact(Fraction(yearly) * ratio, 2))
