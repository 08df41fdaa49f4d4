"""Ceilings on the page of a subcontract: which held and hold, and setting another one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, moment_nl
from subcontracts.ceiling_forms import CeilingForm
from subcontracts.models import ContractCeiling, Subcontract
from subcontracts.services import contract_ceilings
from subcontracts.views.contract_page import contract_page


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def subcontract_ceiling(request: ScopedRequest, pk: int) -> HttpResponse:
    """Let another ceiling hold from a day on."""
    scope = request.scope
    contract = get_object_or_404(Subcontract.objects.visible_to(scope), pk=pk)
    day = max(scope.today, contract.start_date)
    form = CeilingForm(request.POST or None, scope=scope, initial={"start_date": day})
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            contract_ceilings.set_ceiling(scope=scope, subcontract=contract, **form.values)
            messages.success(request, _("The ceiling is set."))
            return redirect("subcontract_detail", pk)
    return contract_page(
        request,
        contract,
        title=_("Set a ceiling"),
        lead=_("The most that the contract pays in a calendar year, from a day on."),
        form=form,
        submit_label=_("Set ceiling"),
        next_text=_(
            "The earlier one is kept. Of a calendar year the last that holds in it counts; what is"
            " held back is judged anew with the next statement."
        ),
    )


def ceiling_table(scope: Scope, contract: Subcontract) -> dict[str, Any]:
    """Every ceiling that was recorded, the newest day first; for the page of a subcontract."""
    rows = list(contract.ceilings.visible_to(scope))
    return {
        "caption": _("Ceilings"),
        "headers": [_("From"), _("Ceiling a calendar year"), _("Recorded"), _("Status")],
        "rows": [
            (
                date_nl(row.start_date),
                _("no ceiling") if row.amount is None else format_euro(row.amount),
                moment_nl(row.recorded_at),
                _status(scope, rows[number + 1 :], row),
            )
            for number, row in reversed(list(enumerate(rows)))
        ],
    }


def _status(scope: Scope, later: list[ContractCeiling], row: ContractCeiling) -> str:
    if any(one.start_date == row.start_date for one in later):
        return _("replaced")
    if row.start_date > scope.today:
        return _("to come")
    if any(one.start_date <= scope.today for one in later):
        return _("was in force")
    return _("in force")
