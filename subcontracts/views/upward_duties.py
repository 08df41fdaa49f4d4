"""Reports that a municipality asks for: which, when they are due, and what was handed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.tables import whole_days
from hoofdaannemer.core.templatetags.core_format import date_nl, days_of
from subcontracts.models import MunicipalContract, ReportHandedIn, ReportingDuty
from subcontracts.models.upward_terms import READERS
from subcontracts.rules.reporting import Rhythm
from subcontracts.selectors.upward_dates import Report, open_reports
from subcontracts.services import upward_dates
from subcontracts.upward_date_forms import DutyForm, EndForm, HandInForm, HandInOnRequestForm
from subcontracts.views.upward_tabs import (
    FORM_METHODS,
    contract_of,
    form_page,
    is_manager,
    page,
)

_PAGE = "municipal_contract_duties"
#: How far the page looks ahead.
AHEAD: Final = timedelta(days=400)
MOST: Final = 60


@roles(*sorted(READERS))
@require_safe
def municipal_contract_duties(request: ScopedRequest, pk: int) -> HttpResponse:
    """The reports, those that are due, and those that were handed in."""
    scope, contract = request.scope, contract_of(request, pk)
    actions = []
    if is_manager(scope):
        url = reverse("municipal_contract_duty_new", args=[pk])
        actions.append((_("Add a report"), url, "primary"))
    due = open_reports(scope, until=scope.today + AHEAD, contract=contract)
    return page(
        request,
        contract,
        _PAGE,
        title=_("Reports for %(contract)s") % {"contract": contract.name},
        lead=_("What the municipality asks for, and when it is due."),
        actions=actions,
        tables=[_duties(scope, contract), _due(scope, due), _told(scope, contract)],
    )


def _duties(scope: Scope, contract: MunicipalContract) -> dict[str, Any]:
    rows = contract.reporting_duties.visible_to(scope)
    return {
        "caption": _("Reports that are asked"),
        "headers": [
            *(_("Report"), _("Kind"), _("When"), _("For whom")),
            *(_("Passed on"), _("Period"), _("Change")),
        ],
        "rows": [
            (
                row.name,
                row.get_kind_display(),
                _term(row),
                row.recipient or "–",
                _("yes") if row.is_passed_on else _("no"),
                whole_days(days_of(row.start_date, row.end_date)),
                _links(scope, row),
            )
            for row in rows
        ],
        "empty": _("No reports are known yet."),
    }


def _term(row: ReportingDuty) -> str:
    if row.rhythm == Rhythm.ON_REQUEST:
        return str(row.get_rhythm_display())
    if row.due_in == ReportingDuty.DueIn.WORKING_DAYS:
        text = ngettext(
            "%(count)s working day after the period",
            "%(count)s working days after the period",
            row.due_days,
        )
    else:
        text = ngettext(
            "%(count)s day after the period", "%(count)s days after the period", row.due_days
        )
    each = _("each %(rhythm)s") % {"rhythm": row.get_rhythm_display()}
    return f"{each}, {text % {'count': row.due_days}}"


def _links(scope: Scope, row: ReportingDuty) -> SafeString | str:
    if not is_manager(scope):
        return "–"
    return format_html(
        '<span><a class="ha-link" href="{}">{}</a>, <a class="ha-link" href="{}">{}</a></span>',
        reverse("reporting_duty_hand_in", args=[row.pk]),
        _("Record as handed in"),
        reverse("reporting_duty_end", args=[row.pk]),
        _("End"),
    )


def _due(scope: Scope, found: list[Report]) -> dict[str, Any]:
    return {
        "caption": _("To hand in"),
        "headers": [_("Due on"), _("Report"), _("About the period"), _("For whom")],
        "rows": [
            (
                _day_text(scope, one),
                one.duty.name,
                whole_days(days_of(one.due.period.start, one.due.period.end)),
                one.duty.recipient or "–",
            )
            for one in found[:MOST]
        ],
        "empty": _("Nothing is due in the coming year."),
    }


def _day_text(scope: Scope, one: Report) -> SafeString:
    text = _("%(day)s (too late)") if one.due.day < scope.today else "%(day)s"
    return whole_days(text % {"day": date_nl(one.due.day)})


def _told(scope: Scope, contract: MunicipalContract) -> dict[str, Any]:
    rows = ReportHandedIn.objects.visible_to(scope).filter(duty__contract=contract)
    return {
        "caption": _("Handed in"),
        "headers": [_("Report"), _("About the period from"), _("Handed in on"), _("Note")],
        "rows": [
            (
                row.duty.name,
                date_nl(row.period_start),
                date_nl(row.handed_in_on),
                row.note or "–",
            )
            for row in rows.select_related("duty")[:MOST]
        ],
        "empty": _("Nothing was handed in yet."),
    }


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def municipal_contract_duty_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Add a report that is asked."""
    contract = contract_of(request, pk)
    form = DutyForm(
        request.POST or None, scope=request.scope, initial={"start_date": contract.start_date}
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            upward_dates.add_duty(scope=request.scope, contract=contract, facts=form.facts)
            messages.success(request, _("The report is added."))
            return redirect(_PAGE, pk)
    return form_page(
        request,
        contract,
        _PAGE,
        title=_("Add a report"),
        form=form,
        submit_label=_("Add report"),
        next_text=_(
            "A day that is no working day moves to the working day before it. Reports of periods"
            " that have passed are shown as too late until they are recorded as handed in."
        ),
    )


def _duty(request: ScopedRequest, pk: int) -> ReportingDuty:
    rows = ReportingDuty.objects.visible_to(request.scope).select_related("contract")
    return get_object_or_404(rows, pk=pk)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def reporting_duty_end(request: ScopedRequest, pk: int) -> HttpResponse:
    """Ask for no later periods."""
    duty = _duty(request, pk)
    form = EndForm(
        request.POST or None, scope=request.scope, initial={"end_date": request.scope.today}
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            upward_dates.end_duty(scope=request.scope, duty=duty, **form.values)
            messages.success(request, _("The report ends."))
            return redirect(_PAGE, duty.contract_id)
    return form_page(
        request,
        duty.contract,
        _PAGE,
        title=_("End %(report)s") % {"report": duty.name},
        form=form,
        submit_label=_("End report"),
        next_text=_("Periods that begin after this day are asked no more."),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def reporting_duty_hand_in(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record that a report was handed in."""
    duty = _duty(request, pk)
    form = _hand_in_form(request, duty)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            upward_dates.hand_in(scope=request.scope, duty=duty, **form.values)
            messages.success(request, _("Recorded as handed in."))
            return redirect(_PAGE, duty.contract_id)
    return form_page(
        request,
        duty.contract,
        _PAGE,
        title=capfirst(_("%(report)s: handed in") % {"report": duty.name}),
        form=form,
        submit_label=_("Record as handed in"),
        next_text=_("It leaves the list of what is due."),
    )


def _hand_in_form(request: ScopedRequest, duty: ReportingDuty) -> HandInForm | HandInOnRequestForm:
    scope, initial = request.scope, {"handed_in_on": request.scope.today}
    if duty.rhythm == Rhythm.ON_REQUEST:
        return HandInOnRequestForm(request.POST or None, scope=scope, initial=initial)
    due = open_reports(scope, until=scope.today + AHEAD, contract=duty.contract)
    periods = [
        (one.due.period.start, days_of(one.due.period.start, one.due.period.end))
        for one in due
        if one.duty.pk == duty.pk
    ]
    return HandInForm(request.POST or None, scope=scope, initial=initial, periods=periods)
