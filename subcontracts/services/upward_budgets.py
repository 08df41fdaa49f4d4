"""The budget of a year under a municipal contract, and what changes it.

All of it is the contract manager's work (NotAllowedError for anybody else).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts.models import BudgetAdjuster, BudgetYear, MunicipalContract
from subcontracts.rules.upward_choices import CHOICES
from subcontracts.services.upward_terms import locked


@dataclass(frozen=True, kw_only=True)
class AdjusterFacts:
    """What changes a year's budget: euros, below zero where it goes down, and why."""

    year: int
    effective_date: date
    kind: str
    amount: Decimal
    note: str = ""


@transaction.atomic
def set_budget(
    *,
    scope: Scope,
    contract: MunicipalContract,
    year: int,
    amount: Decimal,
    base: str = "",
    note: str = "",
) -> BudgetYear:
    """Record the budget of a year; an earlier record of that year is superseded.

    Raises RuleError CON-46 for a year in which the contract does not run, CON-47 for an amount
    below zero or a base that does not exist.
    """
    contract = locked(scope, contract)
    _check_year(contract, year)
    if amount < 0 or (base and base not in CHOICES["funding_base"]):
        raise RuleError("CON-47", _("A budget is an amount of zero or more, from a known base."))
    superseded = contract.budget_years.standing().filter(year=year).update(superseded_at=scope.at)
    row = BudgetYear.objects.create(
        main_contractor_id=contract.main_contractor_id,
        contract=contract,
        year=year,
        amount=amount,
        base=base,
        note=note,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    audit.record(
        scope, "budget_year.recorded", row, year=year, amount=str(amount), supersedes=superseded
    )
    return row


@transaction.atomic
def adjust_budget(
    *, scope: Scope, contract: MunicipalContract, facts: AdjusterFacts
) -> BudgetAdjuster:
    """Add an amount to a year's budget, or take it off. What was wrong takes an opposite one.

    Raises RuleError CON-46 for a year in which the contract does not run, CON-48 for nothing.
    """
    contract = locked(scope, contract)
    _check_year(contract, facts.year)
    if not facts.amount:
        raise RuleError("CON-48", _("Fill in an amount that is not zero."))
    row = BudgetAdjuster.objects.create(
        main_contractor_id=contract.main_contractor_id,
        contract=contract,
        year=facts.year,
        effective_date=facts.effective_date,
        kind=facts.kind,
        amount=facts.amount,
        note=facts.note,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    audit.record(scope, "budget_adjuster.added", row, kind=facts.kind, amount=str(facts.amount))
    return row


def _check_year(contract: MunicipalContract, year: int) -> None:
    last = contract.end_date.year if contract.end_date else year
    if not contract.start_date.year <= year <= last:
        raise RuleError("CON-46", _("Choose a year in which the municipal contract runs."))
