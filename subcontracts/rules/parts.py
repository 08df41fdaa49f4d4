"""A part never exceeds the whole: what may still be placed of an allocation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from hoofdaannemer.core.periods import Period

#: Frequency 6 of code list WJ757: the volume is for the whole term.
IN_TOTAL: Final = "6"


@dataclass(frozen=True)
class Share:
    """An allocation or a placement of it: its period and how much.

    Without volume and budget it is all there is.
    """

    period: Period
    volume: int | None = None
    frequency: str = ""
    budget: Decimal | None = None


def is_exceeded(whole: Share, parts: Iterable[Share]) -> bool:
    """Whether the parts together are more than the whole, on any day or in total."""
    shares = list(parts)
    if whole.budget is not None:
        return sum((share.budget or whole.budget for share in shares), Decimal(0)) > whole.budget
    if whole.volume is not None and whole.frequency == IN_TOTAL:
        return sum(_volume(whole, share) for share in shares) > whole.volume
    return any(_sum_on_first_day(whole, share, shares) for share in shares)


def _sum_on_first_day(whole: Share, share: Share, shares: Sequence[Share]) -> bool:
    # The sum can only grow on the first day of some part.
    there = [other for other in shares if other.period.contains(share.period.start)]
    if whole.volume is None:
        return len(there) > 1
    return sum(_volume(whole, other) for other in there) > whole.volume


def _volume(whole: Share, share: Share) -> int:
    if share.volume is not None:
        return share.volume
    return whole.volume or 0
