"""FTE reports: list, one report, filling it in, handing it in, correcting it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from billing import policies
from billing.filters import FteReportFilter
from billing.fte_forms import ExplainForm, FteForm
from billing.fte_words import about, sentence
from billing.models import FteReport, FteReportRow, FteSignal
from billing.selectors.fte_facts import Comparison, comparison
from billing.selectors.fte_reports import open_months
from billing.services import fte as services
from billing.tables import FteReportTable
from billing.views.access import HOLDS, OWN, own_columns
from hoofdaannemer.core.pages import (
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.templatetags.core_format import date_nl, month_nl, volume
from subcontracts.models import FundingLine, Professional


class FteReportList(ListPage):
    """FTE reports, newest month first; a subcontractor starts what is missing."""

    model = FteReport
    table_class = FteReportTable
    filterset_class = FteReportFilter
    related = ("provider_organisation", "funding_line")
    roles = HOLDS
    template_name = "billing/fte_list.html"
    title = gettext_lazy("FTE reports")
    lead = gettext_lazy("Who worked how much, for contracts that pay a fixed sum for people.")
    empty_title = gettext_lazy("No FTE reports yet")
    empty_text = gettext_lazy("A subcontractor with an FTE contract hands one in every month.")

    def get_table_kwargs(self) -> dict[str, Any]:
        return own_columns(self.request.scope)

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those that count, and drafts; with their total and the signals in them."""
        signals = FteSignal.objects.visible_to(self.request.scope).filter(report=OuterRef("pk"))
        counted = signals.order_by().values("report")
        shown: QuerySet[Any] = rows.filter(replaced_by=None).annotate(
            total=Sum("rows__fte"),
            signal_count=Coalesce(Subquery(counted.annotate(found=Count("pk")).values("found")), 0),
        )
        return shown

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The months that still wait for a report."""
        missing = open_months(self.request.scope) if self.request.scope.role in OWN else []
        return super().get_context_data(missing=missing, **kwargs)


class FteReportDetail(DetailPage):
    """One report with its rows."""

    model = FteReport
    related = ("provider_organisation", "funding_line")
    roles = HOLDS
    template_name = "billing/fte_detail.html"

    def get_title(self) -> str:
        """The month in words."""
        return _("FTE report of %(month)s") % {"month": month_nl(self.object.calendar_month)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Rows and signals, with names for the own organisation only."""
        scope, report = self.request.scope, self.object
        rows = list(report.rows.select_related("professional"))
        named = scope.role in OWN
        signals = report.signals.visible_to(scope).select_related("professional")
        return super().get_context_data(
            rows=[_row(one, named=named) for one in rows],
            foot=[_("Total"), volume(sum((one.fte for one in rows), Decimal(0))), *[""] * 6],
            headers=_headers(),
            signals=[
                [
                    capfirst(one.get_kind_display()),
                    about(one, named=named),
                    sentence(one),
                    one.explanation,
                ]
                for one in signals
            ],
            signal_headers=[_("Signal"), _("Who"), _("What is odd"), _("Explanation")],
            may_change=allowed(policies.check_can_change_report, scope, report),
            may_correct=named and bool(report.submitted_at) and not report.replaced_by_id,
            **kwargs,
        )

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return [(_("FTE reports"), reverse("fte_report_list"))]


def _headers() -> list[str]:
    return [
        *(_("Professional"), _("FTE"), _("Job"), _("Contract (FTE)"), _("Hours worked")),
        *(_("Hours absent"), _("Area"), _("Qualified")),
    ]


def _row(one: FteReportRow, *, named: bool) -> list[str]:
    numbers = [
        "–" if figure is None else volume(figure)
        for figure in (one.contracted, one.hours, one.absence)
    ]
    return [
        one.professional.name if named else one.professional.reference,
        volume(one.fte),
        one.role or one.professional.role,
        *numbers,
        one.area or "–",
        _qualified(one),
    ]


def _qualified(one: FteReportRow) -> str:
    """Of the whole month, or what it was at its start and at its end; a dash in a draft."""
    start, end = one.get_qualified_at_start_display(), one.get_qualified_at_end_display()
    if one.qualified_at_start == one.qualified_at_end:
        return start or "–"
    return _("start: %(start)s, end: %(end)s") % {"start": start, "end": end}


def _begun(request: ScopedRequest, line: int, month: str, page: str) -> HttpResponse:
    """To this page of the report of a month, which is begun where there is none."""
    funding_line = get_object_or_404(FundingLine.objects.visible_to(request.scope), pk=line)
    try:
        asked = Month.parse(month)
    except ValueError as error:
        raise Http404 from error
    report = None
    with shown_refusals(request):
        report = services.open_report(scope=request.scope, funding_line=funding_line, month=asked)
    return redirect(page, pk=report.pk) if report else redirect("fte_report_list")


@roles(*OWN)
@require_POST
def fte_report_open(request: ScopedRequest, line: int, month: str) -> HttpResponse:
    """Start the report of a month, with the rows of the month before, and fill it in."""
    return _begun(request, line, month, "fte_report_edit")


@roles(*OWN)
@require_POST
def fte_report_carry(request: ScopedRequest, line: int, month: str) -> HttpResponse:
    """Start the report of a month as that of the month before, and look whether that is right."""
    return _begun(request, line, month, "fte_report_confirm")


@roles(*OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def fte_report_edit(request: ScopedRequest, pk: int) -> HttpResponse:
    """Fill in a draft; kept, or looked at before it is handed in."""
    report = get_object_or_404(FteReport.objects.visible_to(request.scope), pk=pk)
    if report.submitted_at:
        return redirect("fte_report_detail", pk=pk)
    people = list(
        Professional.objects.visible_to(request.scope).in_force_during(report.calendar_month.period)
    )
    known = {row.professional_id: row for row in report.rows.all()}
    data = request.POST if request.method == "POST" else None
    form = FteForm(data, people=people, known=known, scope=request.scope)
    if form.is_bound and form.is_valid():
        with shown_refusals(request):
            services.save(scope=request.scope, report=report, rows=form.rows, details=form.details)
            if "hand_in" in request.POST:
                return redirect("fte_report_confirm", pk=pk)
            messages.success(request, _("Saved. You can go on later."))
    context = {
        "title": _title(report),
        "lead": _("The numbers of last month are filled in. Correct what changed."),
        "form": form,
        "cards": list(form.cards(_marks(report, people))),
        "report": report,
        "people": people,
        "cancel_url": reverse("fte_report_list"),
        "breadcrumbs": _above(),
    }
    return render(request, "billing/fte_edit.html", context)


def _title(report: FteReport) -> str:
    return _("FTE report of %(month)s") % {"month": month_nl(report.calendar_month)}


def _above() -> list[tuple[str, str]]:
    return [(_("FTE reports"), reverse("fte_report_list"))]


def _marks(report: FteReport, people: Sequence[Professional]) -> dict[int, str]:
    """Who came or goes, by the days of service in the month."""
    month = report.calendar_month.period
    found = {}
    for one in people:
        if month.contains(one.start_date):
            found[one.pk] = _("came on %(day)s") % {"day": date_nl(one.start_date)}
        elif one.end_date and month.contains(one.end_date):
            found[one.pk] = _("leaves on %(day)s") % {"day": date_nl(one.end_date)}
    return found


@roles(*OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def fte_report_confirm(request: ScopedRequest, pk: int) -> HttpResponse:
    """What changed since last month and what is odd; then hand it in."""
    report = get_object_or_404(FteReport.objects.visible_to(request.scope), pk=pk)
    if report.submitted_at:
        return redirect("fte_report_detail", pk=pk)
    signals = list(report.signals.visible_to(request.scope).select_related("professional"))
    data = request.POST if request.method == "POST" else None
    form = ExplainForm(data, signals=signals, scope=request.scope)
    if form.is_bound and form.is_valid():
        with shown_refusals(request):
            services.hand_in(scope=request.scope, report=report, explanations=form.explanations)
            messages.success(request, _("Report handed in."))
            return redirect("fte_report_detail", pk=pk)
    found = comparison(report)
    context = {
        "title": _("Hand in the FTE report of %(month)s?")
        % {"month": month_nl(report.calendar_month)},
        "lead": str(report.funding_line),
        "form": form,
        "report": report,
        "found": found,
        "total": volume(sum((row.fte for row in report.rows.all()), Decimal(0))),
        "changes": _changes(found),
        "change_headers": [_("Professional"), _("What changed"), _("Last month"), _("This month")],
        "cancel_url": reverse("fte_report_edit", args=[pk]),
        "breadcrumbs": [*_above(), (_title(report), reverse("fte_report_edit", args=[pk]))],
    }
    return render(request, "billing/fte_confirm.html", context)


def _changes(found: Comparison) -> list[list[str]]:
    """Who came, left or works differently, with FTE then and now."""
    return [
        *([row.professional.name, _("came"), "–", volume(row.fte)] for row in found.came),
        *([row.professional.name, _("left"), volume(row.fte), "–"] for row in found.left),
        *(
            [row.professional.name, _what(row, was), volume(was.fte), volume(row.fte)]
            for row, was in found.changed
        ),
    ]


def _what(row: FteReportRow, was: FteReportRow) -> str:
    """Which numbers of somebody changed."""
    names = {
        _("FTE"): (row.fte, was.fte),
        _("contract"): (row.contracted, was.contracted),
        _("hours"): (row.hours, was.hours),
        _("absence"): (row.absence, was.absence),
        _("area"): (row.area, was.area),
    }
    return ", ".join(name for name, (now, before) in names.items() if now != before)


@roles(*OWN)
@require_POST
def fte_report_correct(request: ScopedRequest, pk: int) -> HttpResponse:
    """Make a draft that takes the place of a report that was handed in."""
    report = get_object_or_404(FteReport.objects.visible_to(request.scope), pk=pk)
    draft = report
    with shown_refusals(request):
        draft = services.correct(scope=request.scope, report=report)
    return redirect("fte_report_edit", pk=draft.pk)
