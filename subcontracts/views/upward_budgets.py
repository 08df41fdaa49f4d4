"""The budget of each year under a municipal contract: what was agreed, and what changed it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, volume
from subcontracts.models import BudgetAdjuster, DecisionPlan, MunicipalContract
from subcontracts.models.upward_budgets import READERS
from subcontracts.rules.upward_budget import formed
from subcontracts.rules.upward_choices import CHOICES
from subcontracts.selectors.upward_budgets import (
    Year,
    basis_of,
    budget_of,
    plan_of,
    shared,
    years_of,
)
from subcontracts.services import upward_budgets
from subcontracts.upward_date_forms import AdjusterForm, BasisForm, BudgetForm, PlanForm
from subcontracts.upward_term_words import UNKNOWN
from subcontracts.views.municipal_changes import form_table
from subcontracts.views.upward_tabs import (
    FORM_METHODS,
    Recording,
    contract_of,
    form_page,
    is_manager,
    page,
    recorded_text,
    seen_form,
)

_PAGE = "municipal_contract_budget"


@roles(*sorted(READERS))
@require_safe
def municipal_contract_budget(request: ScopedRequest, pk: int) -> HttpResponse:
    """Newest year first, each as a table that adds up; this year also by municipality."""
    scope, contract = request.scope, contract_of(request, pk)
    actions = []
    if is_manager(scope):
        actions = [
            (
                _("Record the budget of a year"),
                reverse("municipal_contract_budget_year", args=[pk]),
                "primary",
            ),
            (
                _("Adjust a budget"),
                reverse("municipal_contract_budget_adjust", args=[pk]),
                "secondary",
            ),
        ]
        url = reverse("municipal_contract_budget_form", args=[pk])
        actions.append((_("Form the budget in another way"), url, "secondary"))
        forms = _forms_in_use(contract)
        if MunicipalContract.BudgetForm.LUMP_SUM_BY_DECISIONS in forms:
            url = reverse("municipal_contract_budget_plan", args=[pk])
            actions.append((_("Plan the decisions of a year"), url, "secondary"))
        if forms.intersection(MunicipalContract.BY_NUMBER):
            url = reverse("municipal_contract_budget_basis", args=[pk])
            actions.append((_("Record of what it is formed"), url, "secondary"))
    years = [budget_of(scope, contract, year) for year in years_of(scope, contract)]
    now = next(one for one in years if one.year == scope.today.year)
    return page(
        request,
        contract,
        _PAGE,
        title=_("Budget of %(contract)s") % {"contract": contract.name},
        lead=_("What was agreed for a year, with all that was added to it or taken off."),
        actions=actions,
        tables=[
            *(_year_table(one) for one in reversed(years)),
            _by_municipality(contract, now),
            *_plan_tables(scope, contract),
            *_basis_tables(scope, contract),
            *form_table(scope, contract),
        ],
    )


def _forms_in_use(contract: MunicipalContract) -> set[str]:
    """In which way the budget of any year is formed."""
    return {contract.budget_form, *(row.form for row in contract.budget_form_changes.all())}


def _plan_tables(scope: Scope, contract: MunicipalContract) -> list[dict[str, Any]]:
    """Every plan that was recorded, newest year first; none where nothing follows decisions."""
    rows = contract.decision_plans.visible_to(scope).select_related("recorded_by")
    if not rows:
        return []
    headers = [_("From the year"), _("Planned decisions"), _("Varies"), _("Corridor")]
    return [
        {
            "caption": _("How the budget follows the decisions, from year to year"),
            "headers": [*headers, _("Source"), _("Recorded")],
            "rows": [
                (
                    str(row.first_year),
                    str(row.planned_decisions),
                    f"{volume(row.variable_share)} %",
                    f"{volume(row.corridor)} %",
                    row.source or "–",
                    recorded_text(row),
                )
                for row in reversed(rows)
            ],
        }
    ]


def _basis_tables(scope: Scope, contract: MunicipalContract) -> list[dict[str, Any]]:
    """Every basis that was recorded, newest year first; none where it is formed of no number."""
    rows = contract.budget_bases.visible_to(scope).select_related("recorded_by")
    if not rows:
        return []
    headers = [_("From the year"), _("Number"), _("Price a year")]
    return [
        {
            "caption": _("Of what the budget is formed, from year to year"),
            "headers": [*headers, _("Settled"), _("Corridor"), _("Source"), _("Recorded")],
            "rows": [
                (
                    str(row.first_year),
                    volume(row.number),
                    format_euro(row.price),
                    f"{volume(row.variable_share)} %",
                    f"{volume(row.corridor)} %",
                    row.source or "–",
                    recorded_text(row),
                )
                for row in reversed(rows)
            ],
        }
    ]


def _year_table(one: Year) -> dict[str, Any]:
    kinds = dict(BudgetAdjuster.Kind.choices)
    rows = [(_base_text(one), "", "", format_euro(one.table.base))]
    for line in one.table.lines:
        change = line.adjustment
        what = str(kinds[change.kind])
        rows.append(
            (
                f"{what}: {change.note}" if change.note else what,
                date_nl(change.day),
                format_euro(change.amount),
                format_euro(line.after),
            )
        )
    return {
        "caption": _("Budget of %(year)s") % {"year": one.year},
        "headers": [_("What"), _("Date"), _("Adjustment"), _("Budget")],
        "rows": rows,
        "foot": [
            _("Total"),
            "",
            format_euro(one.table.adjusted),
            format_euro(one.table.total),
        ],
        "numbers": True,
    }


def _base_text(one: Year) -> str:
    if one.record is None and one.basis is not None:
        return _("%(number)s at %(price)s a year each") % {
            "number": volume(one.basis.number),
            "price": format_euro(one.basis.price),
        }
    if one.record is None:
        return _("Budget a year, as the contract says")
    base = CHOICES["funding_base"].get(one.record.base, UNKNOWN)
    text = _("Budget, calculated from: %(base)s") % {"base": base}
    return f"{text} ({one.record.note})" if one.record.note else text


def _by_municipality(contract: MunicipalContract, one: Year) -> dict[str, Any]:
    rows = shared(contract, one.year, one.table.total)
    return {
        "caption": _("Budget of %(year)s by municipality") % {"year": one.year},
        "headers": [_("Municipality"), _("Share"), _("Budget")],
        "rows": [(name, f"{volume(share)} %", format_euro(amount)) for name, share, amount in rows],
        "foot": [
            _("Total"),
            f"{volume(sum((share for _name, share, _amount in rows), Decimal(0)))} %",
            format_euro(one.table.total),
        ],
        "numbers": True,
    }


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def municipal_contract_budget_year(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record the budget of a year."""
    scope, contract = request.scope, contract_of(request, pk)
    first = {"year": scope.today.year, "amount": contract.yearly_budget}
    form = BudgetForm(request.POST or None, scope=scope, initial=first)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            upward_budgets.set_budget(scope=scope, contract=contract, **form.values)
            messages.success(request, _("The budget is recorded."))
            return redirect(_PAGE, pk)
    return form_page(
        request,
        contract,
        _PAGE,
        title=_("Record the budget of a year"),
        form=form,
        submit_label=_("Record budget"),
        next_text=_("An earlier record of this year no longer counts. What adjusts it stays."),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def municipal_contract_budget_adjust(request: ScopedRequest, pk: int) -> HttpResponse:
    """Add an amount to the budget of a year, or take it off."""
    scope, contract = request.scope, contract_of(request, pk)
    first = {"year": scope.today.year, "effective_date": scope.today}
    form = AdjusterForm(request.POST or None, scope=scope, initial=first)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            upward_budgets.adjust_budget(scope=scope, contract=contract, facts=form.facts)
            messages.success(request, _("The budget is adjusted."))
            return redirect(_PAGE, pk)
    return form_page(
        request,
        contract,
        _PAGE,
        title=_("Adjust a budget"),
        form=form,
        submit_label=_("Adjust budget"),
        next_text=_("What is wrong is put right by the opposite amount."),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def municipal_contract_budget_plan(request: ScopedRequest, pk: int) -> HttpResponse:
    """Plan the decisions from a year on: what changes is shown before it is kept."""
    scope, contract = request.scope, contract_of(request, pk)
    form = PlanForm(request.POST or None, scope=scope, initial=_next_plan(scope, contract))
    recording = Recording(
        record=lambda: upward_budgets.plan_decisions(
            scope=scope,
            contract=contract,
            first_year=form.cleaned_data["first_year"],
            plan=form.plan,
            source=form.cleaned_data["source"],
        ),
        consequences=lambda: _plan_consequences(contract, form),
        done=_("The plan is recorded."),
    )
    return seen_form(
        request,
        contract,
        _PAGE,
        recording,
        title=_("Plan the decisions of a year"),
        lead=_("From a year on, until another plan. Years before it keep theirs."),
        form=form,
        submit_label=_("Look at what changes"),
        confirm_label=_("Record this plan"),
    )


def _next_plan(scope: Scope, contract: MunicipalContract) -> dict[str, Any]:
    """The form begins with next year, on the plan that then holds."""
    year = scope.today.year + 1
    held = plan_of(contract, year)
    first = {name: getattr(held, name) for name in upward_budgets.PLAN} if held else {}
    return {"first_year": year, **first}


def _plan_consequences(contract: MunicipalContract, form: PlanForm) -> list[str]:
    year, plan = form.cleaned_data["first_year"], form.plan
    held = plan_of(contract, year)
    found = [_("From %(year)s on: %(plan)s.") % {"year": year, "plan": _plan_text(plan)}]
    if held:
        found.append(_("Until now that year had: %(plan)s.") % {"plan": _plan_text(held)})
    later = [row.first_year for row in contract.decision_plans.all() if row.first_year > year]
    if later:
        text = _("What was recorded for %(year)s holds from that year on, as it was.")
        found.append(text % {"year": min(later)})
    found.append(
        _("A settlement that is locked stays as it is; one that is open is filled in anew.")
    )
    return found


def _plan_text(plan: upward_budgets.Plan | DecisionPlan) -> str:
    return _("%(planned)s decisions, %(variable)s %% varies, nothing within %(corridor)s %%") % {
        "planned": plan.planned_decisions,
        "variable": volume(plan.variable_share),
        "corridor": volume(plan.corridor),
    }


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def municipal_contract_budget_basis(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record of what the budget is formed: what changes is shown before it is kept."""
    scope, contract = request.scope, contract_of(request, pk)
    form = BasisForm(request.POST or None, scope=scope, initial=_next_basis(scope, contract))
    recording = Recording(
        record=lambda: upward_budgets.form_budget(
            scope=scope,
            contract=contract,
            first_year=form.cleaned_data["first_year"],
            basis=form.basis,
            source=form.cleaned_data["source"],
        ),
        consequences=lambda: _basis_consequences(scope, contract, form),
        done=_("It is recorded of what the budget is formed."),
    )
    return seen_form(
        request,
        contract,
        _PAGE,
        recording,
        title=_("Of what the budget is formed"),
        lead=_("From a year on, until something else is recorded. Years before it keep theirs."),
        form=form,
        submit_label=_("Look at what changes"),
        confirm_label=_("Record this"),
    )


def _next_basis(scope: Scope, contract: MunicipalContract) -> dict[str, Any]:
    """The form begins with next year, or with this one where nothing was recorded yet."""
    held = basis_of(contract, scope.today.year + 1)
    if held is None:
        return {"first_year": scope.today.year, "variable_share": 100, "corridor": 0}
    first = {name: getattr(held, name) for name in upward_budgets.BASIS}
    return {"first_year": scope.today.year + 1, **first}


def _basis_consequences(scope: Scope, contract: MunicipalContract, form: BasisForm) -> list[str]:
    """What the change does to the budget of its first year."""
    year, basis = form.cleaned_data["first_year"], form.basis
    held = budget_of(scope, contract, year)
    told = {
        "year": year,
        "before": format_euro(held.table.base),
        "after": format_euro(formed(basis.number, basis.price)),
    }
    found = [_("The budget of %(year)s is formed to %(after)s, and was %(before)s.") % told]
    if held.record is not None:
        text = _("For %(year)s a budget was recorded by itself: that stays the budget of the year.")
        found = [text % told]
    text = _("The settlement of a year with its municipalities uses the basis of that year.")
    return [*found, text]
