"""Client stops: the list, asking for one or setting one, deciding, and ending."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import ListPage, ScopedRequest, allowed, roles, shown_refusals
from hoofdaannemer.core.scope import CARE, SUBCONTRACTOR, Role, Scope
from hoofdaannemer.core.templatetags.core_format import period_of
from subcontracts import policies
from subcontracts.client_stop_forms import (
    ClientStopForm,
    DecideClientStopForm,
    EndClientStopForm,
)
from subcontracts.client_stop_tables import ClientStopFilter, ClientStopTable
from subcontracts.models import ClientStop, Subcontract
from subcontracts.services import client_stops
from subcontracts.views.contract_page import contract_page

FORM_METHODS = ["GET", "HEAD", "POST"]
Status = ClientStop.Status


class ClientStopList(ListPage):
    """Who takes no new clients, and who asked for that."""

    model = ClientStop
    table_class = ClientStopTable
    filterset_class = ClientStopFilter
    related = ("subcontract__provider_organisation", "product")
    roles = CARE | SUBCONTRACTOR | {Role.CONTROLLER}
    title = gettext_lazy("Client stops")
    lead = gettext_lazy("Who takes no new clients, and from when. Care that runs goes on.")
    empty_title = gettext_lazy("No client stops")
    empty_text = gettext_lazy("They are asked and set on the page of a subcontract.")
    export_name = "clientenstops"


def stop_table(scope: Scope, contract: Subcontract) -> dict[str, Any]:
    """The client stops of a subcontract, for its page."""
    rows = contract.client_stops.visible_to(scope).select_related("product")
    return {
        "caption": _("Client stops"),
        "headers": [_("No new clients"), _("For"), _("Status"), _("Why"), _("Answer"), _("Change")],
        "rows": [
            (
                period_of(row.start_date, row.end_date),
                str(row.product or _("all products")),
                row.get_status_display(),
                row.reason,
                row.answer or "–",
                _links(scope, row),
            )
            for row in rows
        ],
    }


def stop_url(scope: Scope, contract: Subcontract) -> str:
    """Where this scope asks for a client stop or sets one; empty where it may do neither."""
    if contract.status not in Subcontract.RUNNING:
        return ""
    may_ask = allowed(policies.check_can_ask_client_stop, scope, contract)
    may_set = allowed(policies.check_can_manage_contracts, scope, contract.main_contractor_id)
    return reverse("subcontract_client_stop", args=[contract.pk]) if may_ask or may_set else ""


def _links(scope: Scope, row: ClientStop) -> SafeString | str:
    """What may be done with a stop, as links."""
    links = []
    is_open = row.status == Status.ASKED
    may_decide = allowed(policies.check_can_manage_contracts, scope, row.main_contractor_id)
    if is_open and may_decide:
        links.append((reverse("client_stop_decide", args=[row.pk]), _("Decide")))
    holds = row.status == Status.GRANTED and (row.end_date is None or row.end_date >= scope.today)
    if (is_open or holds) and allowed(policies.check_can_end_client_stop, scope, row):
        links.append((reverse("client_stop_end", args=[row.pk]), _("End")))
    if not links:
        return "–"
    return format_html_join(" · ", '<a class="ha-link" href="{}">{}</a>', links)


@roles(Role.CONTRACT_MANAGER, *sorted(SUBCONTRACTOR))
@require_http_methods(FORM_METHODS)
def subcontract_client_stop(request: ScopedRequest, pk: int) -> HttpResponse:
    """Ask for a client stop, or set one."""
    scope = request.scope
    rows = Subcontract.objects.visible_to(scope).filter(status__in=Subcontract.RUNNING)
    contract = get_object_or_404(rows, pk=pk)
    asks = scope.role in SUBCONTRACTOR
    form = ClientStopForm(
        request.POST or None,
        scope=scope,
        subcontract=contract,
        initial={"start_date": client_stops.earliest(scope, contract) if asks else scope.today},
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            record = client_stops.ask if asks else client_stops.impose
            record(scope=scope, subcontract=contract, facts=form.facts)
            done = (
                _("You asked for a client stop. It holds once the main contractor consents.")
                if asks
                else _("The client stop is set.")
            )
            messages.success(request, done)
            return redirect("subcontract_detail", pk)
    if asks:
        title, label = _("Ask for a client stop"), _("Ask")
        next_text = _(
            "The main contractor decides. Until then clients can be placed with you as before."
        )
    else:
        title, label = _("Set a client stop"), _("Set client stop")
        next_text = _(
            "No new clients can be placed under this contract on these days. Care that runs goes"
            " on, and what follows on it can be placed."
        )
    return contract_page(
        request, contract, title=title, form=form, submit_label=label, next_text=next_text
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def client_stop_decide(request: ScopedRequest, pk: int) -> HttpResponse:
    """Consent to a client stop that was asked, or refuse it."""
    row = _found(request.scope, pk)
    form = DecideClientStopForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            decided = client_stops.decide(scope=request.scope, stop=row, **form.values)
            is_granted = decided.status == Status.GRANTED
            messages.success(
                request,
                _("The client stop is granted.")
                if is_granted
                else _("The client stop is refused."),
            )
            return redirect("subcontract_detail", row.subcontract_id)
    lead = format_html("{}: {}. {}", row, period_of(row.start_date, row.end_date), row.reason)
    title = _("Decide about a client stop")
    return contract_page(
        request, row.subcontract, title=title, form=form, submit_label=_("Decide"), next_text=lead
    )


@roles(Role.CONTRACT_MANAGER, *sorted(SUBCONTRACTOR))
@require_http_methods(FORM_METHODS)
def client_stop_end(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take new clients again, or withdraw what was asked."""
    row = _found(request.scope, pk)
    form = EndClientStopForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            client_stops.end(scope=request.scope, stop=row, **form.values)
            messages.success(request, _("The client stop is ended."))
            return redirect("subcontract_detail", row.subcontract_id)
    next_text = _("What was asked and not decided yet is withdrawn.")
    title = _("End a client stop")
    return contract_page(
        request,
        row.subcontract,
        title=title,
        form=form,
        submit_label=_("End client stop"),
        next_text=next_text,
    )


def _found(scope: Scope, pk: int) -> ClientStop:
    rows = ClientStop.objects.visible_to(scope).select_related("subcontract", "product")
    return get_object_or_404(rows, pk=pk)
