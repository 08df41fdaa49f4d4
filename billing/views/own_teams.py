"""Months of own teams: the list, one of them, beginning it, filling it in, handing it in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from billing import policies
from billing.models import OwnTeamReport, OwnTeamRow
from billing.own_team_forms import NewOwnTeamForm, OwnTeamRowsForm, as_typed
from billing.own_team_tables import OwnTeamReportFilter, OwnTeamReportTable
from billing.selectors.own_teams import missing, teams_of
from billing.services import own_teams as services
from billing.views.access import CONTROLLER, OWN, READERS
from hoofdaannemer.core.money import ZERO, format_euro
from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    asked_or_refused,
    form_page,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.templatetags.core_format import moment_nl, month_nl, volume

FORM_METHODS = ["GET", "HEAD", "POST"]
#: Who fills in a month: the team's own people, or a controller for it.
REPORTERS = OWN | CONTROLLER


class OwnTeamReportList(ListPage):
    """Months of own teams, the newest first."""

    model = OwnTeamReport
    table_class = OwnTeamReportTable
    filterset_class = OwnTeamReportFilter
    related = ("provider_organisation", "contract")
    roles = READERS
    title = gettext_lazy("Own teams")
    lead = gettext_lazy("What own teams worked and cost in a month, for each task.")
    empty_title = gettext_lazy("No months of own teams yet")
    empty_text = gettext_lazy("An own team, or a controller for it, reports FTE, hours and costs.")
    export_name = "eigen-teams"
    template_name = "billing/own_team_list.html"

    def primary(self) -> Action | None:
        """Begin a month, for who reports and has a team."""
        scope = self.request.scope
        if scope.role in REPORTERS and teams_of(scope).exists():
            return Action(_("Report a month"), reverse("own_team_report_new"))
        return None

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those that count, and drafts, with what they come to."""
        counted: QuerySet[Any] = rows.filter(replaced_by=None).annotate(
            fte=Sum("rows__fte"), amount=Sum("rows__amount")
        )
        return counted

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The months that still wait."""
        scope = self.request.scope
        waiting = missing(scope) if scope.role in REPORTERS else []
        texts = [
            _("%(team)s, %(contract)s: %(month)s")
            % {"team": one.team, "contract": one.contract.name, "month": month_nl(one.month)}
            for one in waiting
        ]
        return super().get_context_data(missing=texts, **kwargs)


class OwnTeamReportDetail(DetailPage):
    """One month with its rows."""

    model = OwnTeamReport
    related = ("provider_organisation", "subcontractor", "contract", "submitted_by")
    roles = READERS
    template_name = "billing/own_team_detail.html"

    def get_title(self) -> str:
        """Team and month."""
        return _title(self.object)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return _above()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Rows with their total, and the steps that fit."""
        scope, report = self.request.scope, self.object
        rows = list(report.rows.all())
        is_draft = report.submitted_at is None
        may_change = allowed(policies.check_can_change_own_team, scope, report)
        may_report = allowed(policies.check_can_report_own_team, scope, report.subcontractor)
        return super().get_context_data(
            lead=report.contract.name,
            badge=_("draft") if is_draft else _("handed in"),
            tone="information" if is_draft else "positive",
            headers=[_("Kind"), _("Job or cost"), _("FTE"), _("Hours worked"), _("Amount")],
            rows=[_row(one) for one in rows],
            foot=_foot(rows),
            facts=_facts(report, rows),
            is_replaced=report.replaced_by_id is not None,
            may_change=is_draft and may_change,
            may_correct=may_report and not is_draft and not report.replaced_by_id,
            **kwargs,
        )


def _title(report: OwnTeamReport) -> str:
    words = {"team": report.provider_organisation, "month": month_nl(report.calendar_month)}
    return _("%(team)s in %(month)s") % words


def _above() -> list[tuple[str, str]]:
    return [(_("Own teams"), reverse("own_team_report_list"))]


def _row(one: OwnTeamRow) -> list[str]:
    return [
        capfirst(one.get_kind_display()),
        one.description,
        "–" if one.fte is None else volume(one.fte),
        "–" if one.hours is None else volume(one.hours),
        format_euro(one.amount),
    ]


def _foot(rows: list[OwnTeamRow]) -> list[str]:
    return [
        *(_("Total"), ""),
        volume(sum((one.fte or ZERO for one in rows), Decimal(0))),
        volume(sum((one.hours or ZERO for one in rows), Decimal(0))),
        format_euro(sum((one.amount for one in rows), ZERO)),
    ]


def _facts(report: OwnTeamReport, rows: list[OwnTeamRow]) -> list[tuple[str, str]]:
    total = sum((one.amount for one in rows), ZERO)
    care = sum((one.amount for one in rows if one.kind in OwnTeamRow.REACHES_CARE), ZERO)
    facts = [
        (_("Costs"), format_euro(total)),
        (_("Of which care"), format_euro(care)),
        (_("Saved"), moment_nl(report.saved_at)),
    ]
    if report.submitted_at and report.submitted_by:
        facts.append((_("Handed in"), moment_nl(report.submitted_at)))
        facts.append((_("By"), report.submitted_by.name))
    return facts


@roles(*REPORTERS)
@require_http_methods(FORM_METHODS)
def own_team_report_new(request: ScopedRequest) -> HttpResponse:
    """Choose team, task and month."""
    form = NewOwnTeamForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            report = services.begin(scope=request.scope, **form.cleaned_data)
            page = "own_team_report_detail" if report.submitted_at else "own_team_report_edit"
            return redirect(page, pk=report.pk)
    return form_page(
        request,
        title=_("Report the month of an own team"),
        form=form,
        submit_label=_("Fill in the month"),
        above=_above(),
        next_text=_("It begins with the rows of the month before."),
    )


@roles(*REPORTERS)
@require_http_methods(FORM_METHODS)
def own_team_report_edit(request: ScopedRequest, pk: int) -> HttpResponse:
    """Fill in a draft; kept, or handed in after a look at it."""
    report = _found(request, pk)
    if report.submitted_at:
        return redirect(report)
    if {"add", "remove"} & request.POST.keys():
        form = OwnTeamRowsForm.retyped(request.POST.dict(), scope=request.scope)
    else:
        form = OwnTeamRowsForm(request.POST or None, scope=request.scope, initial=as_typed(report))
    if form.is_bound and form.is_valid():
        with shown_refusals(request):
            services.save(scope=request.scope, report=report, rows=form.spent)
            if "save" not in request.POST:
                return redirect("own_team_report_hand_in", pk=pk)
            messages.success(request, _("Saved. You can go on later."))
            return redirect(report)
    context = {
        "title": _title(report),
        "lead": report.contract.name,
        "form": form,
        "submit_label": _("Look at it and hand in"),
        "cancel_url": report.get_absolute_url(),
        "breadcrumbs": [*_above(), (_title(report), report.get_absolute_url())],
    }
    return render(request, "billing/own_team_edit.html", context)


@roles(*REPORTERS)
@require_http_methods(FORM_METHODS)
def own_team_report_hand_in(request: ScopedRequest, pk: int) -> HttpResponse:
    """Hand in a draft after a look at what it comes to."""
    report = _found(request, pk)
    if request.method == "POST":
        with shown_refusals(request):
            services.hand_in(scope=request.scope, report=report)
            messages.success(request, _("Handed in. Make a correction where something changes."))
        return redirect(report)
    rows = list(report.rows.all())
    *_labels, fte, hours, amount = _foot(rows)
    context = {
        "title": _("Hand in this month?"),
        "lead": f"{_title(report)}, {report.contract.name}",
        "breadcrumbs": [*_above(), (_title(report), report.get_absolute_url())],
        "consequences": [
            _("%(fte)s FTE, %(hours)s hours and %(amount)s in total.")
            % {"fte": fte, "hours": hours, "amount": amount},
            _("It counts in the whole task and in the settlement with the municipalities."),
            _("Nobody is paid by it."),
        ],
        "submit_label": _("Hand in the month"),
        "cancel_url": reverse("own_team_report_edit", args=[pk]),
    }
    check = policies.check_can_change_own_team
    return render(
        request, "generic/confirm.html", asked_or_refused(context, check, request.scope, report)
    )


@roles(*REPORTERS)
@require_POST
def own_team_report_correct(request: ScopedRequest, pk: int) -> HttpResponse:
    """Make a draft that takes the place of a month that was handed in."""
    draft = report = _found(request, pk)
    with shown_refusals(request):
        draft = services.correct(scope=request.scope, report=report)
    return redirect(report if draft == report else reverse("own_team_report_edit", args=[draft.pk]))


def _found(request: ScopedRequest, pk: int) -> OwnTeamReport:
    rows = OwnTeamReport.objects.visible_to(request.scope)
    return get_object_or_404(
        rows.select_related("provider_organisation", "subcontractor", "contract"), pk=pk
    )
