"""An FTE report from a file: uploaded, checked, taken over into the draft; and what is to mend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from billing.fte_file_forms import FteColumnsForm, FteFileForm, carried
from billing.models import FteReport
from billing.rules.filecolumns import ADDED, own_heads
from billing.rules.ftefile import FteLayout
from billing.services import fte_files
from billing.services.fte_files import Outcome
from billing.views.access import OWN
from hoofdaannemer.core import workbooks
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.export import XLSX_TYPE
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.sheets import Sheet, shown
from hoofdaannemer.core.templatetags.core_format import month_nl, volume
from subcontracts.models import Professional

#: Headings of the template, as they are recognised.
HEADS: Final = (
    *("Personeelsnummer", "Naam", "FTE", "Contract FTE", "Uren", "Verzuimuren", "Gebied", "Maand"),
)


@dataclass
class _State:
    """What the page has so far."""

    sheet: Sheet | None = None
    layout: FteLayout | None = None
    outcome: Outcome | None = None
    columns: FteColumnsForm | None = None
    carried: str = ""


@roles(*OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def fte_report_file(request: ScopedRequest, pk: int) -> HttpResponse:
    """Check a file against a draft, take it over, or get the rows that are to be mended."""
    report = get_object_or_404(FteReport.objects.visible_to(request.scope), pk=pk)
    if report.submitted_at:
        return redirect("fte_report_detail", pk=pk)
    data = request.POST if request.method == "POST" else None
    form = FteFileForm(data, request.FILES or None, report=report.pk, scope=request.scope)
    state = _State()
    if form.is_bound and form.is_valid():
        with shown_refusals(request):
            if answer := _worked(request, report, form, state):
                return answer
    return render(request, "billing/fte_file.html", _context(report, form, state))


def _worked(
    request: ScopedRequest, report: FteReport, form: FteFileForm, state: _State
) -> HttpResponse | None:
    """What a button does; an answer where the page is left."""
    raw = form.cleaned_data["file"]
    state.sheet = fte_files.sheet_of(raw)
    state.carried = carried(raw, report.pk)
    state.layout = _layout(request, form, state.sheet)
    state.columns = _columns(request, state, has_wrong=False)
    state.outcome = fte_files.check(
        scope=request.scope, report=report, sheet=state.sheet, layout=state.layout
    )
    state.columns = _columns(request, state, has_wrong=bool(state.outcome.faults))
    if "wrong" in request.POST and state.outcome.faults:
        return _to_mend(report, state.outcome)
    if "take" not in request.POST:
        return None
    fte_files.take(
        scope=request.scope,
        report=report,
        outcome=state.outcome,
        layout=state.layout,
        leave_out="leave_out" in request.POST,
    )
    count = len(state.outcome.right)
    text = ngettext(
        "%(count)s row was taken over into the draft. Look at it and hand it in.",
        "%(count)s rows were taken over into the draft. Look at it and hand it in.",
        count,
    )
    messages.success(request, text % {"count": count})
    return redirect("fte_report_edit", pk=report.pk)


def _layout(request: ScopedRequest, form: FteFileForm, sheet: Sheet) -> FteLayout:
    """As chosen on the page for this very file, else as remembered or guessed."""
    known = fte_files.layout_of(request.scope, sheet)
    if form.is_new or "column_fte" not in request.POST:
        return known
    chosen = FteColumnsForm(
        request.POST, heads=sheet.heads, layout=known, has_wrong=True, scope=request.scope
    )
    return chosen.layout if chosen.is_valid() else known


def _columns(request: ScopedRequest, state: _State, *, has_wrong: bool) -> FteColumnsForm | None:
    if state.sheet is None or state.layout is None:
        return None
    return FteColumnsForm(
        heads=state.sheet.heads, layout=state.layout, has_wrong=has_wrong, scope=request.scope
    )


def _context(report: FteReport, form: FteFileForm, state: _State) -> dict[str, Any]:
    title = _("FTE report of %(month)s") % {"month": month_nl(report.calendar_month)}
    edit = reverse("fte_report_edit", args=[report.pk])
    return {
        "title": _("Read the report in from a file"),
        "lead": _("Nothing is taken over before you saw what is in the file."),
        "breadcrumbs": [(_("FTE reports"), reverse("fte_report_list")), (title, edit)],
        "form": form,
        "columns": state.columns,
        "carried": state.carried,
        "outcome": state.outcome,
        "wrong": _wrong(state) if state.outcome else None,
        "right": _right(state.outcome) if state.outcome else None,
        "template_url": reverse("fte_report_template", args=[report.pk]),
        "cancel_url": edit,
    }


def _wrong(state: _State) -> dict[str, Any]:
    outcome, layout = state.outcome, state.layout
    if outcome is None or layout is None:
        raise ValueError("nothing was checked")
    places = {head: place for place, head in enumerate(outcome.sheet.heads)}
    rows = []
    for line, fault in outcome.faults:
        head = layout.columns.get(fault.field, "") if fault.field else ""
        cell = shown(line.cells[places[head]]) if head else ""
        rows.append((line.number, head or "–", cell, fault.rule, fault.text))
    return {
        "caption": _("Cells that are wrong"),
        "headers": [_("Row"), _("Column"), _("In the file"), _("Rule"), _("What is wrong")],
        "rows": rows,
    }


def _right(outcome: Outcome) -> dict[str, Any]:
    return {
        "caption": _("Rows that can be taken over"),
        "headers": [_("Row"), _("Professional"), _("FTE"), _("Hours worked"), _("Hours absent")],
        "rows": [
            (
                said.line,
                f"{who.name} ({who.reference})",
                volume(said.fte),
                *("–" if one is None else volume(one) for one in (said.hours, said.absence)),
            )
            for said, who in outcome.right
        ],
    }


def _to_mend(report: FteReport, outcome: Outcome) -> HttpResponse:
    """The wrong rows as they stood, with what is wrong; to be mended and handed in again."""
    heads = own_heads(outcome.sheet.heads)
    places = [list(outcome.sheet.heads).index(head) for head in heads]
    rows: list[tuple[object, ...]] = [(*heads, ADDED[0], ADDED[2])]
    for line in outcome.wrong_lines:
        said = " ".join(
            f"{fault.text} ({fault.rule})" for of, fault in outcome.faults if of is line
        )
        rows.append((*(line.cells[place] for place in places), line.number, said))
    content = workbooks.book({_("To mend"): rows})
    return attachment(content, f"fte-{report}-verbeteren.xlsx", XLSX_TYPE)


@roles(*OWN)
@require_GET
def fte_report_template(request: ScopedRequest, pk: int) -> HttpResponse:
    """A row for each of the own people in service in the month, with what the draft has."""
    report = get_object_or_404(FteReport.objects.visible_to(request.scope), pk=pk)
    known = {row.professional_id: row for row in report.rows.all()}
    people = Professional.objects.visible_to(request.scope)
    rows: list[tuple[object, ...]] = [HEADS]
    for one in people.in_force_during(report.calendar_month.period):
        row = known.get(one.pk)
        told = (row.fte, row.contracted, row.hours, row.absence, row.area) if row else (None,) * 5
        rows.append((one.reference, one.name, *told, str(report.calendar_month)))
    content = workbooks.book({_("FTE report"): rows})
    return attachment(content, f"fte-{report}.xlsx", XLSX_TYPE)
