"""Take-overs of running care: the list, a file that comes in, and what is wrong with its rows."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.export import XLSX_TYPE
from hoofdaannemer.core.pages import (
    Action,
    ListPage,
    ScopedRequest,
    allowed,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import Role
from subcontracts import import_policies as policies
from subcontracts import import_workbooks as workbooks
from subcontracts.import_forms import CareImportForm
from subcontracts.import_tables import CareImportFilter, CareImportTable, FaultFilter, FaultTable
from subcontracts.import_words import COLUMNS_TOLD, SHEETS_TOLD, TONES, facts_of
from subcontracts.models import CareImport, CareImportFault, CareImportRow, Client
from subcontracts.models.care_imports import READERS
from subcontracts.rules.importcolumns import COLUMNS
from subcontracts.services import importing

Status = CareImport.Status


class CareImportList(ListPage):
    """Every file that was handed in, with how many rows came along."""

    model = CareImport
    table_class = CareImportTable
    filterset_class = CareImportFilter
    roles = READERS
    title = gettext_lazy("Take over running care")
    lead = gettext_lazy(
        "Clients, allocations and placements of an earlier administration, with a reconciliation."
    )
    empty_title = gettext_lazy("Nothing was taken over yet")
    empty_text = gettext_lazy("Who begins here while care runs already reads it in from a file.")
    export_name = "overnames"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        shown: QuerySet[Any] = rows.without_files().with_counts()  # type: ignore[attr-defined]
        return shown

    def primary(self) -> Action | None:
        rows = CareImport.objects.visible_to(self.request.scope)
        if not allowed(policies.check_can_hand_in, self.request.scope, rows):
            return None
        return Action(_("Hand in a file"), reverse("care_import_new"))


def above(row: CareImport | None = None) -> list[tuple[str, str]]:
    """The pages above those of one take-over."""
    crumbs = [(_("Take-overs"), reverse("care_import_list"))]
    return [*crumbs, (_("File"), row.get_absolute_url())] if row else crumbs


def found(request: ScopedRequest, pk: int) -> CareImport:
    """The take-over with its counts, without the file; 404 for others."""
    rows = CareImport.objects.visible_to(request.scope).with_counts().without_files()
    people = ("uploaded_by", "confirmed_by", "accepted_by", "undo_asked_by", "undo_agreed_by")
    return get_object_or_404(rows.select_related(*people), pk=pk)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def care_import_new(request: ScopedRequest) -> HttpResponse:
    """Hand in a file; it is checked in the background."""
    initial = {"as_of": request.scope.today}
    form = CareImportForm(
        request.POST or None, request.FILES or None, scope=request.scope, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            values = form.cleaned_data
            row = importing.hand_in(
                scope=request.scope,
                raw=values["file"],
                name=values["name"],
                as_of=values["as_of"],
            )
            return redirect(row)
    return render(
        request,
        "subcontracts/care_import_new.html",
        {
            "title": _("Hand in running care"),
            "lead": _("A file is checked first. Nothing is taken over until you confirm."),
            "breadcrumbs": above(),
            "cancel_url": reverse("care_import_list"),
            "form": form,
            "sheets": [_sheet(name) for name in COLUMNS],
        },
    )


def _sheet(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "told": SHEETS_TOLD[name],
        "caption": _("The columns of sheet %(sheet)s") % {"sheet": name},
        "headers": [_("Column"), _("What it holds")],
        "rows": [(column, COLUMNS_TOLD[name, column]) for column in COLUMNS[name]],
    }


@roles(Role.CONTRACT_MANAGER)
@require_safe
def care_import_template(request: ScopedRequest) -> HttpResponse:
    """The workbook to fill in, with a sheet that explains it."""
    return attachment(workbooks.template(), "lopende-zorg.xlsx", XLSX_TYPE)


class CareImportDetail(ListPage):
    """One file: how far it is, and every cell that is wrong."""

    model = CareImportFault
    table_class = FaultTable
    filterset_class = FaultFilter
    roles = READERS
    empty_title = gettext_lazy("No wrong cells")
    empty_text = gettext_lazy("What was checked of this file is good.")
    export_name = "foute-cellen"
    template_name = "subcontracts/care_import.html"
    related: ClassVar = ()

    @cached_property
    def row(self) -> CareImport:
        return found(self.request, self.kwargs["pk"])

    def get_title(self) -> str:
        return self.row.name

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return above()

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(care_import=self.row)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With how far it is and what can be done."""
        scope, row = self.request.scope, self.row
        counts: Any = row
        may_download = allowed(policies.check_can_download, scope, row)
        return super().get_context_data(
            row=row,
            badge=row.get_status_display(),
            tone=TONES.get(row.status, "neutral"),
            facts=facts_of(row),
            counts=_counts(row),
            told=_("%(handled)s of %(total)s rows")
            % {"handled": row.handled, "total": row.to_handle},
            is_busy=row.status in CareImport.BUSY and not row.is_given_up,
            may_confirm=counts.rows_ready and allowed(policies.check_can_confirm, scope, row),
            may_discard=allowed(policies.check_can_discard, scope, row),
            may_download=counts.rows_wrong and may_download and row.status not in CareImport.BUSY,
            has_report=row.status in (Status.CHECKED, Status.DONE, Status.ACCEPTED),
            may_undo=allowed(policies.check_can_undo, scope, row),
            may_answer_undo=allowed(policies.check_can_answer_undo, scope, row),
            has_paper=row.status in CareImport.CLOSED and row.accepted_at is not None,
            **kwargs,
        )


def _counts(row: Any) -> dict[str, Any]:
    labels = {
        _("Good and new"): row.rows_ready,
        _("Taken over"): row.rows_taken,
        _("Known already"): row.rows_known,
        _("Left out"): row.rows_wrong,
    }
    if row.rows_undone:
        labels[_("Undone")] = row.rows_undone
    return {
        "caption": _("Rows of the file"),
        "headers": [_("What becomes of it"), _("Rows")],
        "rows": list(labels.items()),
        "foot": (_("All rows"), row.rows_total),
    }


@roles(Role.CONTRACT_MANAGER)
@require_safe
def care_import_wrong(request: ScopedRequest, pk: int) -> HttpResponse:
    """The rows that were left out, with what is wrong, to mend and hand in again."""
    row = found(request, pk)
    policies.check_can_download(request.scope, row)
    rows = CareImportRow.objects.visible_to(request.scope).filter(
        care_import=row, status=CareImportRow.Status.WRONG
    )
    hashes = [bytes(one) for one in rows.values_list("client_hash", flat=True) if one]
    about = Client.objects.visible_to(request.scope).filter(bsn_hash__in=hashes)
    audit.looked_at(request.scope, about.values_list("pk", flat=True), "care_import.downloaded")
    audit.record(request.scope, "care_import.downloaded", row)
    content = workbooks.left_out(rows.prefetch_related("faults").order_by("pk"))
    return attachment(content, "niet-meegenomen.xlsx", XLSX_TYPE)
