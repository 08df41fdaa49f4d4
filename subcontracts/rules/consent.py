"""The municipality's consent to a subcontractor: what it covers, and when it is needed.

Pure: `selectors.consents` gathers what was recorded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hoofdaannemer.core.periods import Period


class Lacks(StrEnum):
    """Why a consent does not cover some care, the nearest to covering it last."""

    NONE = "none"
    ENDED = "ended"
    PRODUCT = "product"
    MUNICIPALITY = "municipality"


@dataclass(frozen=True, kw_only=True)
class Consent:
    """From a day on, for these products and municipalities; without any, for all."""

    start_date: date
    end_date: date | None = None
    #: The first day on which it holds no more, though it was to.
    withdrawn_from: date | None = None
    products: frozenset[int] = frozenset()
    municipalities: frozenset[str] = frozenset()

    @property
    def period(self) -> Period | None:
        """The days on which it holds; None where it was withdrawn before its first."""
        end = self.end_date
        if self.withdrawn_from is not None:
            last = self.withdrawn_from - timedelta(days=1)
            end = last if end is None else min(end, last)
        return None if end is not None and end < self.start_date else Period(self.start_date, end)

    def lacks(self, day: date, product: int, municipality: str) -> Lacks | None:
        """Why it does not cover care on a day; None where it does. Empty is not asked."""
        period = self.period
        if period is None or not period.contains(day):
            return Lacks.NONE if day < self.start_date else Lacks.ENDED
        if product and self.products and product not in self.products:
            return Lacks.PRODUCT
        if municipality and self.municipalities and municipality not in self.municipalities:
            return Lacks.MUNICIPALITY
        return None


def is_needed(duty: str, *, is_practice: bool) -> bool:
    """Whether the municipality must agree to a subcontractor, as the terms say.

    Where nothing is known of it, the contract standard: not for who works alone.
    """
    return duty == "each" if duty in ("none", "each") else not is_practice


def lacking(
    consents: Iterable[Consent], day: date, *, product: int = 0, municipality: str = ""
) -> Lacks | None:
    """Why no consent covers care on a day; None where one does."""
    found = [one.lacks(day, product, municipality) for one in consents]
    if None in found:
        return None
    order = list(Lacks)
    return max((one for one in found if one), key=order.index, default=Lacks.NONE)
