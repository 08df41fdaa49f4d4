"""When evidence counts: pure calculation on periods and reviews."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hoofdaannemer.core.periods import Period


@dataclass(frozen=True)
class Verdict:
    """One review: approved, or rejected with effect from a day (evidence counted before it)."""

    approved: bool
    at: datetime
    effective_from: date | None = None


def counted_period(validity: Period, verdicts: Iterable[Verdict]) -> Period | None:
    """The days on which evidence counts, given its own validity and its reviews in any order.

    Evidence that was never approved never counts. Replaced evidence keeps counting for the past;
    only a rejection takes days away, from the day it names. A later approval gives them back.
    """
    counted: Period | None = None
    for verdict in sorted(verdicts, key=lambda v: v.at):
        if verdict.approved:
            counted = validity
        elif counted is not None:
            counted = _until(validity, (verdict.effective_from or validity.start))
    return counted


def _until(validity: Period, first_day_without: date) -> Period | None:
    if first_day_without <= validity.start:
        return None
    return validity.intersection(Period(validity.start, first_day_without - timedelta(days=1)))


def uncovered_days(asked: Period, counted: Sequence[Period]) -> list[date]:
    """Days of `asked` (closed) on which none of the counted periods holds, in order.

    Raises ValueError for an open-ended `asked`.
    """
    return [day for day in asked.each_day() if not any(p.contains(day) for p in counted)]


def still_valid_until(counted: Sequence[Period], day: date) -> date | None:
    """Last day of the unbroken cover that includes `day`; None when it has no end.

    Raises LookupError when `day` is not covered.
    """
    reached = day - timedelta(days=1)
    for period in sorted(counted, key=lambda p: p.start):
        if period.start <= reached + timedelta(days=1) and (period.end or date.max) > reached:
            if period.end is None:
                return None
            reached = period.end
    if reached < day:
        raise LookupError("not covered on that day")
    return reached
