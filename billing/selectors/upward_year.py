"""What the year of a municipal contract rests on, read from the database and ready to be frozen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Min, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.models import Entitlement, Settlement, SettlementRound
from billing.rules.settling import part_of_year
from billing.rules.upward_settlement import Counted
from billing.rules.upward_year import Cost, Decision, Figures, Share
from billing.selectors.by_unit import paid_by_unit
from billing.selectors.closing import first_closed, not_run
from billing.selectors.invoiced import invoiced_under
from billing.selectors.settling import named
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import (
    AllocatedBy,
    Allocation,
    BudgetAdjuster,
    MunicipalContract,
)
from subcontracts.selectors.divisions import shares_over, year_of
from subcontracts.selectors.upward_budgets import basis_of, budget_of, plan_of

_FORMS = MunicipalContract.BudgetForm
#: What is counted under a form of the budget that is a number times a price.
FORMED_OF: Final = {
    _FORMS.FTE.value: Counted.FTE,
    _FORMS.PLACES.value: Counted.PLACES,
    _FORMS.INHABITANTS.value: Counted.INHABITANTS,
}


def figures_of(scope: Scope, contract: MunicipalContract, year: int) -> Figures:
    """Budget with what it follows, decisions, costs and shares of the year, as known now."""
    varies = _varies(contract, year)
    return Figures(
        lump_sum=lump_sum(scope, contract, year),
        planned=varies.planned,
        variable=varies.variable,
        corridor=varies.corridor,
        decisions=tuple(_decisions(scope, contract, year)),
        costs=tuple(_costs(scope, contract, year)),
        shares=tuple(
            Share(part.municipality.code, part.municipality.name, percent)
            for part, percent in sorted(
                shares_over(contract, year_of(contract, year)),
                key=lambda one: one[0].municipality.code,
            )
        ),
        formed_of=varies.formed_of,
        by_unit=_by_unit(scope, contract, year),
    )


@dataclass(frozen=True)
class _Varies:
    """What the budget follows; shares as parts of one."""

    planned: Decimal | None = None
    variable: Decimal = ZERO
    corridor: Decimal = ZERO
    formed_of: Counted | None = None


def _varies(contract: MunicipalContract, year: int) -> _Varies:
    """The basis or the plan of the year, whichever the contract has."""
    if basis := basis_of(contract, year):
        return _Varies(
            basis.number,
            basis.variable_share / 100,
            basis.corridor / 100,
            FORMED_OF[contract.form_of(year)],
        )
    if plan := plan_of(contract, year):
        return _Varies(
            Decimal(plan.planned_decisions), plan.variable_share / 100, plan.corridor / 100
        )
    return _Varies()


def _by_unit(scope: Scope, contract: MunicipalContract, year: int) -> Decimal:
    """What was declared and stands, of a contract that is paid in no other way."""
    if contract.form_of(year) != MunicipalContract.BudgetForm.PXQ:
        return ZERO
    return sum(paid_by_unit(scope, contract, year).values(), ZERO)


def lump_sum(scope: Scope, contract: MunicipalContract, year: int) -> Decimal:
    """The budget of the year with its adjusters, but for those that the corridor brought about.

    Those are what is computed here.
    """
    table = budget_of(scope, contract, year).table
    others = (
        line.adjustment.amount
        for line in table.lines
        if line.adjustment.kind != BudgetAdjuster.Kind.DECISIONS_CORRIDOR
    )
    return table.base + sum(others, ZERO)


def _decisions(scope: Scope, contract: MunicipalContract, year: int) -> Iterable[Decision]:
    """Allocations that a municipality, or we under its mandate, decided first in the year.

    One number is one decision, on the day of its first version: a later version changes it and is
    none. One that was taken back is none either, and neither is care that follows from the task.
    """
    rows: Iterable[Any] = (
        Allocation.objects.visible_to(scope)
        .filter(municipal_contract=contract, is_deleted=False)
        .exclude(origin=AllocatedBy.TASK)
        .select_related("municipality", "product")
        .annotate(first_decided=Min("versions__decided_at"))
        .order_by("first_decided", "pk")
    )
    for row in rows:
        day = timezone.localdate(row.first_decided or row.decided_at)
        if day.year == year:
            product = row.product.code if row.product else row.category
            yield Decision(row.pk, row.number, row.municipality.code, product, day, row.client_id)


def _costs(scope: Scope, contract: MunicipalContract, year: int) -> Iterable[Cost]:
    rows = (
        Entitlement.objects.visible_to(scope)
        .filter(
            funding_line__subcontract__municipal_contract=contract,
            month__range=(date(year, 1, 1), date(year, 12, 1)),
        )
        .order_by()
        .values_list(
            "funding_line__subcontract",
            "funding_line__subcontract__number",
            "provider_organisation__name",
            "form",
        )
        .annotate(Sum("amount"))
        .order_by("provider_organisation__name", "funding_line__subcontract", "form")
    )
    for subcontract, number, name, form, amount in rows:
        yield Cost(subcontract, f"{name}, {number}", form, amount)
    for name, amount in invoiced_under(scope, contract, year):
        yield Cost(0, name, Entitlement.INVOICE, amount)


def not_ready(scope: Scope, contract: MunicipalContract, year: int) -> list[str]:
    """Why the year cannot be locked yet, as sentences; nothing when it can."""
    if scope.today <= date(year, 12, 31):
        return [_("The year %(year)s is not over.") % {"year": year}]
    return [*_open_months(contract, year), *_open_settlements(scope, contract, year)]


def _open_months(contract: MunicipalContract, year: int) -> Iterable[str]:
    """Months of the contract in the year, from the first that was closed here."""
    in_force = Period(contract.start_date, contract.end_date)
    period = part_of_year(year, in_force, first_closed(contract.main_contractor_id))
    months = period.months() if period else ()
    if lacking := not_run(contract.main_contractor_id, months):
        yield _("Close %(months)s first.") % {"months": named(lacking)}


def _open_settlements(scope: Scope, contract: MunicipalContract, year: int) -> Iterable[str]:
    """Settlements of subcontractors that were begun: what they come to is a cost of the year."""
    rows = (
        Settlement.objects.visible_to(scope)
        .light()
        .filter(year=year, funding_line__subcontract__municipal_contract=contract)
        .exclude(round__status=SettlementRound.Status.LOCKED)
        .select_related("provider_organisation", "funding_line")
    )
    for row in rows.order_by("pk"):
        words = {"name": row.provider_organisation.name, "settlement": str(row)}
        yield _("%(name)s: lock %(settlement)s first.") % words
