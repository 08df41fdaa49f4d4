"""What is done with tariff rounds: prepared, opened, reacted on, answered, decided, undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import ScopedRequest, asked_or_refused, roles, shown_refusals
from hoofdaannemer.core.scope import Role
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts import tariff_round_policies as policies
from subcontracts.index_forms import ReasonForm
from subcontracts.models import TariffRound
from subcontracts.services import tariff_publishing, tariff_rounds
from subcontracts.tariff_round_forms import ExtendForm, TariffRoundForm

FORM_METHODS: Final = ["GET", "HEAD", "POST"]


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def tariff_round_new(request: ScopedRequest) -> HttpResponse:
    """Prepare a round as a draft."""
    scope = request.scope
    form = TariffRoundForm(request.POST or None, scope=scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            row = tariff_rounds.prepare(
                scope=scope, main_contractor_id=scope.main_contractor_id, **form.values
            )
            messages.success(request, _("The round is prepared. Nobody was asked yet."))
            return redirect("tariff_round_detail", row.pk)
    url = reverse("tariff_round_list")
    context = {
        "title": _("Prepare a round"),
        "lead": _(
            "Propose tariffs to every subcontractor that has the product, and ask for reactions."
        ),
        "form": form,
        "submit_label": _("Prepare round"),
        "cancel_url": url,
        "next_text": _("You look it through first, and open it then."),
        "breadcrumbs": [(_("Tariff rounds"), url)],
    }
    return render(request, "generic/form.html", context)


def _confirmed(
    request: ScopedRequest,
    pk: int,
    check: Callable[..., object],
    act: Callable[..., object],
    done: str,
    **context: Any,
) -> HttpResponse:
    """Do it on POST; else the page that asks, or says why it cannot be done."""
    row = get_object_or_404(TariffRound.objects.visible_to(request.scope), pk=pk)
    url = reverse("tariff_round_detail", args=[row.pk])
    form = context.get("form")
    if request.method == "POST" and (form is None or form.is_valid()):
        with shown_refusals(request):
            act(scope=request.scope, row=row, **(form.values if form else {}))
            messages.success(request, done)
        return redirect(url)
    days = {"day": date_long(row.effective_date), "closes": date_long(row.closes_on), "round": row}
    context["title"] %= days
    context["consequences"] = [text % days for text in context["consequences"]]
    context |= {
        "cancel_url": url,
        "breadcrumbs": [(_("Tariff rounds"), reverse("tariff_round_list")), (str(row), url)],
    }
    context = asked_or_refused(context, check, request.scope, row)
    return render(request, "generic/confirm.html", context)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def tariff_round_open(request: ScopedRequest, pk: int) -> HttpResponse:
    """Ask the subcontractors."""
    return _confirmed(
        request,
        pk,
        policies.check_can_open,
        tariff_rounds.open_round,
        _("The round is open. Subcontractors see it on their work list."),
        title=_("Open %(round)s?"),
        consequences=[
            _(
                "Every subcontractor that has one of the products sees the proposal and how it is"
                " built up."
            ),
            _("They react until %(closes)s. None of them sees the reactions of others."),
        ],
        submit_label=_("Open round"),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def tariff_round_extend(request: ScopedRequest, pk: int) -> HttpResponse:
    """Let subcontractors react until a later day."""
    return _confirmed(
        request,
        pk,
        policies.check_can_extend,
        tariff_rounds.extend,
        _("Subcontractors may react longer."),
        title=_("Let subcontractors react longer on %(round)s?"),
        consequences=[
            _("They now react until %(closes)s. Choose a later day, before %(day)s."),
            _("Answers that were given already stay; who changes its reaction gets a new one."),
        ],
        submit_label=_("Move closing day"),
        form=ExtendForm(request.POST or None, scope=request.scope),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def tariff_round_submit(request: ScopedRequest, pk: int) -> HttpResponse:
    """Lay the round before the second person."""
    return _confirmed(
        request,
        pk,
        policies.check_is_closed,
        tariff_rounds.submit,
        _("Another contract manager decides now."),
        title=_("Lay %(round)s before a colleague?"),
        consequences=[
            _("What it does to each contract is worked out once more, and stays so."),
            _("Another contract manager decides, before %(day)s."),
        ],
        submit_label=_("Lay before a colleague"),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def tariff_round_take_back(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take it back to adjust it."""
    return _confirmed(
        request,
        pk,
        policies.check_can_take_back,
        tariff_rounds.take_back,
        _("The round is yours again."),
        title=_("Take %(round)s back?"),
        consequences=[_("You can answer and adjust again. Subcontractors no longer react.")],
        submit_label=_("Take back"),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def tariff_round_withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Give it up."""
    return _confirmed(
        request,
        pk,
        policies.check_can_withdraw,
        tariff_rounds.withdraw,
        _("The round is withdrawn."),
        title=_("Withdraw %(round)s?"),
        consequences=[
            _("No tariff changes. Who was asked reads that the round was taken back."),
        ],
        submit_label=_("Withdraw round"),
        danger=True,
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def tariff_round_decide(request: ScopedRequest, pk: int) -> HttpResponse:
    """Decide about it, which publishes it."""
    row = get_object_or_404(TariffRound.objects.visible_to(request.scope), pk=pk)
    count = row.changes.visible_to(request.scope).taking_part().count()
    changed = ngettext(
        "From %%(day)s on %(count)s tariff changes.",
        "From %%(day)s on %(count)s tariffs change.",
        count,
    ) % {"count": count}
    return _confirmed(
        request,
        pk,
        policies.check_can_decide,
        tariff_publishing.decide,
        _("Decided and published."),
        title=_("Decide about %(round)s?"),
        consequences=[
            changed,
            _("Who was asked reads the tariffs, their build-up and what was done with reactions."),
            _("Until the day before %(day)s you can undo it."),
        ],
        submit_label=_("Decide and publish"),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def tariff_round_undo(request: ScopedRequest, pk: int) -> HttpResponse:
    """Undo a decision before its day."""
    form = ReasonForm(request.POST or None, scope=request.scope)
    return _confirmed(
        request,
        pk,
        policies.check_can_undo,
        tariff_publishing.undo,
        _("Undone. The tariffs are as they were."),
        title=_("Undo the decision about %(round)s?"),
        consequences=[
            _("Every tariff of the round holds again as before."),
            _("Who was asked reads that the round was taken back."),
        ],
        submit_label=_("Undo decision"),
        danger=True,
        form=form,
    )
