"""What a municipality sees of subcontractors: as published, and as the contract shows them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hoofdaannemer.accountability import documents
from hoofdaannemer.accountability.models import (
    PublishedFile,
    Receipt,
    SubcontractorFile,
    SubcontractorRelease,
)
from hoofdaannemer.accountability.views.releases import (
    VIEWERS,
    as_page,
    facts_of,
    file_response,
    receive,
)
from hoofdaannemer.core import charts
from hoofdaannemer.core.pages import DetailPage, ScopedRequest, roles
from hoofdaannemer.core.templatetags.core_format import period_nl

ACTIONS = {
    PublishedFile.Kind.PDF.value: Receipt.Action.SUBCONTRACTORS_PDF,
    PublishedFile.Kind.XLSX.value: Receipt.Action.SUBCONTRACTORS_XLSX,
}


class ReleaseSubcontractors(DetailPage):
    """The subcontractors of one release; not there where the contract shows none today."""

    model = SubcontractorRelease
    related = ("release",)
    roles = VIEWERS
    template_name = "accountability/release_subcontractors.html"

    def get_object(self, queryset: Any = None) -> SubcontractorRelease:
        """The fullest that may be seen of a release, which the address names."""
        found = _fullest(self.request, self.kwargs["pk"])
        self.log_view(found)
        return found

    def get_title(self) -> str:
        """What it is, and of which contract."""
        return self.document.title

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Back to the report it goes with."""
        release = self.object.release
        return [
            (_("Published reports"), reverse("release_list")),
            (f"{release.contract_name}, {period_nl(release.period)}", release.get_absolute_url()),
        ]

    def log_view(self, row: SubcontractorRelease) -> None:
        """As of the report itself."""
        if self.request.method == "GET":
            receive(self.request, row.release, Receipt.Action.SUBCONTRACTORS)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The same document that the files were made of."""
        row, scope = self.object, self.request.scope
        self.document = documents.of_subcontractors(row.release, row)
        listed, *figures = self.document.tables
        return super().get_context_data(
            document=self.document,
            facts=facts_of(self.document),
            lead=f"{self.document.municipality}, {self.document.period}",
            listed=as_page(listed),
            figures=[as_page(table) for table in figures],
            hidden_note=charts.hidden_note() if self.document.has_hidden else "",
            files=[
                {
                    "name": file.name,
                    "kind": file.get_kind_display(),
                    "size": file.size,
                    "url": reverse("release_subcontractors_file", args=[row.release_id, file.kind]),
                }
                for file in row.files.visible_to(scope).light()
            ],
            **kwargs,
        )


@roles(*VIEWERS)
@require_GET
def release_subcontractors_file(request: ScopedRequest, pk: int, kind: str) -> HttpResponse:
    """A file with the bytes that were published."""
    if kind not in ACTIONS:
        raise Http404
    row = _fullest(request, pk)
    rows = SubcontractorFile.objects.visible_to(request.scope)
    file = get_object_or_404(rows, of=row, kind=kind)
    receive(request, row.release, ACTIONS[kind])
    return file_response(file)


def _fullest(request: ScopedRequest, release_id: int) -> SubcontractorRelease:
    """What shows most of what may be seen of a release. Raises Http404 where that is nothing."""
    rows = SubcontractorRelease.objects.visible_to(request.scope).filter(release=release_id)
    found = rows.select_related("release").fullest_first().first()
    if found is None:
        raise Http404
    return found
