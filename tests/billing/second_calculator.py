"""A second calculator of a year of one subcontractor: whole cents, no line shared with the rules.

It knows the contract and what happened, and says of each month what is on the statement. The test
`test_random_years` holds what the services and the database come to against it.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

YEAR: Final = 2026
#: Hours a month that are allocated; a line of more is rejected.
MOST_HOURS: Final = 12


def half_up(part: int, of: int) -> int:
    """A division of what is not below zero, rounded half up."""
    return (2 * part + of) // (2 * of)


def twelfth(year: int, month: int) -> int:
    """A month of a year's cents; what is left of the division goes to the first months."""
    whole, left = divmod(year, 12)
    return whole + (month <= left)


def in_part(cents: int, month: int, first: date, last: date) -> int:
    """What a month's cents come to for the days in which something is in force."""
    of = calendar.monthrange(YEAR, month)[1]
    since = max(first, date(YEAR, month, 1))
    days = (min(last, date(YEAR, month, of)) - since).days + 1
    return cents if days == of else half_up(cents * days, of) if days > 0 else 0


@dataclass(frozen=True)
class Hours:
    """Declared by the unit: hours of each month, and months that the next declaration credits."""

    tariff: int
    declared: tuple[int, ...]
    credited: frozenset[int]

    def granted(self, month: int) -> int:
        hours = self.declared[month - 1]
        return hours * self.tariff if hours <= MOST_HOURS else 0


@dataclass(frozen=True)
class Allocated:
    """Hours a month that were allocated, paid for the days of care; told so many months late."""

    hours: int
    tariff: int
    begin: date
    end: date | None
    late: int

    @property
    def begin_told(self) -> int:
        return min(self.begin.month + self.late, 12)

    @property
    def end_told(self) -> int:
        return max(self.end.month, self.begin_told) if self.end else 0

    def known(self, month: int, by: int) -> int | None:
        """The cents of a month as far as was told by another; None without a day of care."""
        if by < self.begin_told:
            return None
        of = calendar.monthrange(YEAR, month)[1]
        since, until = max(self.begin, date(YEAR, month, 1)), date(YEAR, month, of)
        if self.end and by >= self.end_told:
            until = min(until, self.end)
        days = (until - since).days + 1
        return half_up(self.hours * self.tariff * days, of) if days > 0 else None


@dataclass(frozen=True)
class Fte:
    """Hundredths of an FTE; each month's report comes so many months late."""

    hundredths: int
    price: int
    first: date
    late: tuple[int, ...]

    def is_reported(self, month: int, by: int) -> bool:
        return month + self.late[month - 1] <= by


@dataclass(frozen=True)
class Trajectory:
    """One client's: told so many months after the day; no last day where it goes on.

    No new one begins under the line after `until`.
    """

    price: int
    share: int
    nominal: int
    begin: date
    end: date | None
    reason: str
    late: int
    until: date

    @property
    def begin_told(self) -> int:
        return min(self.begin.month + self.late, 12)

    @property
    def end_told(self) -> int:
        return max(self.end.month, self.begin_told) if self.end else 0

    @property
    def at_begin(self) -> int:
        return half_up(self.price * self.share, 100)

    @property
    def at_end(self) -> int:
        """What the end brings or takes back."""
        assert self.end
        days = min((self.end - self.begin).days + 1, self.nominal)
        earned = half_up(self.price * days, self.nominal)
        due = {"31": self.price, "32": max(earned, self.at_begin), "33": earned}[self.reason]
        return due - self.at_begin


@dataclass(frozen=True)
class Fixed:
    """A sum of a year, or for availability of a month, between two days."""

    form: str
    cents: int
    first: date
    last: date
    #: Percent that is paid in advance of a pool.
    advance: int = 100

    def of_month(self, month: int) -> int | None:
        whole = half_up(self.cents * self.advance, 100)
        sum_of_month = whole if self.form == "availability" else twelfth(whole, month)
        return in_part(sum_of_month, month, self.first, self.last)


@dataclass(frozen=True)
class Counted:
    """So many hundredths of users or heads, at a price of each in a year."""

    form: str
    hundredths: int
    price: int
    first: date
    last: date

    def of_month(self, month: int) -> int | None:
        year = half_up(self.hundredths * self.price, 100)
        return in_part(twelfth(year, month), month, self.first, self.last)


@dataclass(frozen=True)
class Places:
    """Whole places, at a price of each for a day, a month or a year; used or not."""

    places: int
    price: int
    per: str
    first: date
    last: date
    form: str = "capacity"

    def of_month(self, month: int) -> int | None:
        price = self.places * self.price
        if self.per == "day":
            # Of as many euro as the month has days, the days in force.
            return price * in_part(
                calendar.monthrange(YEAR, month)[1], month, self.first, self.last
            )
        return in_part(
            twelfth(price, month) if self.per == "year" else price, month, self.first, self.last
        )


@dataclass(frozen=True)
class Instalments:
    """A sum in so many parts, spread over the months of its line; larger ones first."""

    cents: int
    number: int
    first: date
    last: date
    form: str = "subsidy"

    def of_month(self, month: int) -> int | None:
        months = self.last.month - self.first.month + 1
        due = [
            one
            for one in range(self.number)
            if self.first.month + one * months // self.number == month
        ]
        whole, left = divmod(self.cents, self.number)
        return sum(whole + (one < left) for one in due) if due else None


@dataclass(frozen=True)
class Once:
    """A sum in the month in which its line begins."""

    cents: int
    first: date
    last: date
    form: str = "one_off"

    def of_month(self, month: int) -> int | None:
        return self.cents if month == self.first.month else None


Sum = Fixed | Counted | Places | Instalments | Once
"""What needs no delivery."""


@dataclass(frozen=True)
class Kept:
    """Hundredths of a percent that are kept of what else a month comes to, between two days."""

    form: str
    part: int
    first: date
    last: date

    def of_month(self, base: int, month: int) -> int:
        """The days count in the one division; never more than there is."""
        of = calendar.monthrange(YEAR, month)[1]
        days = in_part(of, month, self.first, self.last)
        return min(half_up(base * self.part * days, 10_000 * of), base) if base > 0 else 0


@dataclass(frozen=True)
class Debt:
    """A plan: `aside` where what is owed stands on the statements and is first put aside."""

    total: int
    monthly: int
    leaves: int
    first: int
    from_balance: bool


@dataclass(frozen=True)
class Agreed:
    """A contract and all that happens under it in a year."""

    hours: Hours | None
    allocated: Allocated | None
    fte: Fte | None
    trajectory: Trajectory | None
    #: In the order in which a statement has them.
    sums: tuple[Sum, ...]
    #: A fee, and a discount of what the fee leaves.
    kept: tuple[Kept, ...]
    #: The month in which it is signed; 0 where it was before.
    signed: int
    ceiling: int | None
    claim: Debt | None
    #: Percent of a debt that is brought under a plan, paid back in so many parts; 0 for none.
    plans: int
    parts: int


@dataclass
class Row:
    """A right of a month, what is held of it and why."""

    month: int
    cents: int
    form: str
    is_new: bool = True
    is_taken_back: bool = False
    held: tuple[str, int] = ("", 0)


@dataclass
class Running:
    """A plan and what it did."""

    terms: Debt
    taken: int = 0
    is_aside: bool = False


@dataclass(frozen=True)
class Stated:
    """The statement of a month, with all that is held after it."""

    entitled: int
    held: int
    deferred: int
    set_off: int
    payable: int
    carried: int


@dataclass
class Ledger:
    """The year of one subcontractor so far."""

    agreed: Agreed
    rows: list[Row] = field(default_factory=list)
    kept: dict[tuple[str, int], Row] = field(default_factory=dict)
    plans: list[Running] = field(default_factory=list)
    carried: int = 0
    declared: dict[int, Row] = field(default_factory=dict)
    allocated: dict[int, Row] = field(default_factory=dict)

    def close(self, month: int) -> Stated | None:
        """The statement of a month; None where nothing is new."""
        for row in self._rights(month):
            self.rows.append(row)
        for one in self.agreed.kept:
            self._keep(one, month)
        before = [row.held for row in self.rows]
        self._hold(month)
        new = [row for row in self.rows if row.is_new]
        if not new and before == [row.held for row in self.rows]:
            return None
        entitled = sum(row.cents for row in new)
        more_held = sum(row.held[1] for row in self.rows) - sum(amount for _why, amount in before)
        deferred, set_off = self._by_plans(month, self.carried + entitled - more_held)
        balance = self.carried + entitled - more_held + deferred - set_off
        self.carried = min(balance, 0)
        for row in new:
            row.is_new = False
        return Stated(
            entitled,
            sum(row.held[1] for row in self.rows),
            deferred,
            set_off,
            max(balance, 0),
            self.carried,
        )

    def _rights(self, month: int) -> Iterator[Row]:
        """What is new but for the fee, in the order in which it is recorded."""
        if hours := self.agreed.hours:
            yield from self._by_hours(hours, month)
        if held := self.agreed.allocated:
            yield from self._by_allocation(held, month)
        if (fte := self.agreed.fte) and fte.first <= _last_day(month):
            of_month = twelfth(half_up(fte.hundredths * fte.price, 100), month)
            yield Row(month, in_part(of_month, month, fte.first, date(YEAR, 12, 31)), "fte")
        if course := self.agreed.trajectory:
            yield from self._of_trajectory(course, month)
        for one in self.agreed.sums:
            in_force = one.first <= _last_day(month) and one.last >= date(YEAR, month, 1)
            if in_force and (cents := one.of_month(month)) is not None:
                yield Row(month, cents, one.form)

    def _by_hours(self, hours: Hours, month: int) -> Iterator[Row]:
        if cents := hours.granted(month):
            self.declared[month] = Row(month, cents, "pxq")
            yield self.declared[month]
        if month - 1 in hours.credited and (known := self.declared.get(month - 1)):
            known.is_taken_back = True
            yield Row(month - 1, -known.cents, "pxq")

    def _of_trajectory(self, course: Trajectory, month: int) -> Iterator[Row]:
        if month == course.begin_told:
            yield Row(course.begin.month, course.at_begin, "trajectory")
        if course.end and month == course.end_told:
            yield Row(course.end.month, course.at_end, "trajectory")

    def _by_allocation(self, held: Allocated, month: int) -> Iterator[Row]:
        """What changed is taken back first; then what is new or other than it was."""
        due = {one: held.known(one, month) for one in range(1, month + 1)}
        for one, row in list(self.allocated.items()):
            if due[one] != row.cents:
                row.is_taken_back = True
                del self.allocated[one]
                yield Row(one, -row.cents, "pxq")
        for one, cents in due.items():
            if cents is not None and one not in self.allocated:
                self.allocated[one] = Row(one, cents, "pxq")
                yield self.allocated[one]

    def _keep(self, terms: Kept, month: int) -> None:
        """What is kept of each month so far; what changed is taken back and kept anew."""
        without = ("margin", "sanction_discount")[terms.form == "sanction_discount" :]
        due = {}
        for one in range(1, month + 1):
            base = sum(r.cents for r in self.rows if r.month == one and r.form not in without)
            if kept := terms.of_month(base, one):
                due[one] = kept
        known = {one: row for (form, one), row in self.kept.items() if form == terms.form}
        for one, row in known.items():
            if due.get(one) != -row.cents:
                row.is_taken_back = True
                self.rows.append(Row(one, -row.cents, terms.form))
                del self.kept[terms.form, one]
        for one, cents in due.items():
            if (terms.form, one) not in self.kept:
                self.kept[terms.form, one] = Row(one, -cents, terms.form)
                self.rows.append(self.kept[terms.form, one])

    def _hold(self, month: int) -> None:
        judged = [r for r in self.rows if r.cents > 0 and (r.is_new or r.held[1])]
        above = self._above([r for r in judged if not r.is_taken_back and r.form != "margin"])
        for row in judged:
            fte = self.agreed.fte
            if row.is_taken_back:
                row.held = ("", 0)
            elif self.agreed.signed > month:
                row.held = ("unsigned", row.cents)
            elif row.form == "fte" and fte and not fte.is_reported(row.month, month):
                row.held = ("report", row.cents)
            else:
                part = above.get(id(row), 0)
                row.held = ("ceiling" if part else "", part)

    def _above(self, rows: list[Row]) -> dict[int, int]:
        """The newest first; of what was stated no more than is held already."""
        if self.agreed.ceiling is None:
            return {}
        used = sum(r.cents for r in self.rows if r.form != "margin")
        excess = max(used - self.agreed.ceiling, 0)
        found = {}
        for row in reversed(rows):
            found[id(row)] = min(excess, row.cents if row.is_new else row.held[1])
            excess -= found[id(row)]
        return found

    def _by_plans(self, month: int, balance: int) -> tuple[int, int]:
        room, deferred, set_off = -self.carried, 0, 0
        for plan in self.plans:
            if plan.terms.from_balance and not plan.is_aside and plan.terms.total <= room:
                plan.is_aside = True
                room -= plan.terms.total
                deferred += plan.terms.total
        balance += deferred
        for plan in self.plans:
            terms = plan.terms
            if terms.first <= month and (plan.is_aside or not terms.from_balance):
                most = min(terms.monthly, terms.total - plan.taken)
                take = min(most, max(balance - terms.leaves, 0))
                plan.taken += take
                balance -= take
                set_off += take
        return deferred, set_off

    def asks_for(self, month: int) -> Debt | None:
        """The plan that is agreed upon after a month."""
        claim = self.agreed.claim
        if claim and claim.first == month + 1:
            return claim
        waits = any(one.terms.from_balance and not one.is_aside for one in self.plans)
        total = -self.carried * self.agreed.plans // 100
        if waits or total < 100 or month == 12:
            return None
        return Debt(total, -(-total // self.agreed.parts), 0, month + 1, from_balance=True)


def _last_day(month: int) -> date:
    return date(YEAR, month, calendar.monthrange(YEAR, month)[1])
