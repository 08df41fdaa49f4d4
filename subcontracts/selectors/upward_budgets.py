"""The budget of a year under a municipal contract, as a table, and over its municipalities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from hoofdaannemer.core import money
from hoofdaannemer.core.scope import Scope
from subcontracts.models import (
    BudgetAdjuster,
    BudgetBasis,
    BudgetYear,
    DecisionPlan,
    MunicipalContract,
)
from subcontracts.rules.upward_budget import Adjustment, YearBudget, formed, year_budget
from subcontracts.selectors.divisions import shares_over, year_of

_FromYear = TypeVar("_FromYear", BudgetBasis, DecisionPlan)


@dataclass(frozen=True)
class Year:
    """A year's budget. `record` is None where nothing was recorded for the year itself.

    Then it is what it is formed of (`basis`), or else the budget a year of the contract.
    """

    year: int
    record: BudgetYear | None
    basis: BudgetBasis | None
    table: YearBudget


def budget_of(scope: Scope, contract: MunicipalContract, year: int) -> Year:
    """The budget of a year, for who reads budgets."""
    records = BudgetYear.objects.visible_to(scope).standing()
    record = records.filter(contract=contract, year=year).first()
    rows = BudgetAdjuster.objects.visible_to(scope).filter(contract=contract, year=year)
    adjustments = [Adjustment(row.effective_date, row.kind, row.amount, row.note) for row in rows]
    basis = basis_of(contract, year)
    base = record.amount if record else _base(contract, year, basis)
    return Year(year, record, basis, year_budget(base, adjustments))


def _base(contract: MunicipalContract, year: int, basis: BudgetBasis | None) -> Decimal:
    if contract.form_of(year) == MunicipalContract.BudgetForm.PXQ:
        return money.ZERO
    return contract.yearly_budget if basis is None else formed(basis.number, basis.price)


def basis_of(contract: MunicipalContract, year: int) -> BudgetBasis | None:
    """Of what the budget of a year is formed; None where it is of nothing.

    A year before the first basis of its form has that one.
    """
    rows = list(contract.budget_bases.all())
    if not rows or contract.form_of(year) not in MunicipalContract.BY_NUMBER:
        return None
    return _held(contract, year, rows)


def years_of(scope: Scope, contract: MunicipalContract) -> list[int]:
    """This year, and the years of which something is recorded, in order."""
    recorded = BudgetYear.objects.visible_to(scope).filter(contract=contract)
    adjusted = BudgetAdjuster.objects.visible_to(scope).filter(contract=contract)
    found = {*recorded.values_list("year", flat=True), *adjusted.values_list("year", flat=True)}
    return sorted(found | {scope.today.year})


def plan_of(contract: MunicipalContract, year: int) -> DecisionPlan | None:
    """How the budget of a year follows the decisions; None where it does not.

    A year before the first plan of its form has that one.
    """
    rows = list(contract.decision_plans.all())
    follows = MunicipalContract.BudgetForm.LUMP_SUM_BY_DECISIONS
    if not rows or contract.form_of(year) != follows:
        return None
    return _held(contract, year, rows)


def _held(contract: MunicipalContract, year: int, rows: Sequence[_FromYear]) -> _FromYear | None:
    """What holds in a year, of what was recorded while the budget was formed as in that year."""
    of_form = [row for row in rows if contract.is_formed_alike(row.first_year, year)]
    if not of_form:
        return None
    begun = max(year, of_form[0].first_year)
    return [row for row in of_form if row.first_year <= begun][-1]


def shared(
    contract: MunicipalContract, year: int, total: Decimal
) -> list[tuple[str, Decimal, Decimal]]:
    """Municipality, share in percent and euros of a year; the euros add up to the total, to the
    cent. Where shares change in the year they count by the days on which they hold.

    Divided at largest remainder, in the order of the names.
    """
    rows = shares_over(contract, year_of(contract, year))
    amounts = money.split(total, [percent for _part, percent in rows])
    return [
        (part.municipality.name, percent, amount)
        for (part, percent), amount in zip(rows, amounts, strict=True)
    ]
