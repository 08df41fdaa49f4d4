"""A fixed sum for people at work: monthly amounts, recognised FTE and the true-up of a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from billing.rules import explain, monthly
from billing.rules.explain import Entry, Explanation, Input
from billing.rules.vacancy import Vacancy
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import round_cents
from hoofdaannemer.core.periods import Month, Period
from subcontracts.rules.funding_roles import Role

_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class FteTerms:
    """What the contract says: FTE and the price of one for a whole year, in euros.

    `tolerance` and `most_over` are parts of the agreed FTE. Less than agreed is paid back as far
    as it passes the tolerance; more is paid out only where it is symmetric, counted up to
    `most_over` (`None`: without limit).
    """

    fte: Decimal
    price: Decimal
    tolerance: Decimal = _NONE
    is_symmetric: bool = False
    most_over: Decimal | None = None
    vacancy: Vacancy | None = None
    #: What `fte` and the average `price` are made up of, where the contract names roles.
    roles: tuple[Role, ...] = ()
    #: More of one role makes up for less of another.
    is_together: bool = False

    def __post_init__(self) -> None:
        if min(self.fte, self.price, self.tolerance, self.most_over or _NONE) < 0:
            raise ValueError("terms are not negative")

    @property
    def year(self) -> Decimal:
        """What a whole year is paid, in whole cents."""
        if self.roles:
            return round_cents(sum((one.year for one in self.roles), _NONE))
        return round_cents(self.fte * self.price)


@dataclass(frozen=True, slots=True)
class WorkerMonth:
    """A worker's FTE in a month, and on how many of its days all requirements were met.

    Where the contract counts on a reference day, `of_days` is 1 and `eligible_days` 0 or 1.
    """

    worker: str
    fte: Decimal
    eligible_days: int
    of_days: int
    #: The job, where the contract names roles.
    role: str = ""

    def __post_init__(self) -> None:
        if self.fte < 0 or not 0 <= self.eligible_days <= self.of_days or not self.of_days:
            raise ValueError("a worker's FTE and days do not fit")


@dataclass(frozen=True, slots=True)
class FteMonth:
    """FTE that was reported in a month, and how much of it counts.

    `part` is the part of the month in which the line was in force; `vacant` are FTE that nobody
    filled and that count all the same, since the contract pays a vacancy for some days.
    """

    month: Month
    reported: Decimal
    recognised: Decimal
    part: Fraction = Fraction(1)
    vacant: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        if not 0 <= self.recognised <= self.reported:
            raise ValueError("recognised FTE lies between nothing and what was reported")


@dataclass(frozen=True, slots=True)
class TrueUp:
    """The settlement of a year: `amount` is below zero where the subcontractor pays back.

    `recognised` is the average over the months, `vacant` that of vacancies which are paid,
    `difference` the FTE outside the tolerance (below zero where too few worked).
    """

    recognised: Decimal
    difference: Decimal
    explanation: Explanation
    vacant: Decimal = _NONE

    @property
    def amount(self) -> Decimal:
        return self.explanation.amount


def month_amount(terms: FteTerms, month: Month, in_force: Period) -> Entry | None:
    """What a month is worth; `None` where the line is not in force in it.

    The year's sum is split over twelve months so that they add up to it to the cent. A month in
    which the line starts or ends counts by calendar days.
    """
    if terms.roles:
        several = (
            explain.number("fte", terms.fte),
            explain.number("roles", len(terms.roles)),
            explain.euro("year", terms.year),
        )
        return monthly.of_year("fte.roles", several, terms.year, month, in_force)
    inputs = (explain.number("fte", terms.fte), explain.euro("price", terms.price))
    return monthly.of_year("fte", inputs, terms.year, month, in_force)


def recognised_month(
    month: Month, workers: Sequence[WorkerMonth], part: Fraction = Fraction(1)
) -> FteMonth:
    """The report of a month; a worker counts for the part of the days on which he may work."""
    reported = sum((worker.fte for worker in workers), _NONE)
    lost = sum((_not_recognised(worker) for worker in workers), _NONE)
    return FteMonth(month, reported, reported - lost, part)


def _not_recognised(worker: WorkerMonth) -> Decimal:
    return worker.fte * (worker.of_days - worker.eligible_days) / worker.of_days


def true_up(terms: FteTerms, agreed_months: Sequence[Month], reports: Sequence[FteMonth]) -> TrueUp:
    """Settle the months of one year in which the line was in force.

    The average of the recognised FTE is compared with what was agreed; only what passes the
    tolerance is settled, at the price of a year for the part of the year agreed. A month in which
    the line starts or ends counts for its part. The amount is rounded once.
    Raises RuleError BIL-10 where a month has no report, or two; ValueError where no month was
    agreed.
    """
    if not agreed_months:
        raise ValueError("there is no month to settle")
    if sorted(report.month for report in reports) != sorted(agreed_months):
        raise RuleError(
            "BIL-10",
            _("Not every month has one FTE report. Ask for the missing reports, then settle."),
        )
    # Sums over the months stay exact; a division by twelve comes last.
    months = sum((report.part for report in reports), Fraction(0))
    worked = sum((Fraction(one.recognised) * one.part for one in reports), Fraction(0))
    empty = sum((one.vacant * one.part for one in reports), Fraction(0))
    outside = _outside_tolerance(terms, worked + empty - Fraction(terms.fte) * months, months)
    rule, prices, exact = _priced(terms, outside)
    recognised, vacant, difference = (
        monthly.as_decimal(one / months) for one in (worked, empty, outside)
    )
    inputs = [
        explain.number("agreed", terms.fte),
        explain.number("recognised", recognised),
        explain.number("tolerance", terms.fte * terms.tolerance),
        explain.number("difference", difference),
        *prices,
        explain.number("months", monthly.as_decimal(months)),
    ]
    if terms.roles or terms.vacancy:
        inputs.append(explain.number("vacant", vacant))
    amount = round_cents(monthly.as_decimal(exact))
    return TrueUp(recognised, difference, Explanation(rule, tuple(inputs), amount), vacant)


def _priced(terms: FteTerms, outside: Fraction) -> tuple[str, list[Input], Fraction]:
    """By which rule FTE-months are priced, at what, and what they come to, not yet rounded."""
    if terms.roles:
        # The average price of a line with roles has whole cents; what it is paid a year is exact.
        exact = outside * Fraction(terms.year) / (12 * Fraction(terms.fte))
        prices = [explain.euro("year", terms.year), explain.number("roles", len(terms.roles))]
        return "fte.true_up_together", prices, exact
    rule = "fte.true_up_vacancy" if terms.vacancy else "fte.true_up"
    return rule, [explain.euro("price", terms.price)], outside * Fraction(terms.price) / 12


def _outside_tolerance(terms: FteTerms, over: Fraction, months: Fraction) -> Fraction:
    """FTE-months to settle of what was worked over (below zero: under) the agreement."""
    tolerance = Fraction(terms.fte * terms.tolerance) * months
    if over < 0:
        return min(over + tolerance, Fraction(0))
    if not terms.is_symmetric:
        return Fraction(0)
    if terms.most_over is not None:
        over = min(over, Fraction(terms.fte * terms.most_over) * months)
    return max(over - tolerance, Fraction(0))
