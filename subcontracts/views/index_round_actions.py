"""What is done with rounds of indexation: prepare, change, decide, undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import ScopedRequest, asked_or_refused, roles, shown_refusals
from hoofdaannemer.core.scope import Role
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts import index_policies as policies
from subcontracts.index_forms import ContractForm, ReasonForm, RoundForm, TakeOutForm
from subcontracts.index_words import amounts_text
from subcontracts.models import IndexRound, IndexRoundLine, Subcontract
from subcontracts.services import index_deciding, index_rounds, index_undoing

FORM_METHODS: Final = ["GET", "HEAD", "POST"]
_TAKEN_OUT: Final = IndexRoundLine.Reason.TAKEN_OUT


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def index_round_new(request: ScopedRequest) -> HttpResponse:
    """Prepare a round for all subcontracts."""
    scope = request.scope
    form = RoundForm(
        request.POST or None, scope=scope, initial={"effective": RoundForm.next_year(scope.today)}
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            row = index_rounds.prepare(
                scope=scope, main_contractor_id=scope.main_contractor_id, **form.values
            )
            messages.success(request, _("The round is prepared. Nothing has changed yet."))
            return redirect("index_round_detail", row.pk)
    url = reverse("index_round_list")
    context = {
        "title": _("Prepare a round"),
        "lead": _("For all subcontracts at once, as a draft that you can look through."),
        "form": form,
        "submit_label": _("Prepare round"),
        "cancel_url": url,
        "next_text": _("Another contract manager decides about it."),
        "breadcrumbs": [(_("Indexation"), url)],
    }
    return render(request, "generic/form.html", context)


def _round(request: ScopedRequest, pk: int) -> IndexRound:
    return get_object_or_404(IndexRound.objects.visible_to(request.scope), pk=pk)


def _confirm(
    request: ScopedRequest,
    row: IndexRound,
    check: Callable[..., object],
    **context: Any,
) -> HttpResponse:
    """The page that asks; where it cannot be done, it says why and leads back."""
    url = reverse("index_round_detail", args=[row.pk])
    context |= {
        "cancel_url": url,
        "breadcrumbs": [(_("Indexation"), reverse("index_round_list")), (str(row), url)],
    }
    context = asked_or_refused(context, check, request.scope, row)
    return render(request, "generic/confirm.html", context)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def index_round_decide(request: ScopedRequest, pk: int) -> HttpResponse:
    """Decide about a round that somebody else prepared."""
    row = _round(request, pk)
    if request.method == "POST":
        with shown_refusals(request):
            index_deciding.decide(scope=request.scope, row=row)
            messages.success(request, _("Decided. The letters are ready."))
        return redirect("index_round_detail", pk)
    lines = row.lines.visible_to(request.scope).taking_part()
    day = date_long(row.effective_date)
    return _confirm(
        request,
        row,
        policies.check_can_decide,
        title=_("Decide about %(round)s?") % {"round": row},
        consequences=[
            _("From %(day)s on this changes: %(what)s.")
            % {
                "day": day,
                "what": amounts_text(lines.count(), lines.values("subcontract").distinct().count()),
            },
            _("Each of these subcontractors sees its letter and new tariffs at once."),
            _("Until the day before %(day)s you can undo it.") % {"day": day},
        ],
        submit_label=_("Decide about the round"),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def index_round_withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Give up a draft."""
    row = _round(request, pk)
    if request.method == "POST":
        with shown_refusals(request):
            index_rounds.withdraw(scope=request.scope, row=row)
            messages.success(request, _("The draft is withdrawn."))
        return redirect("index_round_detail", pk)
    return _confirm(
        request,
        row,
        policies.check_can_change,
        title=_("Withdraw this draft?"),
        consequences=[_("No tariff was changed by it. You can prepare a new round.")],
        submit_label=_("Withdraw the draft"),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def index_round_undo(request: ScopedRequest, pk: int) -> HttpResponse:
    """Undo a decision before it takes effect."""
    row = _round(request, pk)
    form = ReasonForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            index_undoing.undo(scope=request.scope, row=row, **form.values)
            messages.success(request, _("Undone. All tariffs are as they were."))
        return redirect("index_round_detail", pk)
    return _confirm(
        request,
        row,
        policies.check_can_undo,
        title=_("Undo %(round)s?") % {"round": row},
        consequences=[
            _("All tariffs and amounts of the round are put back as they were."),
            _("The letters stay with the contracts, marked as withdrawn."),
        ],
        submit_label=_("Undo the decision"),
        danger=True,
        form=form,
    )


def _contracts(request: ScopedRequest, row: IndexRound, left_out: str) -> QuerySet[Subcontract]:
    lines = row.lines.visible_to(request.scope).filter(left_out=left_out)
    rows = Subcontract.objects.visible_to(request.scope).filter(pk__in=lines.values("subcontract"))
    return rows.select_related("provider_organisation")


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def index_round_take_out(request: ScopedRequest, pk: int) -> HttpResponse:
    """Leave a contract out of a draft."""
    row = _round(request, pk)
    form = TakeOutForm(
        request.POST or None, scope=request.scope, contracts=_contracts(request, row, "")
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            index_rounds.take_out(scope=request.scope, row=row, **form.values)
            messages.success(request, _("The contract is taken out of the round."))
        return redirect("index_round_detail", pk)
    return _confirm(
        request,
        row,
        policies.check_can_change,
        title=_("Take a contract out of the round"),
        consequences=[_("Its tariffs and amounts stay as they are.")],
        submit_label=_("Take it out"),
        form=form,
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def index_round_put_back(request: ScopedRequest, pk: int) -> HttpResponse:
    """Let a contract that was taken out take part again."""
    row = _round(request, pk)
    form = ContractForm(
        request.POST or None, scope=request.scope, contracts=_contracts(request, row, _TAKEN_OUT)
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            index_rounds.put_back(scope=request.scope, row=row, **form.values)
            messages.success(request, _("The contract takes part again."))
        return redirect("index_round_detail", pk)
    return _confirm(
        request,
        row,
        policies.check_can_change,
        title=_("Put a contract back into the round"),
        consequences=[_("It takes part again, with the percentage of its scheme.")],
        submit_label=_("Put it back"),
        form=form,
    )
