"""Tariffs of a subcontract from a file: the template, a check cell by cell, and the setting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from hoofdaannemer.core import export
from hoofdaannemer.core.export import Column
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import Role
from hoofdaannemer.core.templatetags.core_format import days_of
from subcontracts import words
from subcontracts.checked_files import wrong_cells
from subcontracts.contract_forms import FilledFileForm
from subcontracts.models import Subcontract
from subcontracts.selectors.contracts import priced_products
from subcontracts.services import tariff_files
from subcontracts.services.tariff_files import Outcome
from subcontracts.views.contract_page import contract_page


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def subcontract_tariff_file(request: ScopedRequest, pk: int) -> HttpResponse:
    """Set the tariffs of a file, or see first what it would do."""
    row = get_object_or_404(Subcontract.objects.visible_to(request.scope), pk=pk)
    form = FilledFileForm(request.POST or None, request.FILES or None, scope=request.scope)
    outcome: Outcome | None = None
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            raw = form.cleaned_data["file"]
            if "take" in request.POST:
                count = tariff_files.take(scope=request.scope, subcontract=row, raw=raw)
                text = ngettext("%(count)s tariff is set.", "%(count)s tariffs are set.", count)
                messages.success(request, text % {"count": count})
                return redirect("subcontract_detail", pk)
            outcome = tariff_files.check(scope=request.scope, subcontract=row, raw=raw)
    return contract_page(
        request,
        row,
        "subcontracts/checked_file.html",
        title=_("Read tariffs in"),
        lead=_("One row for each tariff. All rows are right, or none is taken."),
        form=form,
        outcome=outcome,
        wrong=wrong_cells(outcome.faults) if outcome else None,
        tables=[_right(outcome)] if outcome else [],
        take_label=_("Set tariffs"),
        template_text=_(
            "The template has a row for each product of this contract. Fill in the tariffs and"
            " days, also for later years: a tariff without a last day ends where the next one"
            " begins."
        ),
        template_url=reverse("subcontract_tariff_template", args=[pk]),
    )


def _right(outcome: Outcome) -> dict[str, Any]:
    return {
        "caption": _("Tariffs that would be set"),
        "headers": [_("Row"), _("Product"), _("Tariff"), _("Period")],
        "rows": [
            (
                line.number,
                str(product),
                words.tariff_text(said.amount, product.unit),
                days_of(said.period.start, said.period.end),
            )
            for line, product, said in outcome.tariffs
        ],
    }


@roles(Role.CONTRACT_MANAGER)
@require_safe
def subcontract_tariff_template(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """A row for each product that has a tariff, to fill in; the name is for who reads it."""
    row = get_object_or_404(Subcontract.objects.visible_to(request.scope), pk=pk)
    columns = [
        Column("productcategorie", lambda product: product.category),
        Column("productcode", lambda product: product.code),
        Column("tarief", lambda product: None),
        Column("begindatum", lambda product: row.start_date),
        Column("einddatum", lambda product: row.end_date),
        Column("product", lambda product: product.name),
    ]
    return export.stream(
        request.scope, priced_products(row), columns, kind="csv", name="tarieven-sjabloon"
    )
