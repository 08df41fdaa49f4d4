"""What the columns of the own FTE files mean: the list, changing it, and throwing it away."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from billing.declaration_file_tables import FteColumnsTable
from billing.fte_file_forms import FteColumnsForm
from billing.models import ColumnMapping
from billing.rules.ftefile import FteLayout
from billing.services import column_mappings
from billing.views.access import OWN
from billing.views.column_mappings import FORM_METHODS, ColumnPages
from hoofdaannemer.core.pages import ListPage, ScopedRequest, roles


class FteColumnsList(ListPage):
    """Every kind of FTE file whose columns were pointed out."""

    model = ColumnMapping
    table_class = FteColumnsTable
    roles = OWN
    title = gettext_lazy("Columns of FTE files that we know")
    lead = gettext_lazy("A file with these columns is read without asking.")
    empty_title = gettext_lazy("No columns were pointed out yet")
    empty_text = gettext_lazy("That happens when you read an FTE report in from a file.")
    export_name = "kolommen-fte"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of declarations have a page of their own."""
        shown: QuerySet[Any] = rows.of_fte_reports()  # type: ignore[attr-defined]
        return shown

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("FTE reports"), reverse("fte_report_list"))]


def _above() -> list[tuple[str, str]]:
    return [
        (_("FTE reports"), reverse("fte_report_list")),
        (_("Columns of FTE files that we know"), reverse("fte_columns_list")),
    ]


_PAGES: Final = ColumnPages("fte_columns_list", "fte_columns_change", "fte_columns_forget", _above)


def _found(request: ScopedRequest, pk: int) -> ColumnMapping:
    """The mapping; 404 for that of others, and for one of declarations."""
    rows = ColumnMapping.objects.visible_to(request.scope).of_fte_reports()
    return get_object_or_404(rows, pk=pk)


@roles(*OWN)
@require_http_methods(FORM_METHODS)
def fte_columns_change(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say anew what the columns of the next FTE files mean."""
    row = _found(request, pk)
    data = request.POST if request.method == "POST" else None
    form = FteColumnsForm(
        data,
        heads=row.heads,
        layout=FteLayout.of_json(row.layout),
        has_wrong=False,
        scope=request.scope,
    )
    return _PAGES.changed(
        request,
        row,
        form,
        lead=_("It holds for the next file with these columns. Earlier reports stay."),
        remember=lambda: column_mappings.remember_fte(
            scope=request.scope, heads=row.heads, layout=form.layout
        ),
    )


@roles(*OWN)
@require_http_methods(FORM_METHODS)
def fte_columns_forget(request: ScopedRequest, pk: int) -> HttpResponse:
    """Throw away what the columns of an FTE file mean."""
    return _PAGES.forgotten(request, _found(request, pk))
