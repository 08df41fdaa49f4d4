"""What the columns of the own files mean: the list, changing it, and throwing it away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

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
from billing.fte_file_forms import FteColumnsForm
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
        """Those of FTE reports have pages of their own."""
        shown: QuerySet[Any] = rows.of_declarations()  # type: ignore[attr-defined]
        return shown

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [
            (_("Declarations"), reverse("declaration_list")),
            (_("Hand in a declaration file"), reverse("declaration_upload")),
        ]


@dataclass(frozen=True)
class ColumnPages:
    """The pages about the columns of one kind of file, by the names of their addresses."""

    list_name: str
    change_name: str
    forget_name: str
    above: Callable[[], list[tuple[str, str]]]

    def changed(
        self,
        request: ScopedRequest,
        row: ColumnMapping,
        form: LayoutForm | FteColumnsForm,
        *,
        lead: str,
        remember: Callable[[], object],
    ) -> HttpResponse:
        """Say anew what the columns of the next files mean; `remember` keeps it."""
        if form.is_bound and form.is_valid():
            with shown_refusals(request):
                remember()
                messages.success(request, _("Saved. The next file is read this way."))
                return redirect(self.list_name)
        context = {
            "title": _("What do the columns mean?"),
            "lead": lead,
            "form": form,
            "forget_url": reverse(self.forget_name, args=[row.pk]),
            "cancel_url": reverse(self.list_name),
            "breadcrumbs": self.above(),
        }
        return render(request, "billing/column_mapping.html", context)

    def forgotten(self, request: ScopedRequest, row: ColumnMapping) -> HttpResponse:
        """Throw away what the columns mean, once that is confirmed."""
        if request.method == "POST":
            with shown_refusals(request):
                column_mappings.forget(scope=request.scope, mapping=row)
                messages.success(request, _("Forgotten. The next file asks what its columns mean."))
                return redirect(self.list_name)
        context = {
            "title": _("Forget these columns?"),
            "lead": str(row),
            "consequences": [_("The next file with these columns asks again what they mean.")],
            "submit_label": _("Forget the columns"),
            "danger": True,
            "cancel_url": reverse(self.change_name, args=[row.pk]),
            "breadcrumbs": self.above(),
        }
        return render(request, "generic/confirm.html", context)


def _above() -> list[tuple[str, str]]:
    return [
        (_("Declarations"), reverse("declaration_list")),
        (_("Columns that we know"), reverse("column_mapping_list")),
    ]


_PAGES: Final = ColumnPages(
    "column_mapping_list", "column_mapping_change", "column_mapping_forget", _above
)


def _found(request: ScopedRequest, pk: int) -> ColumnMapping:
    """The mapping; 404 for that of others, and for one of FTE reports."""
    rows = ColumnMapping.objects.visible_to(request.scope).of_declarations()
    return get_object_or_404(rows, pk=pk)


@roles(*OWN)
@require_http_methods(FORM_METHODS)
def column_mapping_change(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say anew what the columns of the next declaration files mean."""
    row = _found(request, pk)
    data = request.POST if request.method == "POST" else None
    layout = Layout.of_json(row.layout)
    form = LayoutForm(data, heads=row.heads, layout=layout, scope=request.scope)
    return _PAGES.changed(
        request,
        row,
        form,
        lead=_("It holds for the next file with these columns. Earlier files stay."),
        remember=lambda: column_mappings.remember(
            scope=request.scope, heads=row.heads, layout=form.layout
        ),
    )


@roles(*OWN)
@require_http_methods(FORM_METHODS)
def column_mapping_forget(request: ScopedRequest, pk: int) -> HttpResponse:
    """Throw away what the columns of a declaration file mean."""
    return _PAGES.forgotten(request, _found(request, pk))
