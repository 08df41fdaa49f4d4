"""Formal decisions: the list, one of them, and recording one or a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.pages import ListPage, ScopedRequest, allowed, roles, shown_refusals
from hoofdaannemer.core.scope import CARE, Scope
from hoofdaannemer.core.templatetags.core_format import moment_nl, period_of
from subcontracts import policies, words
from subcontracts.decision_forms import DecisionForm
from subcontracts.decision_tables import KIND_TONES, DecisionTable
from subcontracts.filters import DecisionFilter
from subcontracts.models import Allocation, CareRequest, FormalDecision, Objection
from subcontracts.models.requests import Asked
from subcontracts.selectors import decisions as selector
from subcontracts.services import decisions
from subcontracts.services.decisions import Facts, Subject
from subcontracts.views.decision_facts import facts_of, history_of, objections_of
from subcontracts.views.identity import listed

FORM_METHODS = ["GET", "HEAD", "POST"]
Subjects = Mapping[str, tuple[Subject, str]]


class DecisionList(ListPage):
    """Newest first; clients by number."""

    model = FormalDecision
    table_class = DecisionTable
    filterset_class = DecisionFilter
    related = selector.ABOUT
    roles = CARE
    title = gettext_lazy("Formal decisions")
    lead = gettext_lazy("Decisions for residents, and what runs: the term to object, objections.")
    empty_title = gettext_lazy("No decisions recorded")
    empty_text = gettext_lazy(
        "You record a decision on the page of an allocation or request. Nothing needs one."
    )
    export_name = "besluiten"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """As last recorded, without clients that may not be listed."""
        scope = self.request.scope
        return listed(scope, selector.with_objections(scope, rows.filter(replaced_by=None)))


@roles(*sorted(CARE))
@require_safe
def decision_detail(request: ScopedRequest, pk: int) -> HttpResponse:
    """One decision with the objections to it, as it stands now."""
    scope = request.scope
    row = _found(scope, pk)
    now = selector.as_it_stands(scope, row)
    if now != row:
        return redirect("decision_detail", now.pk)
    audit.looked_at(scope, [row.client_id], "decision.page")
    after = selector.follower(scope, row)
    is_disputed = Objection.objects.visible_to(scope).open().filter(decision=row).exists()
    context = {
        "title": _("Formal decision: %(about)s") % {"about": words.decision_subject_text(row)},
        "breadcrumbs": [(_("Formal decisions"), reverse("decision_list"))],
        "object": row,
        "tone": KIND_TONES.get(FormalDecision.Kind(row.kind), "neutral"),
        "facts": facts_of(scope, row),
        "objections": objections_of(scope, row),
        "before": selector.as_it_stands(scope, row.follows) if row.follows else None,
        "after": after,
        "events": history_of(scope, row),
        "may_object": allowed(policies.check_can_object, scope, row, is_disputed=is_disputed),
        "may_follow": allowed(policies.check_can_follow, scope, row, is_followed=after is not None),
    }
    return render(request, "subcontracts/decision_detail.html", context)


@roles(*sorted(CARE))
@require_http_methods(FORM_METHODS)
def allocation_decision(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record a decision about an allocation."""
    rows = Allocation.objects.visible_to(request.scope).select_related("client")
    allocation = get_object_or_404(rows, pk=pk)
    name = _("Allocation %(number)s") % {"number": allocation.number}
    above = [
        (_("Allocations"), reverse("allocation_list")),
        (name, reverse("allocation_detail", args=[pk])),
    ]
    subjects = _versions(request.scope, allocation)
    return _recorded(request, _Page(allocation.client_id, subjects, above, _record(request.scope)))


@roles(*sorted(CARE))
@require_http_methods(FORM_METHODS)
def request_decision(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record a decision about something that was asked in a request."""
    row = get_object_or_404(CareRequest.objects.visible_to(request.scope), pk=pk)
    subjects = _everything_asked(row)
    if not subjects:
        messages.info(
            request, _("All of it is allocated: record the decision with the allocation.")
        )
        return redirect("request_detail", pk)
    above = [
        (_("Requests"), reverse("request_list")),
        (row.number, reverse("request_detail", args=[pk])),
    ]
    return _recorded(request, _Page(row.client_id, subjects, above, _record(request.scope)))


@roles(*sorted(CARE))
@require_http_methods(FORM_METHODS)
def decision_follow(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record the decision that took the place of another, after an objection for example."""
    row = _found(request.scope, pk)
    page = _Page(
        row.client_id,
        _subjects_of(request.scope, row),
        _above(row),
        _record(request.scope, follows=row),
        title=_("New decision"),
        lead=_("It takes the place of the decision before it, which stays to be seen."),
    )
    return _recorded(request, page)


@roles(*sorted(CARE))
@require_http_methods(FORM_METHODS)
def decision_correct(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record what a decision says in truth."""
    scope, row = request.scope, _found(request.scope, pk)

    def save(subject: Subject, facts: Facts) -> FormalDecision:
        return decisions.correct(scope=scope, decision=row, subject=subject, facts=facts)

    page = _Page(
        row.client_id,
        _subjects_of(scope, row),
        _above(row),
        save,
        title=_("Correct the decision"),
        lead=_("What was recorded before stays to be seen. The clock follows the new days."),
        initial=_known(row),
    )
    return _recorded(request, page)


@dataclass(frozen=True)
class _Page:
    """About whom and what a decision is recorded, how, and where one came from."""

    client: int
    subjects: Subjects
    above: list[tuple[str, str]]
    save: Callable[[Subject, Facts], FormalDecision]
    title: str = ""
    lead: str = ""
    initial: Mapping[str, Any] = field(default_factory=dict)


def _recorded(request: ScopedRequest, page: _Page) -> HttpResponse:
    """The form, and what is handed in on it."""
    audit.looked_at(request.scope, [page.client], "decision.form")
    typed: Any = request.POST if request.method == "POST" else None
    form = DecisionForm(
        typed, scope=request.scope, subjects=page.subjects, initial=dict(page.initial)
    )
    if form.is_bound and form.is_valid():
        with shown_refusals(request):
            row = page.save(form.subject, form.facts)
            messages.success(request, _("The decision is recorded."))
            return redirect("decision_detail", row.pk)
    context = {
        "title": page.title or _("Record a decision"),
        "lead": page.lead or _("What the municipality decided towards the resident, if it did."),
        "form": form,
        "submit_label": _("Record decision"),
        "cancel_url": page.above[-1][1],
        "next_text": _("Nothing is sent. You see until when the resident may object."),
        "breadcrumbs": page.above,
    }
    return render(request, "generic/form.html", context)


def _found(scope: Scope, pk: int) -> FormalDecision:
    rows = FormalDecision.objects.visible_to(scope)
    found: FormalDecision = get_object_or_404(
        rows.select_related(*selector.ABOUT, "follows", "recorded_by"), pk=pk
    )
    return found


def _record(
    scope: Scope, follows: FormalDecision | None = None
) -> Callable[[Subject, Facts], FormalDecision]:
    def save(subject: Subject, facts: Facts) -> FormalDecision:
        return decisions.record(scope=scope, subject=subject, facts=facts, follows=follows)

    return save


def _above(row: FormalDecision) -> list[tuple[str, str]]:
    return [
        (_("Formal decisions"), reverse("decision_list")),
        (words.decision_subject_text(row), reverse("decision_detail", args=[row.pk])),
    ]


def _subjects_of(scope: Scope, row: FormalDecision) -> Subjects:
    """What a decision about the same can be about: for an allocation each of its versions."""
    if row.allocation is not None:
        return _versions(scope, row.allocation)
    asked = row.subject
    if isinstance(asked, Allocation):
        raise TypeError("an allocation has versions")
    return {str(asked.pk): (asked, words.decision_subject_text(row))}


def _versions(scope: Scope, allocation: Allocation) -> Subjects:
    """Every delivery of an allocation, the newest first."""
    rows = allocation.versions.visible_to(scope).select_related("allocation")
    return {str(row.pk): (row, _version_text(row)) for row in rows}


def _version_text(row: Any) -> str:
    parts = (period_of(row.start_date, row.end_date), words.extent_text(row))
    what = ", ".join(part for part in parts if part)
    return _("version of %(moment)s: %(what)s") % {
        "moment": moment_nl(row.decided_at),
        "what": what,
    }


def _everything_asked(request: CareRequest) -> Subjects:
    """What of a request is not allocated; of that the decision goes with the allocation."""
    if request.kind == CareRequest.Kind.CHANGE:
        every: list[Any] = [request.change]
    else:
        every = list(request.products.select_related("product", "request"))
    return {
        str(row.pk): (row, str(getattr(row, "product", row.reference)))
        for row in every
        if row.answer != Asked.Answer.ALLOCATED
    }


def _known(row: FormalDecision) -> dict[str, Any]:
    names = ("kind", "decided_by", "number", "decision_date", "sent_date", "reason")
    return {name: getattr(row, name) for name in names} | {"about": str(row.version_id or "")}
