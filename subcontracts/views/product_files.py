"""Products from a file: the template, a check cell by cell, and the adding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from hoofdaannemer.core import export
from hoofdaannemer.core.export import Column
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import Role
from subcontracts.checked_files import wrong_cells
from subcontracts.contract_forms import FilledFileForm
from subcontracts.models import Product
from subcontracts.rules.productfile import Line, ProductRow
from subcontracts.services import product_files
from subcontracts.services.product_files import Outcome


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def product_file(request: ScopedRequest) -> HttpResponse:
    """Add the products of a file, or see first what it would do."""
    form = FilledFileForm(request.POST or None, request.FILES or None, scope=request.scope)
    outcome: Outcome | None = None
    if request.method == "POST" and form.is_valid():
        asked = {
            "scope": request.scope,
            "main_contractor_id": request.scope.main_contractor_id,
            "raw": form.cleaned_data["file"],
        }
        with shown_refusals(request):
            if "take" in request.POST:
                count = product_files.take(**asked)
                text = ngettext(
                    "%(count)s product is added.", "%(count)s products are added.", count
                )
                messages.success(request, text % {"count": count})
                return redirect("product_list")
            outcome = product_files.check(**asked)
    return render(request, "subcontracts/checked_file.html", _context(form, outcome))


def _context(form: FilledFileForm, outcome: Outcome | None) -> dict[str, Any]:
    return {
        "title": _("Read products in"),
        "lead": _("One row for each product. All rows are right, or none is taken."),
        "form": form,
        "outcome": outcome,
        "wrong": wrong_cells(outcome.faults) if outcome else None,
        "tables": [
            _table(_("Products that would be added"), outcome.new),
            _table(_("Products that are there already and stay as they are"), outcome.known),
        ]
        if outcome
        else [],
        "take_label": _("Add products"),
        "template_text": _(
            "The template holds the products that are there. Add rows below them: law, category,"
            " code, name and unit."
        ),
        "template_url": reverse("product_file_template"),
        "cancel_url": reverse("product_list"),
        "breadcrumbs": [(_("Products"), reverse("product_list"))],
    }


def _table(caption: str, found: Sequence[tuple[Line, ProductRow]]) -> dict[str, Any]:
    units = product_files.units()
    return {
        "caption": caption,
        "headers": [_("Row"), _("Law"), _("Product"), _("Name"), _("Unit")],
        "rows": [
            (
                line.number,
                line.cells["wet"],
                f"{said.category} {said.code}",
                said.name,
                units[said.unit],
            )
            for line, said in found
        ],
    }


@roles(Role.CONTRACT_MANAGER)
@require_safe
def product_file_template(request: ScopedRequest) -> HttpResponseBase:
    """The products that are there, in the columns of the file."""
    rows = Product.objects.visible_to(request.scope).order_by("family", "category", "code")
    units = product_files.units()
    columns = [
        Column("wet", lambda product: product.get_family_display()),
        Column("productcategorie", lambda product: product.category),
        Column("productcode", lambda product: product.code),
        Column("naam", lambda product: product.name),
        Column("eenheid", lambda product: units[product.unit]),
    ]
    return export.stream(request.scope, rows, columns, kind="csv", name="producten-sjabloon")
