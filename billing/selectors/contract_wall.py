"""A municipal contract and its subcontracts side by side: what comes in and goes out in a year.

What is expected of subcontracts is an estimate, the one of the ceilings: what is gone, and what
running care and lump sums will still cost up to the end of the year. Of own teams and invoices it
is what is known and, in the running year, the average of those months for the ones to come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from billing import gates
from billing.models import Entitlement, OwnTeamRow
from billing.rules.division import Division, percent_of
from billing.rules.forecast import go_on
from billing.selectors.by_unit import paid_by_unit
from billing.selectors.division import limits
from billing.selectors.invoiced import invoiced_by_month, invoiced_under
from billing.selectors.own_teams import OwnCost, costs_by_month, costs_of
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import MunicipalContract, Subcontract
from subcontracts.rules.upward_budget import YearBudget
from subcontracts.selectors.coverage import Gap, gaps_of
from subcontracts.selectors.upward_budgets import budget_of
from subcontracts.selectors.upward_terms import values_on


@dataclass(frozen=True)
class Below:
    """One subcontract in the year; amounts in euros."""

    subcontract: Subcontract
    #: Entitlements so far, by funding form.
    by_form: Mapping[str, Decimal]
    #: Gone or committed up to the end of the year.
    expected: Decimal
    #: Of the year, as it stands today.
    ceiling: Decimal | None

    @property
    def so_far(self) -> Decimal:
        """All entitlements of the year that are known."""
        return sum(self.by_form.values(), ZERO)

    @property
    def ceiling_percent(self) -> int | None:
        """Used part of the ceiling in whole percent, cut down; None where none was agreed."""
        return percent_of(self.expected, self.ceiling)


@dataclass(frozen=True, kw_only=True)
class Wall:
    """The year of one municipal contract."""

    year: int
    budget: YearBudget
    #: Declared to municipalities by the unit and standing, beside the budget.
    by_unit: Decimal
    below: Sequence[Below]
    #: Parties without a subcontract and what they invoiced so far, by name.
    invoiced: Sequence[tuple[str, Decimal]]
    #: What own teams reported so far, by kind.
    own_costs: Sequence[OwnCost]
    #: Both up to the end of the year, or of the contract.
    own_expected: Decimal
    invoiced_expected: Decimal
    #: The same as percentages, beside what the terms say of it.
    division: Division
    #: Subcontracts with days of the year without a tariff or a line, and those gaps.
    gaps: Sequence[tuple[Subcontract, Sequence[Gap]]] = ()

    @property
    def comes_in(self) -> Decimal:
        """The budget of the year, and what is paid by the unit so far."""
        return self.budget.total + self.by_unit

    @property
    def so_far(self) -> Decimal:
        """Entitlements of all subcontracts."""
        return sum((one.so_far for one in self.below), ZERO)

    @property
    def expected(self) -> Decimal:
        """What all subcontracts cost up to the end of the year."""
        return sum((one.expected for one in self.below), ZERO)

    @property
    def invoiced_so_far(self) -> Decimal:
        """What was invoiced without a subcontract, credits taken off."""
        return sum((amount for _name, amount in self.invoiced), ZERO)

    @property
    def own_so_far(self) -> Decimal:
        """All that own teams reported."""
        return sum((one.amount for one in self.own_costs), ZERO)

    @property
    def left(self) -> Decimal:
        """What nothing is expected of yet; below zero where more goes out than comes in."""
        return self.comes_in - self.goes_out

    @property
    def goes_out(self) -> Decimal:
        """All that is expected to go out in the year."""
        return self.expected + self.own_expected + self.invoiced_expected

    def by_form(self) -> dict[str, Decimal]:
        """Entitlements so far by funding form, over all subcontracts."""
        total: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        for one in self.below:
            for form, amount in one.by_form.items():
                total[form] += amount
        return dict(total)


def wall_of(scope: Scope, contract: MunicipalContract, year: int) -> Wall:
    """The year side by side, for who reads money of contracts."""
    subcontracts = list(
        Subcontract.objects.visible_to(scope)
        .filter(municipal_contract=contract)
        .exclude(status__in=Subcontract.NOT_BEGUN)
        .select_related("provider_organisation")
        .prefetch_related("ceilings")
    )
    keys = [row.pk for row in subcontracts]
    expected = gates.spent(keys, year, scope.today)
    entitled = _entitled(scope, keys, year)
    # What does not run in the year and has nothing in it is not about it.
    below = [
        Below(
            row,
            entitled.get(row.pk, {}),
            expected.get(row.pk, ZERO),
            row.ceiling_of(year, scope.today),
        )
        for row in subcontracts
        if _is_of(row, year) or row.pk in entitled
    ]
    budget = budget_of(scope, contract, year).table
    by_unit = sum(paid_by_unit(scope, contract, year).values(), ZERO)
    all_by_unit = contract.form_of(year) == MunicipalContract.BudgetForm.PXQ
    invoiced = invoiced_under(scope, contract, year)
    own_costs = costs_of(scope, contract, year)
    care = (one.amount for one in own_costs if one.kind in OwnTeamRow.REACHES_CARE)
    own_care = sum(care, ZERO)
    beside = sum((amount for _name, amount in invoiced), own_care)
    day = _day_in(year, scope.today)
    return Wall(
        year=year,
        budget=budget,
        by_unit=by_unit,
        invoiced=invoiced,
        own_costs=own_costs,
        own_expected=_ahead(scope, contract, year, costs_by_month(scope, contract, year)),
        invoiced_expected=_ahead(scope, contract, year, invoiced_by_month(scope, contract, year)),
        below=sorted(below, key=lambda one: (-one.expected, one.subcontract.number)),
        division=Division(
            # Of a contract without a sum of its own, what is paid by the unit is the budget.
            budget=budget.total + by_unit if all_by_unit else budget.total,
            below=sum((one.expected for one in below), ZERO),
            own_care=own_care,
            all_care=sum((one.so_far for one in below), beside),
            subcontractors=len(_working(subcontracts, day)),
            **limits(values_on(contract, day)),  # type: ignore[arg-type]
        ),
        gaps=_gaps(subcontracts, year),
    )


def _working(subcontracts: Sequence[Subcontract], day: date) -> set[int]:
    """Subcontractors with a contract that runs on a day."""
    return {
        row.subcontractor_id
        for row in subcontracts
        if row.status in Subcontract.RUNNING and Period(row.start_date, row.end_date).contains(day)
    }


def _gaps(
    subcontracts: Sequence[Subcontract], year: int
) -> list[tuple[Subcontract, Sequence[Gap]]]:
    """What of them falls in the year, by contract in the order of their numbers."""
    whole = Period(date(year, 1, 1), date(year, 12, 31))
    found = gaps_of(subcontracts)
    of_year = [
        (row, [one for one in found.get(row.pk, []) if one.period.overlaps(whole)])
        for row in subcontracts
    ]
    return [(row, gaps) for row, gaps in of_year if gaps]


def _is_of(row: Subcontract, year: int) -> bool:
    whole = Period(date(year, 1, 1), date(year, 12, 31))
    return Period(row.start_date, row.end_date).overlaps(whole)


def years_of(scope: Scope, contract: MunicipalContract) -> list[int]:
    """The years one may look at: those of the contract, up to and including the next one."""
    last = scope.today.year + 1
    if contract.end_date is not None:
        last = min(last, contract.end_date.year)
    return list(range(min(contract.start_date.year, last), last + 1))


def last_day(contract: MunicipalContract, year: int) -> date:
    """The last day of a year on which a contract runs, or would if it ran in it."""
    whole = date(year, 12, 31)
    return whole if contract.end_date is None else min(whole, contract.end_date)


def _ahead(
    scope: Scope, contract: MunicipalContract, year: int, by_month: Mapping[date, Decimal]
) -> Decimal:
    """A year that is over is what it was."""
    known = sum(by_month.values(), ZERO)
    if year < scope.today.year:
        return known
    return go_on(by_month, last_day(contract, year)).expected


def _day_in(year: int, today: date) -> date:
    """Today, or the day of the year that is nearest to it: terms are as on that day."""
    return min(max(today, date(year, 1, 1)), date(year, 12, 31))


def _entitled(scope: Scope, keys: Sequence[int], year: int) -> dict[int, dict[str, Decimal]]:
    rows = (
        Entitlement.objects.visible_to(scope)
        .filter(
            funding_line__subcontract__in=keys,
            month__range=(date(year, 1, 1), date(year, 12, 1)),
        )
        .order_by()
        .values_list("funding_line__subcontract", "form")
        .annotate(total=Sum("amount"))
    )
    found: defaultdict[int, dict[str, Decimal]] = defaultdict(dict)
    for pk, form, total in rows:
        found[pk][form] = total
    return dict(found)
