"""How the care of a municipal contract is divided, against what was agreed about it.

Pure. Percentages are whole and cut down, as the pages show them; what was agreed may have decimals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

#: Within so many points of a limit it is near.
NEAR: Final = Decimal(5)


class Limit(StrEnum):
    """What was agreed about the division."""

    #: Care of own teams, of all care so far.
    OWN = "own"
    #: What is left of the budget for own delivery, after all that is expected of subcontractors.
    ROOM = "room"
    #: What goes to subcontractors, of the budget.
    SHARE = "share"
    #: Subcontractors at one time.
    NUMBER = "number"


@dataclass(frozen=True, kw_only=True)
class Division:
    """A year of a municipal contract; None where it is unknown or not agreed. Amounts in euros."""

    #: The budget of the year, and what subcontractors are expected to cost of it.
    budget: Decimal
    below: Decimal
    own_care: Decimal
    #: All care so far, that of own teams too.
    all_care: Decimal
    subcontractors: int
    least_own: Decimal | None = None
    most_below: Decimal | None = None
    most_subcontractors: int | None = None

    @property
    def below_percent(self) -> int | None:
        """What goes to subcontractors, of the budget."""
        return percent_of(self.below, self.budget)

    @property
    def room_percent(self) -> int | None:
        """What is left for own delivery at most, of the budget; below zero there is nothing."""
        share = self.below_percent
        return None if share is None else max(100 - share, 0)

    @property
    def own_percent(self) -> int | None:
        """Care of own teams, of all care so far."""
        return percent_of(self.own_care, self.all_care)

    def with_more_below(self, amount: Decimal) -> Division:
        """As it would be if subcontractors cost so much more."""
        return replace(self, below=self.below + amount)


@dataclass(frozen=True)
class Finding:
    """A limit that is broken, or near: what it is now, and what was agreed."""

    limit: Limit
    is_broken: bool
    now: int
    agreed: Decimal


def percent_of(part: Decimal, whole: Decimal | None) -> int | None:
    """Whole percent, cut down; None of nothing."""
    return int(part * 100 / whole) if whole else None


def findings(division: Division) -> list[Finding]:
    """What does not fit what was agreed, or hardly does."""
    return [*_own(division), *_below(division), *_number(division)]


def breaks(division: Division, amount: Decimal) -> bool:
    """Whether care of so much with a subcontractor goes against what was agreed.

    The share of own care so far is not looked at, which a placement does not change.
    """
    after = _below(division.with_more_below(amount))
    room = _own(division.with_more_below(amount))
    return any(one.is_broken and one.limit is not Limit.OWN for one in (*after, *room))


def _own(division: Division) -> Iterator[Finding]:
    least = division.least_own
    if least is None:
        return
    for limit, now in (
        (Limit.OWN, division.own_percent),
        (Limit.ROOM, division.room_percent),
    ):
        if now is not None and now < least + NEAR:
            yield Finding(limit, now < least, now, least)


def _below(division: Division) -> Iterator[Finding]:
    most, now = division.most_below, division.below_percent
    if most is not None and now is not None and now > most - NEAR:
        yield Finding(Limit.SHARE, now > most, now, most)


def _number(division: Division) -> Iterator[Finding]:
    most, now = division.most_subcontractors, division.subcontractors
    if most is not None and now >= most:
        yield Finding(Limit.NUMBER, now > most, now, Decimal(most))
