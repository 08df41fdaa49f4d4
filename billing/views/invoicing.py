"""Invoices over statements: the list, the files, agreeing to them, and how a line is taxed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.invoicing_forms import AgreeForm, TreatForm
from billing.invoicing_tables import EInvoiceFilter, EInvoiceTable
from billing.models import EInvoice, SelfBilling, Statement
from billing.services import invoicing, vat
from billing.views.access import CONTROLLER, OWN, READERS, own_columns
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.pages import (
    Action,
    ListPage,
    ScopedRequest,
    form_page,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import Role
from subcontracts.models import FundingLine

FORM_METHODS = ["GET", "HEAD", "POST"]


class EInvoiceList(ListPage):
    """Invoices, newest first."""

    model = EInvoice
    table_class = EInvoiceTable
    filterset_class = EInvoiceFilter
    related = ("provider_organisation", "statement")
    roles = READERS
    title = gettext_lazy("E-invoices")
    lead = gettext_lazy(
        "Made out by the main contractor with each statement, for who agreed to that."
    )
    empty_title = gettext_lazy("No e-invoices yet")
    empty_text = gettext_lazy("They are made with the next statement once a subcontractor agreed.")
    export_name = "e-facturen"

    def get_table_kwargs(self) -> dict[str, Any]:
        return own_columns(self.request.scope)

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Without the files."""
        return rows.defer("xml", "statement__pdf", "statement__document")

    def primary(self) -> Action | None:
        """The administrator of a subcontractor agrees, or stops it."""
        if self.request.scope.role == Role.SUBCONTRACTOR_ADMIN:
            return Action(_("Arrange e-invoices"), reverse("self_billing_agree"))
        return None


@roles(*READERS)
@require_GET
def statement_einvoice(request: ScopedRequest, pk: int) -> HttpResponse:
    """The invoice over a statement, as made out."""
    rows = EInvoice.objects.visible_to(request.scope).select_related("statement")
    row = get_object_or_404(rows.defer("statement__pdf", "statement__document"), statement=pk)
    return attachment(bytes(row.xml), f"{row.statement.number}-ubl.xml", "application/xml")


@roles(*sorted(OWN | CONTROLLER))
@require_POST
def statement_einvoice_make(request: ScopedRequest, pk: int) -> HttpResponse:
    """Make out the invoice over an earlier statement."""
    rows = Statement.objects.visible_to(request.scope).light()
    statement = get_object_or_404(rows, pk=pk)
    with shown_refusals(request):
        invoicing.make(scope=request.scope, statement=statement)
        messages.success(request, _("The e-invoice is made. You can download it here."))
    return redirect(statement)


@roles(Role.SUBCONTRACTOR_ADMIN)
@require_http_methods(FORM_METHODS)
def self_billing_agree(request: ScopedRequest) -> HttpResponse:
    """Agree to invoices that the main contractor makes out; what one agreed to stands below."""
    scope = request.scope
    form = AgreeForm(request.POST or None, scope=scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            invoicing.agree(
                scope=scope,
                subcontractor=form.cleaned_data["subcontractor"],
                tax_number=form.cleaned_data["tax_number"],
            )
            messages.success(request, _("Agreed. The next statement comes with an e-invoice."))
            return redirect("einvoice_list")
    running = SelfBilling.objects.visible_to(scope).filter(ended_at=None)
    context = {
        "title": _("Arrange e-invoices"),
        "form": form,
        "submit_label": _("Agree"),
        "cancel_url": reverse("einvoice_list"),
        "next_text": _("From the next statement on. You can stop it at any time."),
        "running": running.select_related("main_contractor__organisation"),
        "breadcrumbs": [(_("E-invoices"), reverse("einvoice_list"))],
    }
    return render(request, "billing/self_billing.html", context)


@roles(Role.SUBCONTRACTOR_ADMIN)
@require_POST
def self_billing_end(request: ScopedRequest, pk: int) -> HttpResponse:
    """Make out one's invoices oneself again."""
    row = get_object_or_404(SelfBilling.objects.visible_to(request.scope), pk=pk)
    with shown_refusals(request):
        invoicing.end(scope=request.scope, agreement=row)
        messages.success(request, _("Ended. Statements come without an e-invoice from now on."))
    return redirect("self_billing_agree")


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def funding_line_vat(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say how the amounts of a funding line are taxed."""
    line = get_object_or_404(FundingLine.objects.visible_to(request.scope), pk=pk)
    form = TreatForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            vat.treat(scope=request.scope, funding_line=line, **form.values)
            messages.success(request, _("Recorded. It holds for statements still to come."))
            return redirect("funding_line_amounts", pk)
    url = reverse("funding_line_amounts", args=[pk])
    return form_page(
        request,
        title=_("How is it taxed?"),
        form=form,
        submit_label=_("Record"),
        above=[(_("Subcontracts"), reverse("subcontract_list")), (line.name, url)],
        next_text=_("What is agreed stays what is paid: VAT is within the amount."),
    )
