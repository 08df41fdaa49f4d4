"""Undoing a take-over: what would be undone, what stands in the way, and the two persons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import ScopedRequest, allowed, roles, shown_refusals
from subcontracts import import_policies as policies
from subcontracts.import_forms import UndoForm
from subcontracts.import_words import TONES, facts_of
from subcontracts.models import CareImport, CareImportRow
from subcontracts.models.care_imports import READERS, CareImportRowQuerySet
from subcontracts.selectors.import_undo import MovedOn, moved_on, to_undo
from subcontracts.services import import_undoing
from subcontracts.views.importing import above, found

#: So many rows that stand in the way are shown; of more there is no point in mending them here.
_SHOWN: Final = 200


@roles(*sorted(READERS))
@require_http_methods(["GET", "HEAD", "POST"])
def care_import_undo(request: ScopedRequest, pk: int) -> HttpResponse:
    """Look at what would be undone; ask for it, or answer as a second person."""
    row = found(request, pk)
    form = UndoForm(request.POST or None, scope=request.scope)
    answer = request.POST.get("answer", "")
    if request.method == "POST" and (answer or form.is_valid()):
        with shown_refusals(request):
            messages.success(request, _done(request, row, answer, form))
            return redirect(row)
    return render(request, "subcontracts/care_import_undo.html", _context(request, row, form))


def _done(request: ScopedRequest, row: CareImport, answer: str, form: UndoForm) -> str:
    """What was done, in words."""
    if answer == "agree":
        return _asked_text(import_undoing.agree(scope=request.scope, row=row))
    if answer:
        import_undoing.refuse(scope=request.scope, row=row)
        return _("The take-over stays as it is.")
    reason = form.cleaned_data["reason"]
    return _asked_text(import_undoing.ask(scope=request.scope, row=row, reason=reason))


def _asked_text(row: CareImport) -> str:
    if row.status == CareImport.Status.UNDOING:
        return _("The take-over is being undone. You see how far it is.")
    return _("Asked. Somebody else agrees before it is undone.")


def _context(request: ScopedRequest, row: CareImport, form: UndoForm) -> dict[str, Any]:
    scope = request.scope
    rows = to_undo(scope, row)
    moved = moved_on(scope, rows)
    may_ask = allowed(policies.check_can_undo, scope, row)
    may_answer = allowed(policies.check_can_answer_undo, scope, row)
    return {
        "title": _("Undo this take-over?"),
        "lead": row.name,
        "breadcrumbs": above(row),
        "row": row,
        "badge": row.get_status_display(),
        "tone": TONES.get(row.status, "neutral"),
        "facts": facts_of(row),
        "counted": _counted(rows),
        "moved": _moved(moved[:_SHOWN]),
        "moved_told": _moved_told(len(moved)),
        "consequences": _consequences(row),
        "form": form if may_ask and not moved else None,
        "may_ask": may_ask and not moved,
        "may_answer": may_answer,
        "may_agree": may_answer and not moved,
        "is_asked": row.status == CareImport.Status.ACCEPTED and row.undo_asked_at is not None,
        "is_open": row.status in (CareImport.Status.DONE, CareImport.Status.ACCEPTED),
    }


def _counted(rows: CareImportRowQuerySet) -> dict[str, Any]:
    """How many rows of each sheet stand, in the order of the file."""
    by_sheet = dict(rows.order_by().values_list("sheet").annotate(Count("pk")))
    return {
        "caption": _("What would be undone"),
        "headers": [_("Sheet"), _("Rows")],
        "rows": [
            (label, by_sheet[value])
            for value, label in CareImportRow.Sheet.choices
            if value in by_sheet
        ],
    }


def _moved(moved: Sequence[MovedOn]) -> dict[str, Any]:
    return {
        "caption": _("Rows that moved on"),
        "headers": [_("Sheet"), _("Row"), _("Allocation"), _("What happened since")],
        "rows": [
            (
                one.row.get_sheet_display(),
                one.row.line,
                str(one.row.allocation or "–"),
                ", ".join(one.reasons),
            )
            for one in moved
        ],
    }


def _moved_told(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "Care of %(count)s row moved on since it was taken over, so it cannot be undone as a whole."
        " Mend what is wrong on the page of the care itself.",
        "Care of %(count)s rows moved on since it was taken over, so it cannot be undone as a"
        " whole. Mend what is wrong on the page of the care itself.",
        count,
    ) % {"count": count}


def _consequences(row: CareImport) -> list[str]:
    told = [
        _("Allocations and placements stay as withdrawn, without a number; starts are taken back."),
        _("Of clients who came along with this file no more is kept than the client number."),
        _("Nobody is told: neither municipalities nor subcontractors were told of it."),
        _("Tariffs stay. They belong to the contract and are changed there."),
        _("After that you can hand in the same file again, or a better one."),
    ]
    if row.accepted_at is not None:
        told.append(_("It was accepted, so somebody else agrees before it is undone."))
    return told
