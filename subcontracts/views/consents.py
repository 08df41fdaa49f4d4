"""The municipality's consent on the page of a subcontract: recorded and withdrawn."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import STAFF, Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, days_of
from subcontracts.consent_forms import ConsentForm, WithdrawConsentForm
from subcontracts.models import Product, Subcontract, SubcontractConsent
from subcontracts.services import consents
from subcontracts.views.contract_page import contract_page

FORM_METHODS = ["GET", "HEAD", "POST"]


def consent_table(scope: Scope, contract: Subcontract) -> dict[str, Any]:
    """What was recorded of it, the withdrawals too; why they were is for our own people."""
    rows = list(contract.consents.visible_to(scope))
    names = _names(scope, rows) if rows else {}
    return {
        "caption": _("Consent of the municipality"),
        "headers": [
            *(_("Period"), _("Products"), _("Municipalities")),
            *(_("Reference of the consent"), _("Withdrawn")),
        ],
        "rows": [
            (
                days_of(row.start_date, row.end_date),
                ", ".join(names[key] for key in row.products) or _("all"),
                ", ".join(names[code] for code in row.municipalities) or _("all"),
                row.reference or "–",
                _withdrawn(scope, row),
            )
            for row in rows
        ],
    }


def _names(scope: Scope, rows: list[SubcontractConsent]) -> dict[int | str, str]:
    """Of the products and municipalities that the rows name."""
    keys = {key for row in rows for key in row.products}
    codes = {code for row in rows for code in row.municipalities}
    found: dict[int | str, str] = dict.fromkeys([*keys, *codes], "–")
    if keys:
        found |= {one.pk: str(one) for one in Product.objects.visible_to(scope).filter(pk__in=keys)}
    if codes:
        places = Municipality.objects.filter(code__in=codes)
        found |= dict(places.values_list("code", "name"))
    return found


def _withdrawn(scope: Scope, row: SubcontractConsent) -> str:
    if row.withdrawn_from is None:
        return "–"
    text = _("from %(day)s") % {"day": date_nl(row.withdrawn_from)}
    return f"{text}: {row.withdrawn_reason}" if scope.role in STAFF else text


def _contract(request: ScopedRequest, pk: int) -> Subcontract:
    rows = Subcontract.objects.visible_to(request.scope).select_related("municipal_contract")
    return get_object_or_404(rows.exclude(status=Subcontract.Status.ENDED), pk=pk)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def subcontract_consent(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record what the municipality agreed to."""
    row = _contract(request, pk)
    form = ConsentForm(request.POST or None, scope=request.scope, contract=row)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            consents.record(scope=request.scope, subcontract=row, facts=form.facts)
            messages.success(request, _("The consent is recorded."))
            return redirect("subcontract_detail", pk)
    return contract_page(
        request,
        row,
        title=_("Record a consent of the municipality"),
        lead=_("It holds beside what was agreed to before. Withdraw what it takes the place of."),
        form=form,
        submit_label=_("Record consent"),
        next_text=_("Care outside it can no longer be placed. What runs goes on."),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def subcontract_consent_withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record that the municipality took a consent back."""
    row = _contract(request, pk)
    form = WithdrawConsentForm(request.POST or None, scope=request.scope, contract=row)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            consents.withdraw(scope=request.scope, subcontract=row, **form.values)
            messages.success(request, _("The withdrawal is recorded."))
            return redirect("subcontract_detail", pk)
    return contract_page(
        request,
        row,
        title=_("Record that a consent was withdrawn"),
        form=form,
        submit_label=_("Record withdrawal"),
        next_text=_("From that day nothing more is placed under it. Care that runs goes on."),
    )
