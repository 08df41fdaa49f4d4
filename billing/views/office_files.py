"""Files of an office with rows of several practices: uploaded, divided, handed in for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from billing import policies
from billing.declaration_file_words import preview
from billing.models import OfficeFile, OfficeFileFinding
from billing.office_file_forms import OfficeLayoutForm, OfficeUploadForm
from billing.office_file_tables import TONES, OfficeFileTable, RefusedRowTable
from billing.office_file_words import facts_of, shown, told
from billing.rules.filecolumns import guess
from billing.rules.officefile import OfficeLayout, guess_practice
from billing.selectors.office_files import Part, parts_of, to_send
from billing.services import office_dividing, office_files
from billing.services.office_files import begin_of_office_file
from billing.views.declaration_files import AT_ONCE
from hoofdaannemer.core.pages import (
    Action,
    ListPage,
    ScopedRequest,
    allowed,
    asked_or_refused,
    form_page,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import Role

FORM_METHODS = ["GET", "HEAD", "POST"]
#: Rows that are handed in while one waits; more go to a worker.
ROWS_AT_ONCE = 1000
OFFICE = frozenset({Role.OFFICE_USER})


class OfficeFileList(ListPage):
    """The office's files, newest first."""

    model = OfficeFile
    table_class = OfficeFileTable
    roles = OFFICE
    title = gettext_lazy("Files with rows of several practices")
    lead = gettext_lazy("Each practice gets its own rows, under its own mandate.")
    empty_title = gettext_lazy("No file was uploaded yet")
    empty_text = gettext_lazy(
        "Upload one file for all your practices. You see first what we make of it."
    )
    export_name = "bestanden"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Without the files themselves, and those that were thrown away."""
        light: QuerySet[Any] = rows.light()  # type: ignore[attr-defined]
        return light.exclude(status=OfficeFile.Status.DISCARDED)

    def primary(self) -> Action:
        return Action(_("Upload a file"), reverse("office_file_upload"))

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Your practices"), reverse("office_home"))]


def _above(row: OfficeFile | None = None) -> list[tuple[str, str]]:
    crumbs = [
        (_("Your practices"), reverse("office_home")),
        (_("Files with rows of several practices"), reverse("office_file_list")),
    ]
    return [*crumbs, (row.name, row.get_absolute_url())] if row else crumbs


def _found(request: ScopedRequest, pk: int) -> OfficeFile:
    """The file, of which the bytes are read when asked for; 404 for that of others."""
    return get_object_or_404(OfficeFile.objects.visible_to(request.scope).light(), pk=pk)


@roles(*OFFICE)
@require_http_methods(FORM_METHODS)
def office_file_upload(request: ScopedRequest) -> HttpResponse:
    """Upload a file with rows of several practices."""
    form = OfficeUploadForm(request.POST or None, request.FILES or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        with shown_refusals(request):
            row = office_files.upload(scope=request.scope, raw=values["file"], name=values["name"])
            if row.status == OfficeFile.Status.MAPPING:
                return redirect("office_file_map", row.pk)
            _work_if_small(request, row)
            return redirect(row)
    return form_page(
        request,
        title=_("Upload a file for your practices"),
        form=form,
        submit_label=_("Upload the file"),
        above=_above(),
        next_text=_("You see per practice what we make of it. Nothing is declared yet."),
    )


def _work_if_small(request: ScopedRequest, row: OfficeFile) -> None:
    """Who uploads a few rows sees at once what becomes of them."""
    if len(row.content) < AT_ONCE:
        office_dividing.work(scope=request.scope, file_id=row.pk)
        office_dividing.check_at_once(scope=request.scope, file=row)


@roles(*OFFICE)
@require_http_methods(FORM_METHODS)
def office_file_map(request: ScopedRequest, pk: int) -> HttpResponse:
    """Point out which column names the practice, and what the others mean."""
    row = _found(request, pk)
    if not allowed(policies.check_can_map_office_file, request.scope, row):
        with shown_refusals(request):
            policies.check_can_map_office_file(request.scope, row)
        return redirect(row)
    sheet = begin_of_office_file(row)
    if row.layout:
        layout = OfficeLayout.of_json(row.layout)
    else:
        layout = OfficeLayout(guess_practice(sheet.heads), guess(sheet.heads, sheet.lines))
    data = request.POST if request.method == "POST" else None
    form = OfficeLayoutForm(data, heads=sheet.heads, layout=layout, scope=request.scope)
    if form.is_bound and form.is_valid():
        layout = form.office_layout
        if "preview" not in request.POST:
            with shown_refusals(request):
                row = office_files.point_out(scope=request.scope, file=row, layout=layout)
                _work_if_small(request, row)
                return redirect(row)
    context = {
        "title": _("What do the columns mean?"),
        "lead": _("Say it once. The next file with the same columns is read by itself."),
        "form": form,
        "preview": preview(sheet, layout.layout),
        "cancel_url": row.get_absolute_url(),
        "breadcrumbs": _above(row),
    }
    return render(request, "billing/declaration_file_map.html", context)


class OfficeFileDetail(ListPage):
    """One file: how each part stands, in numbers, and the rows that went to nobody."""

    model = OfficeFileFinding
    table_class = RefusedRowTable
    roles = OFFICE
    empty_title = gettext_lazy("No row was refused")
    empty_text = gettext_lazy("Every row belongs to a practice for which you may declare.")
    export_name = "geweigerde-rijen"
    template_name = "billing/office_file.html"
    related: ClassVar = ()

    @cached_property
    def row(self) -> OfficeFile:
        return _found(self.request, self.kwargs["pk"])

    def get_title(self) -> str:
        return self.row.name

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return _above()

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(file=self.row)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the parts and what can be done."""
        scope, row = self.request.scope, self.row
        parts = parts_of(scope, row)
        is_whole = not any(part.is_sent for part in parts)
        can_send = allowed(policies.check_can_send_office_file, scope, row)
        return super().get_context_data(
            row=row,
            badge=row.get_status_display(),
            tone=TONES[OfficeFile.Status(row.status)],
            facts=facts_of(row),
            rejected_label=_("Rejected") if row.handed_in_at else _("Would be rejected"),
            parts=[shown(part) for part in parts],
            may_map=is_whole and allowed(policies.check_can_map_office_file, scope, row),
            may_send=can_send and bool(to_send(parts)),
            may_discard=is_whole and allowed(policies.check_can_change_office_file, scope, row),
            **kwargs,
        )


@roles(*OFFICE)
@require_http_methods(FORM_METHODS)
def office_file_send(request: ScopedRequest, pk: int) -> HttpResponse:
    """Hand in every part of which each row can be read."""
    row = _found(request, pk)
    if request.method == "POST":
        with shown_refusals(request):
            sent = office_files.send(scope=request.scope, file=row)
            if _is_small(sent):
                office_dividing.check_at_once(scope=request.scope, file=row)
            text = ngettext(
                "Handed in for %(count)s practice.", "Handed in for %(count)s practices.", len(sent)
            )
            messages.success(request, text % {"count": len(sent)})
            return redirect(row)
    ready = to_send(parts_of(request.scope, row))
    context = {
        "title": _("Hand in this file?"),
        "lead": row.name,
        "consequences": [
            *(told(part) for part in ready),
            _("Parts with rows to mend wait in their practice."),
            _("It cannot be taken back. A mistake is corrected by a credit in a new file."),
        ],
        "submit_label": _("Hand in"),
        "cancel_url": row.get_absolute_url(),
        "breadcrumbs": _above(row),
    }
    context = asked_or_refused(context, policies.check_can_send_office_file, request.scope, row)
    return render(request, "generic/confirm.html", context)


def _is_small(sent: Sequence[Part]) -> bool:
    return sum(part.row_count for part in sent) <= ROWS_AT_ONCE


@roles(*OFFICE)
@require_http_methods(FORM_METHODS)
def office_file_discard(request: ScopedRequest, pk: int) -> HttpResponse:
    """Throw a file away of which nothing was handed in."""
    row = _found(request, pk)
    if request.method == "POST":
        with shown_refusals(request):
            office_files.discard(scope=request.scope, file=row)
            messages.success(request, _("The file is thrown away. Nothing of it was declared."))
            return redirect("office_file_list")
    context = {
        "title": _("Throw this file away?"),
        "lead": row.name,
        "consequences": [
            _("The file and what every practice got of it are erased. Nothing is declared."),
            _("What a practice got whose mandate is over since stays with that practice."),
        ],
        "submit_label": _("Throw away"),
        "danger": True,
        "cancel_url": row.get_absolute_url(),
        "breadcrumbs": _above(row),
    }
    context = asked_or_refused(context, policies.check_can_change_office_file, request.scope, row)
    return render(request, "generic/confirm.html", context)
