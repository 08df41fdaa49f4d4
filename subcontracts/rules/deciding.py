"""What it takes to give an allocation other terms, and which reasons there are for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from hoofdaannemer.core.periods import Period
from subcontracts.rules.raising import Terms

#: RedenWijziging (code lists JZ002 and WMO002) of what counts as never sent.
DELETED: Final = "13"
#: Initiated by the provider: the reason of what a subcontractor or our own access asked.
ASKED: Final = "12"
#: Those that a person may give for a change; 01 has lapsed, and deletion has a way of its own.
REASONS: Final = ("02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "14")


@dataclass(frozen=True)
class Steps:
    """The allocation as it becomes, and what begins beside it under a number of its own."""

    becomes: Terms
    begins: Terms | None = None


def steps(now: Terms, wanted: Terms) -> Steps:
    """From the terms that an allocation has to those that are wanted.

    Another end, or another extent from its first day on, changes the allocation itself. Another
    extent from a later day ends it the day before and begins a new one: a number has one extent.
    """
    first = now.period.start
    if wanted.has_same_extent(now) or wanted.period.start <= first:
        return Steps(replace(wanted, period=Period(first, wanted.period.end)))
    until = wanted.period.start - timedelta(days=1)
    return Steps(replace(now, period=Period(first, until)), wanted)


def never_sent(now: Terms) -> Terms:
    """A deleted allocation ends on the day it starts (CS335)."""
    first = now.period.start
    return replace(now, period=Period(first, first))
