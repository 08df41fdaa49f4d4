"""The light CSV format on a page: placements out, starts and stops in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core import export
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from hoofdaannemer.core.templatetags.core_format import moment_nl
from subcontracts.forms import CareFileForm
from subcontracts.models import CareFile, PlacementFile
from subcontracts.selectors import carefiles as selectors
from subcontracts.services import carefiles

PROVIDER = tuple(sorted(SUBCONTRACTOR))
#: Files shown, and wrong rows of a dry run.
SHOWN_FILES = 12
SHOWN_ROWS = 200


@roles(*PROVIDER)
@require_http_methods(["GET", "HEAD", "POST"])
def care_file_list(request: ScopedRequest) -> HttpResponse:
    """Download placements; hand in starts and stops, or see first what would become of them."""
    form = CareFileForm(request.POST or None, request.FILES or None, scope=request.scope)
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            raw = form.cleaned_data["file"]
            if "hand_in" in request.POST:
                row = carefiles.hand_in(scope=request.scope, raw=raw, source=CareFile.Source.PORTAL)
                _tell(request, row)
                return redirect("care_file_list")
            outcome = carefiles.dry_run(scope=request.scope, raw=raw)
            context = {"outcome": outcome, "refused": _wrong_rows(outcome)}
    return render(
        request,
        "subcontracts/care_files.html",
        context
        | {
            "title": _("Light CSV format"),
            "lead": _("Placements as one file, your starts and stops as another."),
            "form": form,
            "contracts": selectors.contracts_by_file(request.scope),
            "taken": _downloads(request.scope),
            "handed_in": _handed_in(request.scope),
        },
    )


def _tell(request: ScopedRequest, row: CareFile) -> None:
    taken = row.taken_count + row.known_count
    good = ngettext("%(count)s row is taken.", "%(count)s rows are taken.", taken)
    messages.success(request, good % {"count": taken})
    if row.refused_count:
        text = ngettext(
            "%(count)s row was not taken. Download it below, mend it and hand it in again.",
            "%(count)s rows were not taken. Download them below, mend them and hand them in again.",
            row.refused_count,
        )
        messages.warning(request, text % {"count": row.refused_count})


def _wrong_rows(outcome: carefiles.Outcome) -> dict[str, Any] | None:
    if not outcome.refused:
        return None
    return {
        "caption": _("Rows that would not be taken"),
        "headers": [_("Row"), _("Column"), _("Rule"), _("What is wrong")],
        "rows": [
            (line.number, fault.column, fault.rule, fault.text)
            for line, fault in outcome.refused[:SHOWN_ROWS]
        ],
    }


def _downloads(scope: Scope) -> list[tuple[str, str]]:
    rows = PlacementFile.objects.visible_to(scope)[:SHOWN_FILES]
    return [
        (moment_nl(row.taken_at), reverse("placement_file_download", args=[row.pk])) for row in rows
    ]


def _handed_in(scope: Scope) -> list[dict[str, Any]]:
    rows = CareFile.objects.visible_to(scope)[:SHOWN_FILES]
    return [
        {
            "row": row,
            "url": reverse("care_file_refused", args=[row.pk]) if row.refused_count else "",
        }
        for row in rows
    ]


@roles(*PROVIDER)
@require_POST
def placement_file_new(request: ScopedRequest) -> HttpResponse:
    """Take what is new or changed since the last time."""
    row = carefiles.take_placements(scope=request.scope)
    return redirect("placement_file_download", row.pk)


@roles(*PROVIDER)
@require_safe
def placement_file_download(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """One download; again where it went wrong."""
    scope = request.scope
    file = get_object_or_404(PlacementFile.objects.visible_to(scope), pk=pk)
    rows = selectors.placements_for_file(scope, since=file.since_at, until=file.taken_at)
    audit.looked_at(scope, selectors.clients_in(rows), "placement_file.downloaded")
    return export.stream(scope, rows, selectors.PLACEMENTS, kind="csv", name="plaatsingen")


@roles(*PROVIDER)
@require_safe
def care_file_refused(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """The rows that were not taken, with what is wrong, to mend and hand in again."""
    file = get_object_or_404(CareFile.objects.visible_to(request.scope), pk=pk)
    rows = file.refused_rows.all()
    return export.stream(
        request.scope, rows, selectors.REFUSED, kind="csv", name="niet-overgenomen"
    )
