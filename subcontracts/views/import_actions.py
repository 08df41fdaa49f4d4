"""What is done with a take-over of running care: confirm, discard, reconcile, accept."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.export import XLSX_TYPE
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import ScopedRequest, allowed, roles, shown_refusals
from hoofdaannemer.core.scope import Role
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts import import_policies as policies
from subcontracts import import_workbooks as workbooks
from subcontracts.import_forms import AcceptForm
from subcontracts.import_pdf import reconciliation_pdf
from subcontracts.import_words import TONES, facts_of
from subcontracts.models import CareImport
from subcontracts.models.care_imports import READERS
from subcontracts.rules.importtotals import Compared
from subcontracts.selectors.import_paper import paper_of
from subcontracts.selectors.importing import Line, Reconciliation, reconciliation
from subcontracts.services import importing
from subcontracts.views.importing import above, found

FORM_METHODS: Final = ["GET", "HEAD", "POST"]
_READERS: Final = tuple(sorted(READERS))


def _asked(request: ScopedRequest, row: CareImport, check: Any, **context: Any) -> HttpResponse:
    """The page that asks; where it cannot be done, it says why and leads back."""
    try:
        check(request.scope, row)
    except DomainError as refusal:
        context |= {"nothing": refusal.message, "consequences": []}
        context.pop("form", None)
    context |= {"cancel_url": row.get_absolute_url(), "breadcrumbs": above(row)}
    return render(request, "generic/confirm.html", context)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def care_import_confirm(request: ScopedRequest, pk: int) -> HttpResponse:
    """Have the good rows taken over."""
    row = found(request, pk)
    if request.method == "POST":
        with shown_refusals(request):
            importing.confirm(scope=request.scope, row=row)
            messages.success(
                request, _("The care is being taken over. You see here how far it is.")
            )
            return redirect(row)
    counts: Any = row
    return _asked(
        request,
        row,
        policies.check_can_confirm,
        title=_("Take over this care?"),
        lead=_("From %(day)s on it is administered here.") % {"day": date_long(row.as_of)},
        consequences=[
            ngettext(
                "%(count)s row is taken over.",
                "%(count)s rows are taken over.",
                counts.rows_ready,
            )
            % {"count": counts.rows_ready},
            _("Left out: %(wrong)s. Known already: %(known)s.")
            % {"wrong": counts.rows_wrong, "known": counts.rows_known},
            _("Municipalities are not told again of starts that they know. Later changes do go."),
            _(
                "Subcontractors' software is told only of placements for which the file has no"
                " number, in the coming night."
            ),
            _("As long as nothing further happens to the care, it can be undone as a whole."),
        ],
        submit_label=_("Take over"),
        danger=True,
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def care_import_discard(request: ScopedRequest, pk: int) -> HttpResponse:
    """Give up a file of which nothing was taken over."""
    row = found(request, pk)
    if request.method == "POST":
        with shown_refusals(request):
            importing.discard(scope=request.scope, row=row)
            messages.success(request, _("The file is discarded and its contents are erased."))
            return redirect("care_import_list")
    return _asked(
        request,
        row,
        policies.check_can_discard,
        title=_("Discard this file?"),
        lead=row.name,
        consequences=[
            _("Nothing of it is taken over."),
            _("The file and its rows are erased. You can hand it in again."),
        ],
        submit_label=_("Discard file"),
        danger=True,
    )


@roles(*_READERS)
@require_safe
def care_import_report(request: ScopedRequest, pk: int) -> HttpResponse:
    """The reconciliation: what the file says, what came along, and what did not."""
    row = found(request, pk)
    of = reconciliation(request.scope, row)
    return render(
        request,
        "subcontracts/care_import_report.html",
        {
            "title": _("Reconciliation"),
            "lead": row.name,
            "breadcrumbs": above(row),
            "row": row,
            "badge": row.get_status_display(),
            "tone": TONES.get(row.status, "neutral"),
            "facts": facts_of(row),
            "is_forecast": row.status == CareImport.Status.CHECKED,
            "by_municipality": _table(
                _("Allocations by municipality"), _("Municipality"), of.by_municipality
            ),
            "by_provider": _table(
                _("Placements by who delivers"), _("Who delivers"), of.by_provider
            ),
            "euros": _euros(of),
            "reasons": _reasons(of),
            "totals": _totals(of.totals),
            "file_url": reverse("care_import_report_file", args=[row.pk]),
            "paper_url": reverse("care_import_paper", args=[row.pk]),
            "may_accept": allowed(policies.check_can_accept, request.scope, row),
        },
    )


def _table(caption: str, first: str, lines: Sequence[Line]) -> dict[str, Any]:
    return {
        "caption": caption,
        "headers": [
            *(first, _("Product"), _("In the file"), _("Taken over"), _("Known already")),
            *(_("Left out"), _("Volume taken over")),
        ],
        "rows": [
            (
                line.first or "–",
                line.product or "–",
                line.in_file.count,
                line.taken.count,
                line.known.count,
                line.left_out.count,
                line.taken.volume,
            )
            for line in lines
        ],
    }


def _euros(of: Reconciliation) -> dict[str, Any]:
    """What each provider's care of a product costs in each year: in the file, and here."""
    return {
        "caption": _("Euros committed"),
        "headers": [
            *(_("Who delivers"), _("Product"), _("Year")),
            *(_("In the file"), _("Here"), _("Difference")),
        ],
        "rows": [
            (
                line.first or "–",
                line.product or "–",
                str(year),
                format_euro(line.in_file.amounts[year]),
                format_euro(_here(line, year)),
                format_euro(_here(line, year) - line.in_file.amounts[year]),
            )
            for line in of.by_provider
            for year in of.years
            if line.in_file.amounts[year]
        ],
    }


def _here(line: Line, year: int) -> Decimal:
    return line.taken.amounts[year] + line.known.amounts[year]


def _reasons(of: Reconciliation) -> dict[str, Any]:
    return {
        "caption": _("Why rows were left out"),
        "headers": [_("Sheet"), _("Rule"), _("What is wrong"), _("Rows")],
        "rows": [(one.sheet, one.rule, one.text, one.count) for one in of.reasons],
    }


def _totals(totals: Sequence[Compared]) -> dict[str, Any]:
    return {
        "caption": _("Control totals of the earlier administration"),
        "headers": [
            _("Chosen"),
            _("Counted"),
            _("Earlier"),
            _("Here"),
            _("Difference"),
        ],
        "rows": [
            (
                one.chosen or _("all"),
                one.counted,
                _shown(one, one.theirs),
                _shown(one, one.ours),
                _shown(one, one.difference),
            )
            for one in totals
        ],
    }


def _shown(one: Compared, value: Decimal) -> str:
    return format_euro(value) if one.counted == "bedrag" else f"{value:.0f}"


@roles(*_READERS)
@require_safe
def care_import_report_file(request: ScopedRequest, pk: int) -> HttpResponse:
    """The reconciliation as a workbook."""
    row = found(request, pk)
    content = workbooks.report(reconciliation(request.scope, row))
    return attachment(content, "aansluiting-lopende-zorg.xlsx", XLSX_TYPE)


@roles(*_READERS)
@require_safe
def care_import_paper(request: ScopedRequest, pk: int) -> HttpResponse:
    """The reconciliation as a document: as it was accepted, or as it is now with a mark."""
    row = found(request, pk)
    content = bytes(row.paper) or reconciliation_pdf(paper_of(request.scope, row))
    return attachment(content, "aansluiting-lopende-zorg.pdf")


@roles(*_READERS)
@require_http_methods(FORM_METHODS)
def care_import_accept(request: ScopedRequest, pk: int) -> HttpResponse:
    """Accept the reconciliation as a second person."""
    row = found(request, pk)
    form = AcceptForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            importing.accept(scope=request.scope, row=row, note=form.cleaned_data["note"])
            messages.success(request, _("Accepted. The take-over is closed."))
            return redirect("care_import_report", row.pk)
    return _asked(
        request,
        row,
        policies.check_can_accept,
        title=_("Accept the reconciliation?"),
        lead=row.name,
        consequences=[
            _("Your name and the day stand on the reconciliation."),
            _("The file and the rows that were left out are erased. Download them first."),
        ],
        form=form,
        submit_label=_("Accept"),
    )
