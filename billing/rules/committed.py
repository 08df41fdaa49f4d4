"""What running care will still cost this year: committed, but not declared.

An estimate for the ceiling (contract standard art. 1.5), not a claim: allocated volume for the
days to come, at the tariff of today.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from hoofdaannemer.core.money import ZERO, round_cents
from hoofdaannemer.core.periods import Period

#: Days over which a volume is allocated, by frequency (code list WJ757).
_DAYS: Final = {"1": Decimal(1), "2": Decimal(7), "4": Decimal("30.4375")}
_IN_ALL: Final = "6"


@dataclass(frozen=True)
class Running:
    """A placement as far as its cost to come goes. `ahead` (closed) is what is left of the year.

    `declared_units` and `declared` (euros) are what was approved for it so far.
    """

    ahead: Period | None
    tariff: Decimal
    volume: int | None = None
    frequency: str = ""
    budget: Decimal | None = None
    declared_units: int = 0
    declared: Decimal = ZERO


def committed(care: Running) -> Decimal:
    """Euros that the care will still cost this year, never below zero; rounded once."""
    if care.ahead is None:
        return ZERO
    if care.budget is not None:
        return max(care.budget - care.declared, ZERO)
    if care.volume is None:
        return ZERO
    if care.frequency == _IN_ALL:
        return round_cents(max(care.volume - care.declared_units, 0) * care.tariff)
    days = _DAYS.get(care.frequency)
    return round_cents(care.ahead.days / days * care.volume * care.tariff) if days else ZERO
