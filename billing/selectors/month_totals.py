"""What a practice filled in for a month, added up as the bar at the bottom of the page shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from billing.findings import EUROS
from billing.selectors.month_cards import Card
from subcontracts.words import volume_text

#: Minutes in one of a unit that is time: minute, hour, part of a day (four hours).
MINUTES: Final = {"01": 1, "04": 60, "16": 240}


@dataclass(frozen=True)
class Filled:
    """A card with what stands in its field; `volume` is None where nothing does."""

    card: Card
    volume: int | None
    is_without_care: bool = False

    @property
    def is_to_fill(self) -> bool:
        """Whether neither a number nor the absence of care was given."""
        return self.volume is None and not self.is_without_care

    @property
    def is_too_much(self) -> bool:
        """Whether the number is above what was allocated for the month."""
        cap = self.card.cap
        return cap is not None and not self.is_without_care and (self.volume or 0) > cap


@dataclass(frozen=True)
class Totals:
    """Minutes of care, other units by code, euros (None where nothing is paid per volume)."""

    minutes: int
    others: tuple[tuple[str, int], ...]
    amount: Decimal | None
    to_fill: int
    too_much: int

    @property
    def volume(self) -> str:
        """`128 hours and 30 minutes, 3 pieces`."""
        hours, minutes = divmod(self.minutes, 60)
        parts = [volume_text(hours, "04")] if hours or not (minutes or self.others) else []
        if minutes:
            parts.append(volume_text(minutes, "01"))
        time = _(" and ").join(parts)
        return ", ".join(
            [*([time] if time else []), *(volume_text(count, unit) for unit, count in self.others)]
        )


def total(filled: Iterable[Filled]) -> Totals:
    """Add up. Amounts are rounded per line, as they are when the month is handed in."""
    filled = list(filled)
    minutes, others, amounts = 0, Counter[str](), list[Decimal]()
    for one in filled:
        volume = 0 if one.is_without_care else one.volume or 0
        if one.card.unit in MINUTES:
            minutes += volume * MINUTES[one.card.unit]
        elif volume and one.card.unit != EUROS:
            others[one.card.unit] += volume
        amount = one.card.amount(volume)
        if amount is not None:
            amounts.append(amount)
    return Totals(
        minutes,
        tuple(sorted(others.items())),
        sum(amounts, Decimal(0)) if amounts else None,
        sum(one.is_to_fill for one in filled),
        sum(one.is_too_much for one in filled),
    )
