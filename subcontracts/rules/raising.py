"""What a change of a part means for the whole: a placement and its allocation.

A subcontractor asks about its placement, which may be part of an allocation; the municipality is
asked about the allocation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from subcontracts.rules.parts import IN_TOTAL


@dataclass(frozen=True, kw_only=True)
class Terms:
    """A period and how much care; `budget` in euros."""

    period: Period
    volume: int | None = None
    unit: str = ""
    frequency: str = ""
    budget: Decimal | None = None

    @property
    def measure(self) -> tuple[str, str]:
        return self.unit, self.frequency

    @property
    def is_in_total(self) -> bool:
        """Whether it is one amount for the whole period."""
        return self.budget is not None or self.frequency == IN_TOTAL

    def has_same_extent(self, other: Terms) -> bool:
        """Whether it is as much care, whatever the period."""
        return (self.volume, *self.measure, self.budget) == (
            other.volume,
            *other.measure,
            other.budget,
        )


def raised(whole: Terms, part: Terms, asked: Terms, others: Sequence[date | None] = ()) -> Terms:
    """The whole as it becomes when one of its parts becomes what is asked.

    `others` are the last days of its other parts.

    Raises RuleError VOT-11 where a part is asked in another measure than the whole has.
    """
    end = _end(whole, part, asked, others)
    if asked.has_same_extent(part):
        # Only the end moves, and that holds for the whole period.
        return replace(whole, period=Period(whole.period.start, end))
    start = asked.period.start
    if whole.is_in_total and start == part.period.start:
        # A total is one for the whole period, whenever the part began (TR373).
        start = whole.period.start
    return replace(_extent(whole, part, asked), period=Period(start, end))


def _extent(whole: Terms, part: Terms, asked: Terms) -> Terms:
    if part.has_same_extent(whole):
        return asked
    if asked.budget is not None and whole.budget is not None and part.budget is not None:
        return replace(whole, budget=whole.budget + asked.budget - part.budget)
    volumes = (whole.volume, part.volume, asked.volume)
    if None in volumes or asked.measure != whole.measure or part.measure != whole.measure:
        raise RuleError(
            "VOT-11",
            _(
                "This subcontractor gives a part of the allocation and asks for another unit or"
                " frequency. Make a request for the whole allocation yourself."
            ),
        )
    return replace(whole, volume=(whole.volume or 0) + (asked.volume or 0) - (part.volume or 0))


def _end(whole: Terms, part: Terms, asked: Terms, others: Sequence[date | None]) -> date | None:
    """The last day of the whole: moved when the part is longer, or was the last to end."""
    if asked.period.end == part.period.end:
        return whole.period.end
    if _later(asked.period.end, whole.period.end):
        return asked.period.end
    if part.period.end != whole.period.end:
        return whole.period.end
    end = asked.period.end
    for other in others:
        end = other if _later(other, end) else end
    return end


def _later(one: date | None, other: date | None) -> bool:
    """Whether the first day comes after the second; no day is without end."""
    return other is not None and (one is None or one > other)
