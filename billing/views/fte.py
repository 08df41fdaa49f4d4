"""FTE reports: list, one report, filling it in, handing it in, correcting it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from billing import policies
from billing.filters import FteReportFilter
from billing.models import FteReport
from billing.page_forms import FteForm
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
from hoofdaannemer.core.templatetags.core_format import month_nl, volume
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
        """Those that count, and drafts; with their total."""
        return rows.filter(replaced_by=None).annotate(total=Sum("rows__fte"))

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
        """Rows, with names for the own organisation only."""
        scope, report = self.request.scope, self.object
        rows = list(report.rows.select_related("professional"))
        named = scope.role in OWN
        return super().get_context_data(
            rows=[
                [one.professional.name if named else one.professional.reference, volume(one.fte)]
                for one in rows
            ],
            foot=[_("Total"), volume(sum((one.fte for one in rows), Decimal(0)))],
            headers=[_("Professional"), _("FTE")],
            may_change=allowed(policies.check_can_change_report, scope, report),
            may_correct=named and bool(report.submitted_at) and not report.replaced_by_id,
            **kwargs,
        )

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return [(_("FTE reports"), reverse("fte_report_list"))]


@roles(*OWN)
@require_POST
def fte_report_open(request: ScopedRequest, line: int, month: str) -> HttpResponse:
    """Start the report of a month, with the rows of the month before."""
    funding_line = get_object_or_404(FundingLine.objects.visible_to(request.scope), pk=line)
    try:
        asked = Month.parse(month)
    except ValueError as error:
        raise Http404 from error
    report = None
    with shown_refusals(request):
        report = services.open_report(scope=request.scope, funding_line=funding_line, month=asked)
    return redirect("fte_report_edit", pk=report.pk) if report else redirect("fte_report_list")


@roles(*OWN)
@require_http_methods(["GET", "POST"])
def fte_report_edit(request: ScopedRequest, pk: int) -> HttpResponse:
    """Fill in a draft; kept, or handed in."""
    report = get_object_or_404(FteReport.objects.visible_to(request.scope), pk=pk)
    if report.submitted_at:
        return redirect("fte_report_detail", pk=pk)
    people = list(
        Professional.objects.visible_to(request.scope).in_force_during(report.calendar_month.period)
    )
    known = {row.professional_id: row.fte for row in report.rows.all()}
    data = request.POST if request.method == "POST" else None
    form = FteForm(data, people=people, known=known, scope=request.scope)
    if form.is_bound and form.is_valid():
        with shown_refusals(request):
            services.save(scope=request.scope, report=report, rows=form.rows)
            if "hand_in" in request.POST:
                services.hand_in(scope=request.scope, report=report)
                messages.success(request, _("Report handed in."))
                return redirect("fte_report_detail", pk=pk)
            messages.success(request, _("Saved. You can go on later."))
    title = _("FTE report of %(month)s") % {"month": month_nl(report.calendar_month)}
    context = {
        "title": title,
        "lead": _("The numbers of last month are filled in. Correct what changed."),
        "form": form,
        "report": report,
        "people": people,
        "cancel_url": reverse("fte_report_list"),
        "breadcrumbs": [(_("FTE reports"), reverse("fte_report_list"))],
    }
    return render(request, "billing/fte_edit.html", context)


@roles(*OWN)
@require_POST
def fte_report_correct(request: ScopedRequest, pk: int) -> HttpResponse:
    """Make a draft that takes the place of a report that was handed in."""
    report = get_object_or_404(FteReport.objects.visible_to(request.scope), pk=pk)
    draft = report
    with shown_refusals(request):
        draft = services.correct(scope=request.scope, report=report)
    return redirect("fte_report_edit", pk=draft.pk)
