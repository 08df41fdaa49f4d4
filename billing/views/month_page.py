"""The month of a practice: one page, four minutes."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from billing.page_forms import MonthForm
from billing.selectors.month_cards import Card, cards, months_to_show
from billing.services import month_page as services
from billing.services.month_page import Outcome
from billing.services.statements import PAY_DAYS
from billing.views.access import OWN, show_refusal, tab
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.pages import ScopedRequest, roles
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.templatetags.core_format import month_nl

PURPOSE = "month page"


@roles(*OWN)
@require_GET
def month_current(request: ScopedRequest) -> HttpResponse:
    """The month to hand in: the last one that ended."""
    return redirect("month_page", month=str(Month.of(request.scope.today).previous()))


@roles(*OWN)
@require_http_methods(["GET", "POST"])
def month_page(request: ScopedRequest, month: str) -> HttpResponse:
    """Cards of the month; saved, checked or handed in by the button that was pressed."""
    asked = _month(request, month)
    found = cards(request.scope, asked)
    audit.looked_at(request.scope, [card.placement.client_id for card in found], PURPOSE)
    if request.method == "GET":
        return _page(request, asked, MonthForm(cards=found, scope=request.scope))
    form = MonthForm(request.POST, cards=found, scope=request.scope)
    if not form.is_valid():
        return _page(request, asked, form)
    if "check" in request.POST:
        services.save(scope=request.scope, month=asked, entries=form.entries)
        outcome = services.check_month(scope=request.scope, month=asked, entries=form.entries)
        return _page(request, asked, form, outcome)
    if "hand_in" in request.POST:
        return _hand_in(request, asked, form)
    services.save(scope=request.scope, month=asked, entries=form.entries)
    messages.success(request, _("Saved. You can go on later."))
    return redirect("month_page", month=month)


def _hand_in(request: ScopedRequest, month: Month, form: MonthForm) -> HttpResponse:
    try:
        outcome = services.hand_in(scope=request.scope, month=month, entries=form.entries)
    except DomainError as refusal:
        show_refusal(request, refusal)
        return _page(request, month, form)
    rejected = len(outcome.sentences)
    if rejected:
        text = ngettext(
            "Handed in. %(count)s line was rejected: below you read why.",
            "Handed in. %(count)s lines were rejected: below you read why.",
            rejected,
        )
        messages.warning(request, text % {"count": rejected})
    else:
        messages.success(request, _("Handed in, and everything was approved."))
    return redirect("month_page", month=str(month))


def _month(request: ScopedRequest, text: str) -> Month:
    try:
        month = Month.parse(text)
    except ValueError as error:
        raise Http404 from error
    if month not in months_to_show(request.scope.today):
        raise Http404
    return month


def _page(
    request: ScopedRequest, month: Month, form: MonthForm, outcome: Outcome | None = None
) -> HttpResponse:
    count = len(form.cards)
    said = dict(outcome.sentences) if outcome else None
    title = ngettext("%(month)s: %(count)s client", "%(month)s: %(count)s clients", count)
    next_text = _(
        "The good lines count at once. After the month is closed you get a statement, and we pay"
        " about %(days)s days later."
    )
    return render(
        request,
        "billing/month.html",
        {
            "title": title % {"month": month_nl(month).capitalize(), "count": count},
            "month": month,
            "form": form,
            "rows": list(form.rows(said)),
            "outcome": outcome,
            "handed_in": sum((card.approved.amount for card in form.cards if card.approved), ZERO),
            "is_over": month.last <= request.scope.today,
            "tabs": _tabs(request, month),
            "next_text": next_text % {"days": PAY_DAYS},
            "has_upload": _has_messages(form.cards),
        },
    )


def _tabs(request: ScopedRequest, month: Month) -> list[dict[str, object]]:
    return [
        tab(month_nl(one), reverse("month_page", args=[str(one)]), is_active=one == month)
        for one in months_to_show(request.scope.today)[:4]
    ]


def _has_messages(found: Sequence[Card]) -> bool:
    """Whether the organisation has an AGB code, so that its software can make a 323."""
    return any(card.placement.subcontract_id for card in found)
