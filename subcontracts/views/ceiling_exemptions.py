"""What a ceiling does not hold, on the page of a contract: recording it and ending it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import period_of
from subcontracts.ceiling_exemption_forms import CeilingExemptionForm, EndExemptionForm
from subcontracts.models import CeilingExemption, Subcontract
from subcontracts.services import ceiling_exemptions
from subcontracts.views.contract_page import contract_page

FORM_METHODS = ["GET", "HEAD", "POST"]


def exemption_table(scope: Scope, contract: Subcontract, *, may_change: bool) -> dict[str, Any]:
    """What is paid in full, for the page of a subcontract."""
    rows = contract.ceiling_exemptions.visible_to(scope).select_related("product", "placement")
    return {
        "caption": _("Not held by the ceiling"),
        "headers": [_("Care"), _("Days of care"), _("Why"), _("What was agreed"), _("Change")],
        "rows": [
            (
                row.subject,
                period_of(row.start_date, row.end_date),
                row.get_ground_display(),
                row.note,
                _end_link(scope, row) if may_change else "–",
            )
            for row in rows
        ],
    }


def exemption_url(contract: Subcontract, *, may_change: bool) -> str:
    """Where an exemption is recorded; empty where there is no ceiling, or for who may not."""
    if not may_change or not contract.ceilings.filter(amount__isnull=False).exists():
        return ""
    return reverse("subcontract_ceiling_exemption", args=[contract.pk])


def _end_link(scope: Scope, row: CeilingExemption) -> str:
    if row.end_date and row.end_date < scope.today:
        return "–"
    url = reverse("ceiling_exemption_end", args=[row.pk])
    return format_html('<a class="ha-link" href="{}">{}</a>', url, _("End"))


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def subcontract_ceiling_exemption(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record which care is paid in full, also above the ceiling."""
    scope = request.scope
    rows = Subcontract.objects.visible_to(scope).exclude(status=Subcontract.Status.ENDED)
    contract = get_object_or_404(rows, pk=pk)
    form = CeilingExemptionForm(
        request.POST or None,
        scope=scope,
        subcontract=contract,
        initial={"start_date": max(contract.start_date, scope.today.replace(day=1))},
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            ceiling_exemptions.exempt(scope=scope, subcontract=contract, facts=form.facts)
            messages.success(
                request, _("Recorded. What was held back of it is released within minutes.")
            )
            return redirect("subcontract_detail", pk)
    return contract_page(
        request,
        contract,
        title=_("Exempt care from the ceiling"),
        form=form,
        submit_label=_("Record exemption"),
        next_text=_("It counts no longer for the ceiling, and is paid in full."),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def ceiling_exemption_end(request: ScopedRequest, pk: int) -> HttpResponse:
    """Let the ceiling hold this care again from the day after."""
    rows = CeilingExemption.objects.visible_to(request.scope)
    row = get_object_or_404(rows.select_related("subcontract", "product", "placement"), pk=pk)
    form = EndExemptionForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            ceiling_exemptions.end(scope=request.scope, exemption=row, **form.cleaned_data)
            messages.success(request, _("The exemption is ended."))
            return redirect("subcontract_detail", row.subcontract_id)
    return contract_page(
        request,
        row.subcontract,
        title=_("End an exemption from the ceiling"),
        form=form,
        submit_label=_("End exemption"),
        next_text=_("Care after that day counts for the ceiling again. What was paid stays paid."),
    )
