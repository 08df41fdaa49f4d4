"""The settlement of a year from frozen inputs: one line alone, or the lines of a pool together.

The methods themselves are in `fte`, `capacity` and `pool`; here is what they are given, what they
come to, and what of that is still to be settled. Amounts are euros.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.rules import capacity, explain, fte_roles, pool
from billing.rules.capacity import CapacityTerms, OccupiedMonth
from billing.rules.explain import Explanation
from billing.rules.fte import FteTerms, WorkerMonth
from billing.rules.fte_roles import MonthOfWork
from billing.rules.pool import Key, Member
from hoofdaannemer.core.periods import Month, Period


class Method(StrEnum):
    """How a year is settled."""

    FTE = "fte"
    PLACES = "places"
    POOL = "pool"


#: The name of a method, as it is printed on a statement.
NAMES: Final[Mapping[Method, str | Promise]] = {
    Method.FTE: _("FTE, by the recognised average of the year"),
    Method.PLACES: _("Places, as price times quantity"),
    Method.POOL: _("Advance pool, by the agreed key"),
}


@dataclass(frozen=True, slots=True)
class ReportedMonth:
    """A month's FTE report (by its key) with its workers by reference; days of the line in it."""

    month: Month
    days: int
    report: int
    workers: tuple[WorkerMonth, ...]

    @property
    def worked(self) -> MonthOfWork:
        """What the settlement asks of it."""
        return MonthOfWork(self.month, self.days, self.workers)


@dataclass(frozen=True, slots=True)
class FteYear:
    """An FTE line in a year; `before` are the months that precede it without a gap, as far back as
    a vacancy can be paid that began in them.
    """

    terms: FteTerms
    months: tuple[ReportedMonth, ...]
    before: tuple[ReportedMonth, ...] = ()

    @property
    def worked(self) -> list[MonthOfWork]:
        """Its months, as the settlement asks for them."""
        return [one.worked for one in self.months]

    @property
    def preceding(self) -> list[MonthOfWork]:
        """The months before it, in the same way."""
        return [one.worked for one in self.before]


@dataclass(frozen=True, slots=True)
class PlacesYear:
    """Places in a year; months in which messages were for steering only are left out."""

    terms: CapacityTerms
    months: tuple[OccupiedMonth, ...]
    steered: tuple[Month, ...] = ()


@dataclass(frozen=True, slots=True)
class PoolYear:
    """A member's year, with the sums of the whole pool: no figure of another member."""

    key: Key
    member: Member
    members: int
    expected: Decimal
    production: Decimal
    advance: Decimal
    #: Where the member's production was taken from.
    source: str


Inputs = FteYear | PlacesYear | PoolYear
#: By method, what `inputs` of a settlement hold.
KINDS: Final[Mapping[Method, type[FteYear] | type[PlacesYear] | type[PoolYear]]] = {
    Method.FTE: FteYear,
    Method.PLACES: PlacesYear,
    Method.POOL: PoolYear,
}


@dataclass(frozen=True, slots=True)
class Aside:
    """What is told beside a settlement and changes nothing of it, in euros of the year.

    `paid` under the line, `held` of it and `above` of that for the ceiling, `discounts` and `fees`
    of the whole contract (below zero), and its `ceiling`, if there is one.
    """

    paid: Decimal
    held: Decimal
    above: Decimal
    discounts: Decimal
    fees: Decimal
    ceiling: Decimal | None


@dataclass(frozen=True, slots=True)
class Produced:
    """A member of a pool with the source of its production."""

    member: Member
    source: str


def settle_fte(year: FteYear) -> Explanation:
    """Raises RuleError BIL-10 where a month has two reports."""
    return fte_roles.settle(year.terms, year.worked, year.preceding)


def settle_places(year: PlacesYear) -> Explanation:
    """Occupied place-days as price times quantity, less what was paid."""
    return capacity.settle(year.terms, year.months)


def pool_years(key: Key, produced: Sequence[Produced]) -> Mapping[str, PoolYear]:
    """What each member, by number, is told of the pool."""
    members = [one.member for one in produced]
    return {
        one.member.number: PoolYear(
            key,
            one.member,
            len(members),
            sum((each.expected for each in members), Decimal(0)),
            sum((each.production for each in members), Decimal(0)),
            sum((each.advance for each in members), Decimal(0)),
            one.source,
        )
        for one in produced
    }


def settle_pool(years: Sequence[PoolYear]) -> Mapping[str, Explanation]:
    """What each member, by number, still gets. Raises RuleError BIL-80."""
    return pool.redistribute(years[0].key, [one.member for one in years])


def still_to_settle(whole: Explanation, before: Decimal, number: int, year: int) -> Explanation:
    """The entitlement of a settlement: the whole the first time, afterwards the difference."""
    if number == 1:
        return whole
    inputs = (
        explain.text("year", str(year)),
        explain.euro("outcome", whole.amount),
        explain.euro("before", before),
    )
    return Explanation("settlement.correction", inputs, whole.amount - before)


def part_of_year(year: int, in_force: Period, since: Month | None) -> Period | None:
    """The days of a year in which a line is in force, from the first month that was closed here."""
    first = max(date(year, 1, 1), since.first if since else date(year, 1, 1))
    last = date(year, 12, 31)
    return in_force.intersection(Period(first, last)) if first <= last else None
