"""Pages of a municipality: what was published to it, and nothing else."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from hoofdaannemer.accountability import documents, selectors, services
from hoofdaannemer.accountability.filters import ReleaseFilter
from hoofdaannemer.accountability.models import (
    READERS,
    PublishedFile,
    Receipt,
    Release,
    ReleaseFile,
)
from hoofdaannemer.accountability.reporting import ReportDocument, ReportTable
from hoofdaannemer.accountability.tables import ReleaseListTable
from hoofdaannemer.core import charts
from hoofdaannemer.core.export import XLSX_TYPE
from hoofdaannemer.core.pages import DetailPage, ListPage, ScopedRequest, roles
from hoofdaannemer.core.scope import Role

VIEWERS = READERS | {Role.MUNICIPAL_VIEWER}
CONTENT_TYPES = {
    PublishedFile.Kind.PDF.value: "application/pdf",
    PublishedFile.Kind.XLSX.value: XLSX_TYPE,
}


class ReleaseList(ListPage):
    """What was published, newest first. A municipality's home page."""

    model = Release
    table_class = ReleaseListTable
    filterset_class = ReleaseFilter
    roles = VIEWERS
    title = gettext_lazy("Published reports")
    lead = gettext_lazy("Figures about care, per municipality. They do not change any more.")
    empty_title = gettext_lazy("Nothing has been published yet")
    empty_text = gettext_lazy("A quarterly report stands here as soon as it is published.")
    exportable = False


class ReleaseDetail(DetailPage):
    """One release as the municipality reads it."""

    model = Release
    related = ("replaces",)
    roles = VIEWERS
    template_name = "accountability/release_detail.html"

    def get_title(self) -> str:
        """Report and contract."""
        return self.document.title

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return [(_("Published reports"), reverse("release_list"))]

    def log_view(self, row: Release) -> None:
        """As `receive`."""
        if self.request.method == "GET":
            receive(self.request, row, Receipt.Action.OPENED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The same document that the files were made of."""
        release, scope = self.object, self.request.scope
        tables = release.tables.visible_to(scope)
        self.document = documents.of_release(release, {t.code: t.cells for t in tables})
        shown = [as_page(table) for table in self.document.tables]
        newer = Release.objects.visible_to(scope).filter(replaces=release).first()
        return super().get_context_data(
            document=self.document,
            facts=facts_of(self.document),
            lead=f"{self.document.municipality}, {self.document.period}",
            tables=shown,
            brief=_brief(shown),
            charts=[_chart(self.document, chart) for chart in self.document.charts],
            hidden_note=charts.hidden_note() if self.document.has_hidden else "",
            files=_files(release, self.request),
            changes=selectors.changed_rows(release),
            newer=newer,
            receipts=_receipts(release, self.request),
            subcontractors=release.subcontractors.visible_to(scope).first(),
            **kwargs,
        )


@roles(*VIEWERS)
@require_GET
def release_file(request: ScopedRequest, pk: int, kind: str) -> HttpResponse:
    """A file with the bytes that were published."""
    if kind not in ReleaseFile.Kind.values:
        raise Http404
    file = get_object_or_404(
        ReleaseFile.objects.visible_to(request.scope).select_related("release"),
        release=pk,
        kind=kind,
    )
    receive(request, file.release, Receipt.Action(kind))
    return file_response(file)


def file_response(file: PublishedFile) -> HttpResponse:
    """The bytes that were published. Raises RuntimeError where they are no longer those."""
    content = bytes(file.content)
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise RuntimeError(f"{type(file).__name__} {file.pk} is not what was published")
    return HttpResponse(
        content,
        content_type=CONTENT_TYPES[file.kind],
        headers={
            "Content-Disposition": f'attachment; filename="{file.name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def receive(request: ScopedRequest, release: Release, action: Receipt.Action) -> None:
    """Keep a visit of the municipality; staff look along without a trace."""
    if request.scope.role == Role.MUNICIPAL_VIEWER:
        services.record_receipt(scope=request.scope, release=release, action=action)


def facts_of(document: ReportDocument) -> list[tuple[str, str]]:
    """What this is, of when, and how to check that it is the real one."""
    return [
        (_("Municipality"), document.municipality),
        (_("Main contractor"), document.main_contractor),
        (_("Period"), document.period),
        (_("As known on"), document.as_known_on),
        (_("Version"), document.version),
        (_("Check mark"), document.fingerprint[:16]),
    ]


def as_page(table: ReportTable) -> dict[str, Any]:
    """A table in the words of `components/simple_table.html`."""
    rows = [
        [figure.shown(column) for figure, column in zip(row.figures, table.columns, strict=True)]
        for row in table.rows
    ]
    foot = rows.pop() if table.rows and table.rows[-1].is_total else []
    return {
        "caption": table.title,
        "headers": [column.title for column in table.columns],
        "rows": rows,
        "foot": foot,
    }


def _brief(tables: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The totals of the first table, hidden ones left out: what one looks for first."""
    if not tables:
        return []
    totals = zip(tables[0]["headers"][1:], tables[0]["foot"][1:], strict=False)
    return [(label, figure) for label, figure in totals if figure not in {"", charts.MARK}]


def _chart(document: ReportDocument, chart: charts.Chart) -> dict[str, Any]:
    series = chart.series[0]
    rows = [
        [
            label,
            charts.MARK
            if point.suppressed
            else "–"
            if point.value is None
            else charts.format_number(point.value),
        ]
        for label, point in zip(chart.labels, series.points, strict=True)
    ]
    return {
        "title": chart.title,
        "svg": mark_safe(charts.svg(chart)),  # noqa: S308  # all text in it is escaped
        "headers": [_("Product"), series.name],
        "rows": rows,
    }


def _files(release: Release, request: ScopedRequest) -> list[dict[str, Any]]:
    return [
        {
            "name": file.name,
            "kind": file.get_kind_display(),
            "size": file.size,
            "url": reverse("release_file", args=[release.pk, file.kind]),
        }
        for file in release.files.visible_to(request.scope).light()
    ]


def _receipts(release: Release, request: ScopedRequest) -> list[dict[str, Any]]:
    """For staff: whether the municipality has seen it."""
    if request.scope.role == Role.MUNICIPAL_VIEWER:
        return []
    rows = Receipt.objects.visible_to(request.scope).filter(release=release)[:20]
    return [{"at": row.at, "title": row.get_action_display()} for row in rows]
