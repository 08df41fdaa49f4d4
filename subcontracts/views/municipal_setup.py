"""Setting up what is contracted: products, and tasks from municipalities."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import (
    Action,
    ListPage,
    ScopedRequest,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import Role
from subcontracts.contract_forms import MunicipalContractForm, ProductForm
from subcontracts.filters import ProductFilter
from subcontracts.models import MunicipalContract, Product
from subcontracts.services import contracts, parties
from subcontracts.tables import ProductTable

STAFF_READERS = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER, Role.QUALITY_OFFICER})
FORM_METHODS = ["GET", "HEAD", "POST"]
#: What a new contract begins with; numbers for relay in the range that municipalities do not use.
_USUAL = {
    "budget_form": MunicipalContract.BudgetForm.LUMP_SUM,
    "relay_number_first": 900_000_000,
    "relay_number_last": 999_999_999,
    "subcontractor_term_days": 3,
}


class ProductList(ListPage):
    """Care that can be allocated, by law and code."""

    model = Product
    table_class = ProductTable
    filterset_class = ProductFilter
    roles = STAFF_READERS
    title = gettext_lazy("Products")
    lead = gettext_lazy("Care that municipalities allocate, as contracts and messages name it.")
    empty_title = gettext_lazy("No products yet")
    empty_text = gettext_lazy("Contracts are about products, so begin with these.")
    export_name = "producten"
    template_name = "subcontracts/product_list.html"

    def primary(self) -> Action | None:
        """Contract managers add products."""
        if self.request.scope.role == Role.CONTRACT_MANAGER:
            return Action(_("Add a product"), reverse("product_new"))
        return None


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def product_new(request: ScopedRequest) -> HttpResponse:
    """Add a product."""
    form = ProductForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            made = contracts.create_product(
                scope=request.scope,
                main_contractor_id=request.scope.main_contractor_id,
                **form.values,
            )
            messages.success(request, _("%(product)s is added.") % {"product": made})
            return redirect("product_list")
    context = {
        "title": _("Add a product"),
        "form": form,
        "submit_label": _("Add product"),
        "cancel_url": reverse("product_list"),
        "next_text": _("Then choose it in a municipal contract and in subcontracts."),
        "breadcrumbs": [(_("Products"), reverse("product_list"))],
    }
    return render(request, "generic/form.html", context)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def municipal_contract_new(request: ScopedRequest) -> HttpResponse:
    """Put in a task from municipalities."""
    if {"add", "remove"} & request.POST.keys():
        chosen = {"products": request.POST.getlist("products")}
        typed = request.POST.dict() | chosen
        form = MunicipalContractForm.retyped(typed, scope=request.scope)  # type: ignore[arg-type]
    else:
        form = MunicipalContractForm(request.POST or None, scope=request.scope, initial=_USUAL)
    if form.is_bound and form.is_valid():
        with shown_refusals(request):
            made = contracts.create_municipal_contract(
                scope=request.scope,
                main_contractor_id=request.scope.main_contractor_id,
                terms=form.terms,
                shares={
                    parties.municipality_of(code): share for code, share in form.shares.items()
                },
                products=form.cleaned_data["products"],
            )
            messages.success(request, _("The contract is put in. Now make subcontracts under it."))
            return redirect("municipal_contract_detail", made.pk)
    context = {
        "title": _("Put in a municipal contract"),
        "lead": _("What municipalities ask of us, and how they pay."),
        "form": form,
        "parts": [
            (_("The contract"), form.fields_of(form.CONTRACT)),
            (_("Care"), form.fields_of(["products"])),
            (_("Budget"), form.fields_of(form.BUDGET)),
        ],
        "relay": form.fields_of(form.RELAY),
        "submit_label": _("Put in contract"),
        "cancel_url": reverse("municipal_contract_list"),
        "next_text": _("Messages in use, who allocates and what is declared you set afterwards."),
        "breadcrumbs": [(_("Municipal contracts"), reverse("municipal_contract_list"))],
    }
    return render(request, "subcontracts/municipal_contract_new.html", context)
