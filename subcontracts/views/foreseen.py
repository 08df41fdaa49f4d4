"""The calendar of ends of care that come near, and the decision about each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.pages import ListPage, ScopedRequest, allowed, roles, shown_refusals
from hoofdaannemer.core.scope import CARE, Scope
from hoofdaannemer.core.templatetags.core_format import date_long, date_nl, moment_nl
from subcontracts import policies
from subcontracts.filters import ForeseenFilter
from subcontracts.forms import ForeseenForm, LongTermCareForm
from subcontracts.models import Allocation, ForeseenEnd
from subcontracts.rules.foreseen import MOVE_STOP_REASONS
from subcontracts.rules.residence import on_day
from subcontracts.selectors import residences
from subcontracts.services import foreseen
from subcontracts.tables import ForeseenTable
from subcontracts.views import filled_in
from subcontracts.views.allocations import facts_of
from subcontracts.views.identity import listed
from subcontracts.views.requests import asked_on
from subcontracts.words import stop_reason_text


class ForeseenList(ListPage):
    """Soonest first; clients by number."""

    model = ForeseenEnd
    table_class = ForeseenTable
    filterset_class = ForeseenFilter
    related = ("client", "allocation__product", "allocation__municipality")
    roles = CARE
    title = gettext_lazy("Foreseen ends")
    lead = gettext_lazy("Care that will end soon: decide in time what happens then.")
    empty_title = gettext_lazy("No care ends soon")
    empty_text = gettext_lazy(
        "Each night we look for allocations that end within ten weeks, for young people who"
        " become eighteen within half a year, for clients who moved and for care to review."
    )
    export_name = "voorzien-einde"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Without clients that may not be listed."""
        return listed(self.request.scope, rows)


@roles(*sorted(CARE))
@require_http_methods(["GET", "HEAD", "POST"])
def foreseen_detail(request: ScopedRequest, pk: int) -> HttpResponse:
    """One end, with the decision about it, or the form that asks for it."""
    rows = ForeseenEnd.objects.visible_to(request.scope).select_related(
        "client",
        "decided_by",
        "allocation__client",
        "allocation__product",
        "allocation__municipality",
    )
    row = get_object_or_404(rows, pk=pk)
    audit.looked_at(request.scope, [row.client_id], "foreseen.page")
    typed = request.POST if request.method == "POST" else None
    form = ForeseenForm(typed, scope=request.scope, kind=row.kind)
    if form.is_bound and form.is_valid():
        with shown_refusals(request):
            foreseen.decide(scope=request.scope, row=row, **form.values)
            messages.success(request, _("Your decision is recorded."))
        return redirect("foreseen_detail", pk)
    context = {
        "title": _("Foreseen end: %(kind)s") % {"kind": row.get_kind_display()},
        "lead": "" if row.is_open else _("Nothing has to be decided any more."),
        "breadcrumbs": [(_("Foreseen ends"), reverse("foreseen_list"))],
        "object": row,
        "steps": _steps(request.scope, row),
        "may_request": row.kind == ForeseenEnd.Kind.MOVED and row.lapsed_at is None,
        "facts": [*_facts(row), *facts_of(request.scope, row.allocation)],
        "form": form if allowed(policies.check_can_decide_end, request.scope, row) else None,
    }
    return render(request, "subcontracts/foreseen_detail.html", context)


@roles(*sorted(CARE))
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def foreseen_request(request: ScopedRequest, pk: int) -> HttpResponse:
    """The form for new care from the day after on, at who is responsible then, filled in."""
    rows = ForeseenEnd.objects.visible_to(request.scope).select_related(
        "client", "allocation__municipality", "allocation__requested_product__request"
    )
    row = get_object_or_404(rows, pk=pk)
    audit.looked_at(request.scope, [row.client_id], "foreseen.request")
    return asked_on(request, _wanted_after(request.scope, row))


def _wanted_after(scope: Scope, row: ForeseenEnd) -> filled_in.Fields:
    """The same care for the same client; of a birthday the day stands on no list."""
    allocation, asked = row.allocation, row.allocation.requested_product
    found = filled_in.person(row.client) | filled_in.care(allocation)
    begin = row.day + timedelta(days=1) if row.day else None
    town = on_day(residences.history(scope, row.client_id), begin) if begin else None
    found |= {
        "municipality": str(town.municipality_id if town else allocation.municipality_id),
        "start_date": begin.isoformat() if begin else "",
    }
    if begin and allocation.end_date and allocation.end_date < begin:
        found["end_date"] = ""
    if asked is None:
        return found
    known = {True: "1", False: "2", None: ""}[asked.request.guardian_known]
    return found | filled_in.referral(asked) | {"guardian_known": known}


def _steps(scope: Scope, row: ForeseenEnd) -> list[str]:
    """What must happen when another municipality is responsible."""
    if row.kind != ForeseenEnd.Kind.MOVED or row.day is None:
        return []
    allocation, begin = row.allocation, row.day + timedelta(days=1)
    now = on_day(residences.history(scope, row.client_id), begin)
    reason = MOVE_STOP_REASONS[allocation.family]
    words = {
        "old": allocation.municipality.name,
        "new": now.municipality.name if now else "–",
        "day": date_long(row.day),
        "begin": date_long(begin),
        "code": reason,
        "reason": stop_reason_text(allocation.family, reason),
    }
    return [
        _("Let the stop be reported to %(old)s: last day %(day)s, reason %(code)s (%(reason)s).")
        % words,
        _("Request a new allocation from %(new)s from %(begin)s on.") % words,
        _("Place the new allocation, so that the care goes on without a gap.") % words,
    ]


def _facts(row: ForeseenEnd) -> list[tuple[str, str]]:
    day = row.day_for_readers_of_client()
    label = _("Review before") if row.kind == ForeseenEnd.Kind.REVIEW else _("Ends")
    facts = [(label, date_nl(day) if day else "–")]
    if row.decided_by is not None:
        facts += [
            (_("Decision"), row.get_decision_display()),
            (_("Decided by"), f"{row.decided_by.name}, {moment_nl(row.decided_at)}"),
        ]
    if row.lapsed_at is not None:
        facts.append((_("Lapsed"), moment_nl(row.lapsed_at)))
    if row.note:
        facts.append((_("Note"), row.note))
    return facts


@roles(*sorted(CARE))
@require_http_methods(["GET", "HEAD", "POST"])
def foreseen_tell(request: ScopedRequest, pk: int) -> HttpResponse:
    """Put in the calendar that long-term care takes over."""
    rows = Allocation.objects.visible_to(request.scope).live()
    allocation = get_object_or_404(rows.select_related("client"), pk=pk)
    typed: Any = request.POST if request.method == "POST" else None
    form = LongTermCareForm(typed, scope=request.scope)
    if form.is_bound and form.is_valid():
        with shown_refusals(request):
            row = foreseen.tell(scope=request.scope, allocation=allocation, **form.values)
            messages.success(request, _("It stands in the calendar and on your work list."))
            return redirect("foreseen_detail", row.pk)
    above = reverse("allocation_detail", args=[pk])
    context = {
        "title": _("Announce long-term care"),
        "lead": _("For when an indication for long-term care (Wlz) is expected or given."),
        "form": form,
        "submit_label": _("Put in calendar"),
        "cancel_url": above,
        "next_text": _("Nothing is sent. You decide about the care before that day."),
        "breadcrumbs": [
            (_("Allocations"), reverse("allocation_list")),
            (str(allocation.number), above),
        ],
    }
    return render(request, "generic/form.html", context)
