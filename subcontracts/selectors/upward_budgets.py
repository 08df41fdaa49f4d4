"""The budget of a year under a municipal contract, as a table, and over its municipalities."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hoofdaannemer.core import money
from hoofdaannemer.core.scope import Scope
from subcontracts.models import BudgetAdjuster, BudgetYear, MunicipalContract
from subcontracts.rules.upward_budget import Adjustment, YearBudget, year_budget


@dataclass(frozen=True)
class Year:
    """A year's budget. `record` is None where the contract's budget a year holds, unadapted."""

    year: int
    record: BudgetYear | None
    table: YearBudget


def budget_of(scope: Scope, contract: MunicipalContract, year: int) -> Year:
    """The budget of a year, for who reads budgets."""
    records = BudgetYear.objects.visible_to(scope).standing()
    record = records.filter(contract=contract, year=year).first()
    rows = BudgetAdjuster.objects.visible_to(scope).filter(contract=contract, year=year)
    adjustments = [Adjustment(row.effective_date, row.kind, row.amount, row.note) for row in rows]
    base = record.amount if record else contract.yearly_budget
    return Year(year, record, year_budget(base, adjustments))


def years_of(scope: Scope, contract: MunicipalContract) -> list[int]:
    """This year, and the years of which something is recorded, in order."""
    recorded = BudgetYear.objects.visible_to(scope).filter(contract=contract)
    adjusted = BudgetAdjuster.objects.visible_to(scope).filter(contract=contract)
    found = {*recorded.values_list("year", flat=True), *adjusted.values_list("year", flat=True)}
    return sorted(found | {scope.today.year})


def shared(
    scope: Scope, contract: MunicipalContract, total: Decimal
) -> list[tuple[str, Decimal, Decimal]]:
    """Municipality, share in percent and euros; the euros add up to the total, to the cent.

    Divided at largest remainder, in the order of the names.
    """
    rows = list(contract.municipalities.visible_to(scope).select_related("municipality"))
    amounts = money.split(total, [row.share for row in rows])
    return [
        (row.municipality.name, row.share, amount)
        for row, amount in zip(rows, amounts, strict=True)
    ]
