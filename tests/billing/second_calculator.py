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

    def of_month(self, month: int) -> int:
        whole = half_up(self.cents * self.advance, 100)
        sum_of_month = whole if self.form == "availability" else twelfth(whole, month)
        return in_part(sum_of_month, month, self.first, self.last)


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
    """A contract and all that happens under it in a year. `fee` in hundredths of a percent."""

    hours: Hours | None
    fte: Fte | None
    trajectory: Trajectory | None
    fixed: tuple[Fixed, ...]
    fee: int
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
    fees: dict[int, Row] = field(default_factory=dict)
    plans: list[Running] = field(default_factory=list)
    carried: int = 0
    declared: dict[int, Row] = field(default_factory=dict)

    def close(self, month: int) -> Stated | None:
        """The statement of a month; None where nothing is new."""
        for row in self._rights(month):
            self.rows.append(row)
        self._keep_fees(month)
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
        if (fte := self.agreed.fte) and fte.first <= _last_day(month):
            of_month = twelfth(half_up(fte.hundredths * fte.price, 100), month)
            yield Row(month, in_part(of_month, month, fte.first, date(YEAR, 12, 31)), "fte")
        if course := self.agreed.trajectory:
            if month == course.begin_told:
                yield Row(course.begin.month, course.at_begin, "trajectory")
            if course.end and month == course.end_told:
                yield Row(course.end.month, course.at_end, "trajectory")
        for one in self.agreed.fixed:
            if one.first <= _last_day(month) and one.last >= date(YEAR, month, 1):
                yield Row(month, one.of_month(month), one.form)

    def _by_hours(self, hours: Hours, month: int) -> Iterator[Row]:
        if cents := hours.granted(month):
            self.declared[month] = Row(month, cents, "pxq")
            yield self.declared[month]
        if month - 1 in hours.credited and (known := self.declared.get(month - 1)):
            known.is_taken_back = True
            yield Row(month - 1, -known.cents, "pxq")

    def _keep_fees(self, month: int) -> None:
        """What is kept of each month so far; what changed is taken back and kept anew."""
        if not self.agreed.fee:
            return
        due = {}
        for one in range(1, month + 1):
            base = sum(r.cents for r in self.rows if r.month == one and r.form != "margin")
            if base > 0 and (fee := half_up(base * self.agreed.fee, 10_000)):
                due[one] = fee
        for one, row in list(self.fees.items()):
            if due.get(one) != -row.cents:
                row.is_taken_back = True
                self.rows.append(Row(one, -row.cents, "margin"))
                del self.fees[one]
        for one, fee in due.items():
            if one not in self.fees:
                self.fees[one] = Row(one, -fee, "margin")
                self.rows.append(self.fees[one])

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
