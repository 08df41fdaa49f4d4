"""Objections to formal decisions: recording one, correcting it, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.forms import PlainForm
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import CARE, Scope
from subcontracts import words
from subcontracts.decision_forms import ObjectionForm, OutcomeForm
from subcontracts.models import FormalDecision, Objection
from subcontracts.selectors.decisions import ABOUT
from subcontracts.services import objections

FORM_METHODS = ["GET", "HEAD", "POST"]
_RECEIVED = ("received_date", "posted_date", "is_advised", "weeks_put_off", "note")


@roles(*sorted(CARE))
@require_http_methods(FORM_METHODS)
def decision_objection(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record that somebody objected."""
    scope = request.scope
    rows = FormalDecision.objects.visible_to(scope).select_related(*ABOUT)
    decision = get_object_or_404(rows, pk=pk)
    form = ObjectionForm(request.POST or None, scope=scope)

    def save() -> Objection:
        return objections.receive(scope=scope, decision=decision, received=form.received)

    context = {
        "title": _("Record an objection"),
        "submit_label": _("Record objection"),
        "next_text": _("You see whether it came in time, and by when it is to be decided."),
    }
    return _asked(request, decision, form, save, context)


@roles(*sorted(CARE))
@require_http_methods(FORM_METHODS)
def objection_correct(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record otherwise how it came in, or that the answer is put off."""
    scope, row = request.scope, _found(request.scope, pk)
    known = {name: getattr(row, name) for name in _RECEIVED}
    form = ObjectionForm(request.POST or None, scope=scope, initial=known)

    def save() -> Objection:
        return objections.correct(scope=scope, objection=row, received=form.received)

    context = {
        "title": _("Correct the objection"),
        "submit_label": _("Record objection"),
        "next_text": _("The day by which it is to be decided follows."),
    }
    return _asked(request, row.decision, form, save, context)


@roles(*sorted(CARE))
@require_http_methods(FORM_METHODS)
def objection_outcome(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record that it was decided or withdrawn."""
    scope, row = request.scope, _found(request.scope, pk)
    known = {
        "outcome": row.outcome,
        "outcome_date": row.outcome_date,
        "text": row.outcome_text,
    }
    form = OutcomeForm(request.POST or None, scope=scope, initial=known)

    def save() -> Objection:
        return objections.settle(scope=scope, objection=row, outcome=form.ended)

    context = {
        "title": _("Outcome of the objection"),
        "submit_label": _("Record outcome"),
        "next_text": _("If a new decision was given, record that one after this."),
    }
    return _asked(request, row.decision, form, save, context)


def _found(scope: Scope, pk: int) -> Objection:
    of_decision = [f"decision__{name}" for name in ABOUT]
    rows = Objection.objects.visible_to(scope).select_related("decision", *of_decision)
    found: Objection = get_object_or_404(rows, pk=pk)
    return found


def _asked(
    request: ScopedRequest,
    decision: FormalDecision,
    form: PlainForm,
    save: Callable[[], Objection],
    context: dict[str, Any],
) -> HttpResponse:
    """A form about an objection, and what is handed in on it."""
    audit.looked_at(request.scope, [decision.client_id], "objection.form")
    if form.is_bound and form.is_valid():
        with shown_refusals(request):
            row = save()
            messages.success(request, _("The objection is recorded."))
            return redirect("decision_detail", row.decision_id)
    above = reverse("decision_detail", args=[decision.pk])
    context |= {
        "lead": words.decision_subject_text(decision),
        "form": form,
        "cancel_url": above,
        "breadcrumbs": [
            (_("Formal decisions"), reverse("decision_list")),
            (words.decision_subject_text(decision), above),
        ],
    }
    return render(request, "generic/form.html", context)
