"""Days of a period on which nothing is agreed: no tariff, or no funding line.

Pure: `selectors.coverage` gathers what was agreed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from hoofdaannemer.core.periods import Period

_DAY = timedelta(days=1)


def uncovered(whole: Period, parts: Iterable[Period]) -> list[Period]:
    """The stretches of `whole` that no part covers, in order of time.

    Of a period without an end the last stretch has none either.
    """
    found: list[Period] = []
    first = whole.start
    for part in sorted(parts, key=lambda one: one.start):
        if part.start > (whole.end or date.max):
            break
        if part.start > first:
            found.append(Period(first, part.start - _DAY))
        if part.end is None:
            return found
        first = max(first, part.end + _DAY)
    if whole.end is None or first <= whole.end:
        found.append(Period(first, whole.end))
    return found
