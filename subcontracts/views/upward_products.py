"""What the municipality pays by the unit."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import days_of
from subcontracts import words
from subcontracts.models import MunicipalContract, Product
from subcontracts.services import upward_products
from subcontracts.upward_forms import UpwardTariffForm

FORM_METHODS = ["GET", "HEAD", "POST"]


def tariff_table(scope: Scope, contract: MunicipalContract) -> dict[str, Any]:
    """The municipality's tariffs, for the page of the contract."""
    rows = contract.upward_tariffs.visible_to(scope).select_related("product")
    return {
        "caption": _("Paid by the unit"),
        "headers": [_("Product"), _("Tariff"), _("Period")],
        "rows": [
            (
                str(row.product),
                words.tariff_text(row.amount, row.unit)
                if row.amount is not None
                else _("as declared, in euros"),
                days_of(row.start_date, row.end_date),
            )
            for row in rows
        ],
    }


def _page(request: ScopedRequest, contract: MunicipalContract, **context: Any) -> HttpResponse:
    url = reverse("municipal_contract_detail", args=[contract.pk])
    context |= {
        "cancel_url": url,
        "breadcrumbs": [
            (_("Municipal contracts"), reverse("municipal_contract_list")),
            (contract.name, url),
        ],
    }
    return render(request, "generic/form.html", context)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def municipal_contract_tariff(request: ScopedRequest, pk: int) -> HttpResponse:
    """Set what the municipality pays for a unit of a product."""
    contract = get_object_or_404(MunicipalContract.objects.visible_to(request.scope), pk=pk)
    products = Product.objects.visible_to(request.scope).filter(
        pk__in=contract.products.visible_to(request.scope).values("product")
    )
    form = UpwardTariffForm(request.POST or None, scope=request.scope, products=products)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            upward_products.set_upward_tariff(
                scope=request.scope,
                contract=contract,
                product=form.cleaned_data["product"],
                amount=form.cleaned_data["amount"],
                months=form.months,
            )
            messages.success(request, _("The tariff is set."))
            return redirect("municipal_contract_detail", pk)
    return _page(
        request,
        contract,
        title=_("Set a tariff of the municipality"),
        lead=_("For a product that the municipality pays by the unit, beside the lump sum."),
        form=form,
        submit_label=_("Set tariff"),
        next_text=_(
            "The tariff that is in force now ends the month before. Months that were declared at"
            " another tariff are credited and declared anew."
        ),
    )
