"""The true-up of an FTE line with roles: each by itself, or all together.

A person counts under the role that the contract calls as the report calls the job; who has another
job counts under none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from billing.rules import explain, fte, vacancy
from billing.rules.explain import Explanation
from billing.rules.fte import FteMonth, FteTerms, TrueUp, WorkerMonth
from hoofdaannemer.core.periods import Month
from subcontracts.rules.funding_roles import Role, has_role, same_job


@dataclass(frozen=True, slots=True)
class MonthOfWork:
    """Who worked in a month, and on how many of its days the line was in force."""

    month: Month
    days: int
    workers: tuple[WorkerMonth, ...]


@dataclass(frozen=True, slots=True)
class RoleYear:
    """A role with what its year comes to when it is settled by itself."""

    role: Role
    settled: TrueUp


def counts(terms: FteTerms, worker: WorkerMonth) -> bool:
    """Whether somebody has a job that the contract pays for."""
    return has_role(terms.roles, worker.role)


def recognised(terms: FteTerms, month: MonthOfWork) -> FteMonth:
    """What of a month is reported and recognised; a job that the contract does not pay is not."""
    workers = [
        one if counts(terms, one) else replace(one, eligible_days=0) for one in month.workers
    ]
    return fte.recognised_month(month.month, workers, Fraction(month.days, month.month.period.days))


def settle(
    terms: FteTerms, months: Sequence[MonthOfWork], before: Sequence[MonthOfWork] = ()
) -> Explanation:
    """What the year comes to, as the contract says. Raises RuleError BIL-10.

    `before` are the months that come before it without a gap, in which a vacancy may have begun.

    By hand: 2 FTE at € 105.000 of one role and 4 at € 80.000 of another, no tolerance. All year 1
    and 5 were at work. Each by itself 1 × € 105.000 goes back, and 1 too many counts for nothing.
    Together 6 of 6 were at work, and nothing goes back.
    """
    if not terms.roles:
        return fte.true_up(terms, _of(months), _counted(terms, months, before)).explanation
    if terms.is_together:
        counted = [_of_role(terms, role, months, before) for role in terms.roles]
        together = [_added_up(parts) for parts in zip(*counted, strict=True)]
        return fte.true_up(terms, _of(months), together).explanation
    years = by_role(terms, months, before)
    amount = sum((one.settled.amount for one in years), Decimal(0))
    inputs = (
        explain.number("roles", len(years)),
        explain.number("agreed", terms.fte),
        explain.number("recognised", sum((one.settled.recognised for one in years), Decimal(0))),
        explain.number("vacant", sum((one.settled.vacant for one in years), Decimal(0))),
    )
    return Explanation("fte.true_up_roles", inputs, amount)


def by_role(
    terms: FteTerms, months: Sequence[MonthOfWork], before: Sequence[MonthOfWork] = ()
) -> list[RoleYear]:
    """Every role settled by itself; each amount is rounded once."""
    return [
        RoleYear(
            role,
            fte.true_up(_terms_of(terms, role), _of(months), _of_role(terms, role, months, before)),
        )
        for role in terms.roles
    ]


def _terms_of(terms: FteTerms, role: Role) -> FteTerms:
    return replace(terms, fte=role.fte, price=role.price, roles=(), is_together=False)


def _of_role(
    terms: FteTerms, role: Role, months: Sequence[MonthOfWork], before: Sequence[MonthOfWork]
) -> list[FteMonth]:
    def of_it(those: Sequence[MonthOfWork]) -> list[MonthOfWork]:
        return [
            replace(
                month, workers=tuple(one for one in month.workers if same_job(one.role, role.name))
            )
            for month in those
        ]

    return _counted(_terms_of(terms, role), of_it(months), of_it(before))


def _counted(
    terms: FteTerms, months: Sequence[MonthOfWork], before: Sequence[MonthOfWork]
) -> list[FteMonth]:
    """What of each month counts, with the vacancies that are paid."""
    found = [recognised(terms, one) for one in months]
    if terms.vacancy is None:
        return found
    earlier = [recognised(terms, one) for one in before]
    worked = [one.reported for one in (*earlier, *found)]
    days = [one.days for one in (*before, *months)]
    vacant = vacancy.counted(terms.vacancy, terms.fte, worked, days)[len(before) :]
    return [replace(one, vacant=empty) for one, empty in zip(found, vacant, strict=True)]


def _added_up(parts: Sequence[FteMonth]) -> FteMonth:
    return replace(
        parts[0],
        reported=sum((one.reported for one in parts), Decimal(0)),
        recognised=sum((one.recognised for one in parts), Decimal(0)),
        vacant=sum((one.vacant for one in parts), Fraction(0)),
    )


def _of(months: Sequence[MonthOfWork]) -> list[Month]:
    return [one.month for one in months]
