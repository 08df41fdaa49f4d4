"""What the columns of the own files mean: the list, changing it, and throwing it away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from billing.declaration_file_forms import LayoutForm
from billing.declaration_file_tables import ColumnMappingTable
from billing.models import ColumnMapping
from billing.rules.filecolumns import Layout
from billing.services import column_mappings
from billing.views.access import OWN
from hoofdaannemer.core.pages import ListPage, ScopedRequest, roles, shown_refusals

FORM_METHODS = ["GET", "HEAD", "POST"]


class ColumnMappingList(ListPage):
    """Every kind of file whose columns were pointed out."""

    model = ColumnMapping
    table_class = ColumnMappingTable
    roles = OWN
    title = gettext_lazy("Columns that we know")
    lead = gettext_lazy("A file with these columns is read without asking.")
    empty_title = gettext_lazy("No columns were pointed out yet")
    empty_text = gettext_lazy("That happens when you upload a file of your own for the first time.")
    export_name = "kolommen"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of an FTE report are pointed out where it is read in."""
        own = ColumnMapping.objects.visible_to(self.request.scope)
        return rows.filter(pk__in=own.of_declarations())

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [
            (_("Declarations"), reverse("declaration_list")),
            (_("Hand in a declaration file"), reverse("declaration_upload")),
        ]


def _above() -> list[tuple[str, str]]:
    return [
        (_("Declarations"), reverse("declaration_list")),
        (_("Columns that we know"), reverse("column_mapping_list")),
    ]


@roles(*OWN)
@require_http_methods(FORM_METHODS)
def column_mapping_change(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say anew what the columns of the next files mean."""
    row = get_object_or_404(
        ColumnMapping.objects.visible_to(request.scope).of_declarations(), pk=pk
    )
    data = request.POST if request.method == "POST" else None
    layout = Layout.of_json(row.layout)
    form = LayoutForm(data, heads=row.heads, layout=layout, scope=request.scope)
    if form.is_bound and form.is_valid():
        with shown_refusals(request):
            column_mappings.remember(scope=request.scope, heads=row.heads, layout=form.layout)
            messages.success(request, _("Saved. The next file is read this way."))
            return redirect("column_mapping_list")
    return render(
        request,
        "billing/column_mapping.html",
        {
            "title": _("What do the columns mean?"),
            "lead": _("It holds for the next file with these columns. Earlier files stay."),
            "form": form,
            "forget_url": reverse("column_mapping_forget", args=[row.pk]),
            "cancel_url": reverse("column_mapping_list"),
            "breadcrumbs": _above(),
        },
    )


@roles(*OWN)
@require_http_methods(FORM_METHODS)
def column_mapping_forget(request: ScopedRequest, pk: int) -> HttpResponse:
    """Throw away what the columns mean."""
    row = get_object_or_404(ColumnMapping.objects.visible_to(request.scope), pk=pk)
    if request.method == "POST":
        with shown_refusals(request):
            column_mappings.forget(scope=request.scope, mapping=row)
            messages.success(request, _("Forgotten. The next file asks what its columns mean."))
            return redirect("column_mapping_list")
    context = {
        "title": _("Forget these columns?"),
        "lead": str(row),
        "consequences": [_("The next file with these columns asks again what they mean.")],
        "submit_label": _("Forget the columns"),
        "danger": True,
        "cancel_url": row.get_absolute_url(),
        "breadcrumbs": _above(),
    }
    return render(request, "generic/confirm.html", context)
