"""The budget of a year under a municipal contract, and what changes it.

All of it is the contract manager's work (NotAllowedError for anybody else).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts.models import (
    BudgetAdjuster,
    BudgetBasis,
    BudgetFormChange,
    BudgetYear,
    DecisionPlan,
    MunicipalContract,
)
from subcontracts.rules.divisions import WHOLE
from subcontracts.rules.upward_choices import CHOICES
from subcontracts.selectors.upward_budgets import basis_of, plan_of
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
def change_form(
    *, scope: Scope, contract: MunicipalContract, first_year: int, form: str, source: str
) -> BudgetFormChange:
    """Form the budget in another way from a year on; earlier years keep theirs.

    Of what it is formed, or how it follows the decisions, is recorded next. Raises RuleError CON-46
    for a year in which the contract does not run, CON-269 where nothing would change or it is not
    said where it stands.
    """
    contract = locked(scope, contract)
    _check_year(contract, first_year)
    if form not in MunicipalContract.BudgetForm.values or not source.strip():
        raise RuleError("CON-269", _("Choose how the budget is formed, and say where it stands."))
    if contract.form_of(first_year) == form:
        raise RuleError("CON-269", _("From that year on the budget is formed in this way already."))
    row = BudgetFormChange.objects.create(
        main_contractor_id=contract.main_contractor_id,
        contract=contract,
        first_year=first_year,
        form=form,
        source=source.strip(),
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    audit.record(scope, "budget_form.changed", row, year=first_year, form=form)
    return row


#: What a plan is made of, by the names of its fields.
PLAN: Final = ("planned_decisions", "variable_share", "corridor")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a budget follows the decisions: how many are planned a year, and shares in percent.

    Without a number nothing follows.
    """

    planned_decisions: int | None
    variable_share: Decimal = Decimal(0)
    corridor: Decimal = Decimal(0)


@transaction.atomic
def plan_decisions(
    *, scope: Scope, contract: MunicipalContract, first_year: int, plan: Plan, source: str = ""
) -> DecisionPlan:
    """Record how the budget follows the decisions from a year on; earlier years keep their plan.

    What was recorded for a later year holds from that year on. Raises RuleError CON-46 for a year
    in which the contract does not run, CON-210 for a plan that is none, CON-211 where the budget
    does not follow decisions, CON-212 where nothing would change.
    """
    contract = locked(scope, contract)
    _check_year(contract, first_year)
    if contract.form_of(first_year) != MunicipalContract.BudgetForm.LUMP_SUM_BY_DECISIONS:
        raise RuleError(
            "CON-211", _("The budget of this contract does not follow the number of decisions.")
        )
    _check_plan(plan)
    held = plan_of(contract, first_year)
    if held and all(getattr(held, name) == getattr(plan, name) for name in PLAN):
        raise RuleError("CON-212", _("From that year on this is the plan already."))
    row = _keep_plan(scope, contract, first_year, plan, source)
    audit.record(
        scope,
        "decision_plan.recorded",
        row,
        year=first_year,
        planned=plan.planned_decisions,
        variable=str(plan.variable_share),
        corridor=str(plan.corridor),
    )
    return row


def begin_plan(scope: Scope, contract: MunicipalContract, plan: Plan) -> DecisionPlan:
    """The plan with which a new contract begins. Raises RuleError CON-210."""
    _check_plan(plan)
    return _keep_plan(scope, contract, contract.start_date.year, plan, "")


def _check_plan(plan: Plan) -> None:
    shares = (plan.variable_share, plan.corridor)
    if not plan.planned_decisions or any(not 0 <= share <= WHOLE for share in shares):
        raise RuleError(
            "CON-210", _("Plan at least one decision a year, with shares from 0 to 100 percent.")
        )


def _keep_plan(
    scope: Scope, contract: MunicipalContract, first_year: int, plan: Plan, source: str
) -> DecisionPlan:
    return DecisionPlan.objects.create(
        main_contractor_id=contract.main_contractor_id,
        contract=contract,
        first_year=first_year,
        source=source,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
        **{name: getattr(plan, name) for name in PLAN},
    )


#: What a basis is made of, by the names of its fields.
BASIS: Final = ("number", "price", "variable_share", "corridor")


@dataclass(frozen=True, kw_only=True)
class Basis:
    """Of what a budget is formed: a number, euros a year for each, and shares in percent.

    Of a difference outside the corridor the variable share is settled.
    """

    number: Decimal
    price: Decimal
    variable_share: Decimal = WHOLE
    corridor: Decimal = Decimal(0)


@transaction.atomic
def form_budget(
    *, scope: Scope, contract: MunicipalContract, first_year: int, basis: Basis, source: str = ""
) -> BudgetBasis:
    """Record of what the budget is formed from a year on; earlier years keep their basis.

    What was recorded for a later year holds from that year on. Raises RuleError CON-46 for a year
    in which the contract does not run, CON-207 for a basis that is none, CON-208 where the budget
    is not formed of a number, CON-209 where nothing would change.
    """
    contract = locked(scope, contract)
    _check_year(contract, first_year)
    if contract.form_of(first_year) not in MunicipalContract.BY_NUMBER:
        raise RuleError(
            "CON-208", _("The budget of this contract is not a number times a price a year.")
        )
    shares = (basis.variable_share, basis.corridor)
    if min(basis.number, basis.price) <= 0 or any(not 0 <= share <= WHOLE for share in shares):
        raise RuleError(
            "CON-207",
            _("Fill in a number and a price above zero, and shares from 0 to 100 percent."),
        )
    held = basis_of(contract, first_year)
    if held and all(getattr(held, name) == getattr(basis, name) for name in BASIS):
        raise RuleError("CON-209", _("From that year on the budget is formed of this already."))
    row = BudgetBasis.objects.create(
        main_contractor_id=contract.main_contractor_id,
        contract=contract,
        first_year=first_year,
        source=source,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
        **{name: getattr(basis, name) for name in BASIS},
    )
    audit.record(
        scope,
        "budget_basis.recorded",
        row,
        year=first_year,
        number=str(basis.number),
        price=str(basis.price),
    )
    return row


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
    below zero or a base that does not exist, CON-208 where all is paid by the unit.
    """
    contract = locked(scope, contract)
    _check_year(contract, year)
    if contract.form_of(year) == MunicipalContract.BudgetForm.PXQ:
        raise RuleError(
            "CON-208", _("All of this contract is paid by the unit: it has no sum for a year.")
        )
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
