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
from subcontracts.models import BudgetAdjuster, MunicipalContract
from subcontracts.models.upward_budgets import READERS
from subcontracts.rules.upward_choices import CHOICES
from subcontracts.selectors.upward_budgets import Year, budget_of, shared, years_of
from subcontracts.services import upward_budgets
from subcontracts.upward_date_forms import AdjusterForm, BudgetForm
from subcontracts.upward_term_words import UNKNOWN
from subcontracts.views.upward_tabs import (
    FORM_METHODS,
    contract_of,
    form_page,
    is_manager,
    page,
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
            _by_municipality(scope, contract, now),
        ],
    )


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
    if one.record is None:
        return _("Budget a year, as the contract says")
    base = CHOICES["funding_base"].get(one.record.base, UNKNOWN)
    text = _("Budget, calculated from: %(base)s") % {"base": base}
    return f"{text} ({one.record.note})" if one.record.note else text


def _by_municipality(scope: Scope, contract: MunicipalContract, one: Year) -> dict[str, Any]:
    rows = shared(scope, contract, one.table.total)
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
