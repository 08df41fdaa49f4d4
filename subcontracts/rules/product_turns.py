"""On which days a product is in a municipal contract. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hoofdaannemer.core.periods import Period

#: From a day on, until the next turn, a product is in the contract or is not. In order of their
#: day, and for one day in the order in which they were recorded.
Turn = tuple[date, bool]


def covered_on(turns: Sequence[Turn], runs: Period, day: date) -> bool:
    """Whether it is in the contract on a day; before the contract, what that begins with."""
    asked = max(day, runs.start)
    return next((covers for start, covers in reversed(turns) if start <= asked), False)


def spans(turns: Sequence[Turn], runs: Period) -> list[Period]:
    """The periods in which it is in the contract, within the days on which that runs."""
    found: list[Period] = []
    since: date | None = None
    days = sorted({start for start, _covers in turns if runs.contains(start)} | {runs.start})
    for day in days:
        covers = covered_on(turns, runs, day)
        if covers and since is None:
            since = day
        if not covers and since is not None:
            found.append(Period(since, day - timedelta(days=1)))
            since = None
    if since is not None:
        found.append(Period(since, runs.end))
    return found
