"""Closing a month: what is ready, running it, and how far it is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from billing.models import MonthRun
from billing.selectors.month_cards import months_to_show
from billing.services import month_runs
from billing.services.months import Readiness, readiness
from billing.views.access import CONTROLLER, tab
from hoofdaannemer.core.money import ZERO, format_euro
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.templatetags.core_format import month_nl
from messaging.exchange.nudges import nudge
from subcontracts.models import Subcontractor

TASK = "billing.tasks.run_asked_months"
SECONDS_BETWEEN_LOOKS = 3


@roles(*CONTROLLER)
@require_GET
def month_overview(request: ScopedRequest) -> HttpResponse:
    """The last month that ended."""
    month = Month.of(request.scope.today).previous()
    return redirect("month_close", month=str(month))


@roles(*CONTROLLER)
@require_GET
def month_close(request: ScopedRequest, month: str) -> HttpResponse:
    """How ready each subcontractor is, and the run of the month."""
    asked = _month(request, month)
    rows = readiness(
        scope=request.scope, main_contractor_id=request.scope.main_contractor_id, month=asked
    )
    run = MonthRun.objects.visible_to(request.scope).filter(month=asked.first).first()
    context = {
        "title": _("Close %(month)s") % {"month": month_nl(asked)},
        "lead": _("Entitlements, holds and one statement for each subcontractor."),
        "month": asked,
        "rows": [_row(one) for one in rows],
        "run": run,
        "ready": sum(one.is_ready for one in rows),
        "stated": sum(one.statement is not None for one in rows),
        "total": sum((one.statement.payable for one in rows if one.statement), ZERO),
        "is_over": asked.last < request.scope.today,
        "tabs": [
            tab(month_nl(one), reverse("month_close", args=[str(one)]), is_active=one == asked)
            for one in months_to_show(request.scope.today)[1:5]
        ],
    }
    return render(request, "billing/month_close.html", context)


def _row(one: Readiness) -> dict[str, Any]:
    missing = [label for label, is_there, _required in one.needs if not is_there]
    return {
        "subcontractor": one.subcontractor,
        "missing": ", ".join(missing),
        "is_ready": one.is_ready,
        "statement": one.statement,
        "amount": format_euro(one.statement.payable) if one.statement else "",
    }


def _month(request: ScopedRequest, text: str) -> Month:
    try:
        month = Month.parse(text)
    except ValueError as error:
        raise Http404 from error
    if month not in months_to_show(request.scope.today):
        raise Http404
    return month


@roles(*CONTROLLER)
@require_POST
def month_run_start(request: ScopedRequest, month: str) -> HttpResponse:
    """Ask for the month to be run; a worker takes it up."""
    asked = _month(request, month)
    run = None
    with shown_refusals(request):
        run = month_runs.ask(
            scope=request.scope, main_contractor_id=request.scope.main_contractor_id, month=asked
        )
        nudge(TASK)
        messages.success(request, _("The month is being run. You may leave this page."))
    return redirect(run) if run else redirect("month_close", month=month)


@roles(*CONTROLLER)
@require_GET
def month_run_detail(request: ScopedRequest, pk: int) -> HttpResponse:
    """Progress of a run and what went wrong."""
    run = get_object_or_404(MonthRun.objects.visible_to(request.scope), pk=pk)
    names = dict(
        Subcontractor.objects.visible_to(request.scope).values_list(
            "pk", "provider_organisation__name"
        )
    )
    is_busy = run.state in (MonthRun.State.WAITING, MonthRun.State.RUNNING)
    told = ngettext(
        "%(handled)s of %(count)s subcontractor",
        "%(handled)s of %(count)s subcontractors",
        run.subcontractors,
    ) % {"handled": run.handled, "count": run.subcontractors}
    context = {
        "title": _("Run of %(month)s") % {"month": month_nl(run.calendar_month)},
        "run": run,
        "told": told,
        "is_busy": is_busy,
        "problems": [
            [names.get(subcontractor, ""), text] for subcontractor, _code, text in run.problems
        ],
        "headers": [_("Subcontractor"), _("What is wrong")],
        "breadcrumbs": [
            (_("Close the month"), reverse("month_close", args=[str(run.calendar_month)]))
        ],
    }
    response = render(request, "billing/month_run.html", context)
    if is_busy:
        # The browser looks again by itself, also without script.
        response["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
    return response
