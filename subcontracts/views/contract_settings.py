"""What is set on a contract from a day on: tariff, relay, and what messages are for."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import Role
from subcontracts.forms import PurposeForm, RelayForm, TariffForm
from subcontracts.models import MunicipalContract, Product, Subcontract
from subcontracts.services import contracts, first_relay, purposes, relays
from subcontracts.views.contract_page import contract_page

FORM_METHODS = ["GET", "HEAD", "POST"]


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def subcontract_tariff(request: ScopedRequest, pk: int) -> HttpResponse:
    """Set a tariff; the one in force ends the day before."""
    contract = get_object_or_404(Subcontract.objects.visible_to(request.scope), pk=pk)
    products = Product.objects.visible_to(request.scope).filter(line_products__subcontract=contract)
    form = TariffForm(request.POST or None, scope=request.scope, products=products.distinct())
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            contracts.set_tariff(
                scope=request.scope,
                subcontract=contract,
                product=form.cleaned_data["product"],
                amount=form.cleaned_data["amount"],
                period=form.period,
            )
            messages.success(request, _("The tariff is set."))
            return redirect("subcontract_detail", pk)
    return contract_page(
        request,
        contract,
        title=_("Set a tariff"),
        form=form,
        submit_label=_("Set tariff"),
        next_text=_("The tariff that is in force now ends the day before."),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def subcontract_relay(request: ScopedRequest, pk: int) -> HttpResponse:
    """Pass placements on in another way, from a day on."""
    contract = get_object_or_404(Subcontract.objects.visible_to(request.scope), pk=pk)
    initial = {"mode": contract.relay_on(request.scope.today), "start_date": request.scope.today}
    form = RelayForm(request.POST or None, scope=request.scope, initial=initial)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            relays.set_mode(scope=request.scope, subcontract=contract, **form.values)
            messages.success(request, _("The relay mode is set."))
            return redirect("subcontract_detail", pk)
    return contract_page(
        request,
        contract,
        title=_("Set the relay mode"),
        lead=_("How this subcontractor hears of placements and reports starts and stops."),
        form=form,
        submit_label=_("Set relay mode"),
        next_text=_relayed_text(first_relay.clients_to_send(request.scope, contract)),
    )


def _relayed_text(clients: int) -> str:
    """From when it holds, and how many 301s standard messages begin with."""
    holds = _("It holds for all placements under this contract, from that day on.")
    if not clients:
        return holds
    first = ngettext(
        "With standard messages its software gets one 301 on that day, for %(count)s client with"
        " care that runs.",
        "With standard messages its software gets %(count)s 301s on that day, one for each client"
        " with care that runs.",
        clients,
    )
    return f"{holds} {first % {'count': clients}}"


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def subcontract_purpose(request: ScopedRequest, pk: int) -> HttpResponse:
    """Settle by messages of this subcontract, or steer only."""
    contract = get_object_or_404(Subcontract.objects.visible_to(request.scope), pk=pk)
    return _purpose_page(request, contract, _("Subcontracts"), "subcontract")


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def municipal_contract_purpose(request: ScopedRequest, pk: int) -> HttpResponse:
    """The same for all subcontracts under a municipal contract."""
    contract = get_object_or_404(MunicipalContract.objects.visible_to(request.scope), pk=pk)
    return _purpose_page(request, contract, _("Municipal contracts"), "municipal_contract")


def _purpose_page(
    request: ScopedRequest, contract: Subcontract | MunicipalContract, above: str, name: str
) -> HttpResponse:
    form = PurposeForm(
        request.POST or None, scope=request.scope, initial={"start_date": request.scope.today}
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            purposes.set_purpose(scope=request.scope, contract=contract, **form.values)
            messages.success(request, _("The purpose of messages is set."))
            return redirect(f"{name}_detail", contract.pk)
    url = reverse(f"{name}_detail", args=[contract.pk])
    context = {
        "title": _("Set what messages are for"),
        "lead": _(
            "For steering only: starts, stops and declarations still come in and count in reports,"
            " but nothing is paid or held because of them, and being late has no consequence."
        ),
        "form": form,
        "submit_label": _("Set purpose"),
        "cancel_url": url,
        "next_text": _("What was about earlier days stays as it is."),
        "breadcrumbs": [(above, reverse(f"{name}_list")), (contract.number, url)],
    }
    return render(request, "generic/form.html", context)
