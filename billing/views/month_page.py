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
from billing.selectors.month_cards import Card, cards, months_to_show, statements_of
from billing.selectors.month_totals import total
from billing.selectors.unpaid import steered_cards
from billing.services import month_page as services
from billing.services.month_page import Outcome
from billing.services.statements import PAY_DAYS
from billing.views.access import OWN, show_refusal, tab
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.money import ZERO, format_euro
from hoofdaannemer.core.pages import ScopedRequest, roles
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.templatetags.core_format import date_long, month_nl

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
    if "autosave" in request.POST:
        return _autosave(request, asked, found)
    audit.looked_at(request.scope, [card.placement.client_id for card in found], PURPOSE)
    if request.method == "GET":
        return _page(request, asked, MonthForm(cards=found, scope=request.scope))
    is_final = "hand_in" in request.POST
    form = MonthForm(request.POST, cards=found, scope=request.scope, is_final=is_final)
    if not form.is_valid():
        return _page(request, asked, form)
    if "check" in request.POST:
        services.save(scope=request.scope, month=asked, entries=form.entries)
        outcome = services.check_month(scope=request.scope, month=asked, entries=form.entries)
        return _page(request, asked, form, outcome)
    if is_final:
        return _hand_in(request, asked, form)
    services.save(scope=request.scope, month=asked, entries=form.entries)
    messages.success(request, _("Saved. You can go on later."))
    return redirect("month_page", month=month)


def _autosave(request: ScopedRequest, month: Month, found: list[Card]) -> HttpResponse:
    """Keep what was typed so far, while one goes on; nobody's data leaves with the answer."""
    form = MonthForm(request.POST, cards=found, scope=request.scope)
    services.save(scope=request.scope, month=month, entries=form.entries)
    return HttpResponse(status=204)


def _hand_in(request: ScopedRequest, month: Month, form: MonthForm) -> HttpResponse:
    try:
        outcome = services.hand_in(scope=request.scope, month=month, entries=form.entries)
    except DomainError as refusal:
        show_refusal(request, refusal)
        return _page(request, month, form)
    # Of rejected lines the page itself tells, for as long as they are not mended.
    if not outcome.declarations:
        messages.success(request, _("Noted why there was no care. There is nothing to declare."))
    elif not outcome.sentences:
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
    rows = list(form.rows(said))
    title = ngettext("%(month)s: %(count)s client", "%(month)s: %(count)s clients", count)
    return render(
        request,
        "billing/month.html",
        {
            "title": title % {"month": month_nl(month).capitalize(), "count": count},
            "lead": _("Fill in how much care each client got. Last month's numbers stand ready."),
            "month": month,
            "form": form,
            "rows": rows,
            "totals": total(row.filled for row in rows),
            "outcome": outcome,
            "approved": _approved(form.cards),
            "rejected": [row for row in rows if row.sentences],
            "is_settled": all(row.is_settled for row in rows),
            "is_over": month.last <= request.scope.today,
            "tabs": _tabs(request, month),
            "pay_texts": _pay_texts(request, month, form.cards),
            "has_upload": _is_subcontracted(form.cards),
        },
    )


def _approved(found: Sequence[Card]) -> str:
    """How many lines were approved, and what they come to; empty where none was."""
    lines = [card.approved for card in found if card.approved]
    if not lines:
        return ""
    shown = {
        "count": len(lines),
        "amount": format_euro(sum((line.amount for line in lines), ZERO)),
    }
    if not _is_subcontracted(found):
        return ngettext("%(count)s client.", "%(count)s clients.", len(lines)) % shown
    text = ngettext(
        "%(count)s client, together %(amount)s.",
        "%(count)s clients, together %(amount)s.",
        len(lines),
    )
    return text % shown


def _pay_texts(request: ScopedRequest, month: Month, found: Sequence[Card]) -> list[str]:
    """When the money comes: a day where the month was closed, otherwise how it goes."""
    if not _is_subcontracted(found):
        return []
    steered = steered_cards(found, month)
    if len(steered) == len(found):
        return [
            _(
                "Nothing is paid for what you hand in here: messages under your contract are for"
                " steering only. What the contract agrees is paid in another way."
            )
        ]
    return [*_steered_texts(len(steered)), *_statement_texts(request, month)]


def _steered_texts(count: int) -> list[str]:
    """For how many clients of several nothing is paid by what is handed in."""
    if not count:
        return []
    text = ngettext(
        "For %(count)s client nothing is paid by this: messages are for steering only.",
        "For %(count)s clients nothing is paid by this: messages are for steering only.",
        count,
    )
    return [text % {"count": count}]


def _statement_texts(request: ScopedRequest, month: Month) -> list[str]:
    texts = []
    for statement in statements_of(request.scope, month):
        shown = {"number": statement.number, "day": date_long(statement.pay_date)}
        texts.append(
            _("Statement %(number)s is ready. Pay day: %(day)s.") % shown
            if statement.pay_date
            else _("Statement %(number)s is ready. There is nothing to pay on it.") % shown
        )
    if texts:
        return [*texts, _("What you hand in now comes on the next statement.")]
    return [
        _(
            "Good lines count at once. When the month is closed you get a statement, and"
            " %(days)s days later the money is in your account."
        )
        % {"days": PAY_DAYS}
    ]


def _tabs(request: ScopedRequest, month: Month) -> list[dict[str, object]]:
    return [
        tab(month_nl(one), reverse("month_page", args=[str(one)]), is_active=one == month)
        for one in months_to_show(request.scope.today)[:4]
    ]


def _is_subcontracted(found: Sequence[Card]) -> bool:
    """Whether there is care under a subcontract: an own team declares no file and is not paid."""
    return any(card.placement.subcontract_id for card in found)
