"""Signals of ceilings: the list, one of them, its notice, the talk and the decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.forms import PlainForm
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import (
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, moment_nl
from subcontracts import policies
from subcontracts.ceiling_forms import CeilingDecisionForm, TalkForm
from subcontracts.ceiling_tables import CeilingSignalFilter, CeilingSignalTable
from subcontracts.models import CeilingSignal
from subcontracts.models.ceiling_signals import READERS
from subcontracts.selectors.ceiling_signals import percent
from subcontracts.services import ceiling_signals

FORM_METHODS = ["GET", "HEAD", "POST"]


class CeilingSignalList(ListPage):
    """Where a ceiling is nearly used up, and what was done about it."""

    model = CeilingSignal
    table_class = CeilingSignalTable
    filterset_class = CeilingSignalFilter
    related = ("subcontract__provider_organisation",)
    roles = READERS | SUBCONTRACTOR
    title = gettext_lazy("Ceilings nearly used up")
    lead = gettext_lazy(
        "Notice is given once the signal of a ceiling is reached. A talk follows within two weeks,"
        " and a decision within two weeks of it."
    )
    empty_title = gettext_lazy("No ceiling is nearly used up")
    empty_text = gettext_lazy(
        "Every day declared and committed care are held against the ceilings."
    )
    export_name = "bestedingsruimte"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Without the letters, which nobody reads here."""
        return rows.defer("letter")


class CeilingSignalDetail(DetailPage):
    """One signal with its clock."""

    model = CeilingSignal
    related = ("subcontract__provider_organisation", "confirmed_by", "decided_by")
    roles = READERS | SUBCONTRACTOR
    template_name = "subcontracts/ceiling_signal_detail.html"

    def get_title(self) -> str:
        return _("Ceiling of %(contract)s") % {"contract": self.object}

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Ceilings nearly used up"), reverse("ceiling_signal_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What was used, the steps with their days, and what comes next."""
        scope, row = self.request.scope, self.object
        may_decide = not row.decision and allowed(
            policies.check_can_manage_contracts, scope, row.main_contractor_id
        )
        is_theirs = scope.role in SUBCONTRACTOR
        return super().get_context_data(
            badge=row.get_decision_display() if row.decision else _("to be decided"),
            tone="neutral" if row.decision else "warning",
            facts=_facts(row),
            may_talk=may_decide,
            may_decide=may_decide and row.talked_on is not None,
            may_confirm=is_theirs and row.confirmed_at is None,
            **kwargs,
        )


def _facts(row: CeilingSignal) -> list[tuple[str, str]]:
    read = moment_nl(row.confirmed_at) if row.confirmed_at else _("not yet")
    before = _("before %(day)s")
    talk = date_nl(row.talked_on) if row.talked_on else before % {"day": date_nl(row.talk_due)}
    facts = [
        (_("Subcontractor"), row.subcontract.provider_organisation.name),
        (_("Ceiling"), format_euro(row.ceiling)),
        (
            _("Used on the day of the notice"),
            _("%(amount)s (%(percent)s %%), declared and committed")
            % {"amount": format_euro(row.used), "percent": percent(row)},
        ),
        (_("Notice given"), date_nl(row.noticed_on)),
        (_("Receipt confirmed"), read),
        (_("Talk"), talk),
    ]
    if row.talk_note:
        facts.append((_("What was said"), row.talk_note))
    if not row.decision:
        return [*facts, (_("Decision"), before % {"day": date_nl(row.decision_due)})]
    facts.append((_("Decision"), str(row.get_decision_display())))
    facts.append((_("Decided on"), date_nl(row.decided_on)))
    return [*facts, (_("Explanation"), row.decision_note)] if row.decision_note else facts


@roles(*sorted(READERS | SUBCONTRACTOR))
@require_safe
def ceiling_signal_letter(request: ScopedRequest, pk: int) -> HttpResponse:
    """The notice as it was given."""
    row = _found(request.scope, pk)
    return attachment(bytes(row.letter), f"bestedingsruimte-{row.year}-{row.pk}.pdf")


@roles(*sorted(SUBCONTRACTOR))
@require_POST
def ceiling_signal_confirm(request: ScopedRequest, pk: int) -> HttpResponse:
    """The subcontractor has read the notice."""
    row = _found(request.scope, pk)
    with shown_refusals(request):
        ceiling_signals.confirm(scope=request.scope, signal=row)
        messages.success(request, _("You confirmed that you have read the notice."))
    return redirect("ceiling_signal_detail", pk)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def ceiling_signal_talk(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record the talk."""
    row = _found(request.scope, pk)
    first = {"day": row.talked_on or request.scope.today, "note": row.talk_note}
    form = TalkForm(request.POST or None, scope=request.scope, initial=first)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            ceiling_signals.record_talk(scope=request.scope, signal=row, **form.cleaned_data)
            messages.success(request, _("The talk is recorded."))
            return redirect("ceiling_signal_detail", pk)
    next_text = _("A decision is due two weeks after the talk.")
    return _form(request, row, _("Record the talk"), form, _("Record talk"), next_text)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def ceiling_signal_decide(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record what was decided."""
    row = _found(request.scope, pk)
    form = CeilingDecisionForm(
        request.POST or None, scope=request.scope, initial={"day": request.scope.today}
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            ceiling_signals.decide(scope=request.scope, signal=row, decided=form.decided)
            messages.success(request, _("The decision is recorded."))
            return redirect("ceiling_signal_detail", pk)
    next_text = _("The subcontractor sees the decision at once.")
    return _form(request, row, _("Decide about the ceiling"), form, _("Record decision"), next_text)


def _found(scope: Scope, pk: int) -> CeilingSignal:
    return get_object_or_404(
        CeilingSignal.objects.visible_to(scope).select_related("subcontract"), pk=pk
    )


def _form(
    request: ScopedRequest,
    row: CeilingSignal,
    title: str,
    form: PlainForm,
    label: str,
    next_text: str,
) -> HttpResponse:
    url = reverse("ceiling_signal_detail", args=[row.pk])
    context = {
        "title": title,
        "form": form,
        "submit_label": label,
        "cancel_url": url,
        "next_text": next_text,
        "breadcrumbs": [
            (_("Ceilings nearly used up"), reverse("ceiling_signal_list")),
            (str(row), url),
        ],
    }
    return render(request, "generic/form.html", context)
