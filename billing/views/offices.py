"""The practices of an administration office: where each stands, and one after the other."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from billing.selectors.month_cards import months_to_show
from billing.selectors.office_files import waiting_files
from billing.selectors.offices import Practice, next_to_declare, practices
from billing.views.access import tab
from hoofdaannemer.accounts import entry, selectors
from hoofdaannemer.accounts.models import OfficeMandate
from hoofdaannemer.accounts.services import offices
from hoofdaannemer.core.mandates import Subject
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role
from hoofdaannemer.core.templatetags.core_format import month_nl

MONTHS = 4


@roles(Role.OFFICE_USER)
@require_safe
def office_home(request: ScopedRequest) -> HttpResponse:
    """All practices in a month: what is to be done, what came back, what is done."""
    scope = request.scope
    month = _month(request, request.GET.get("month") or str(Month.of(scope.today).previous()))
    found = practices(scope, month)
    waiting = OfficeMandate.objects.visible_to(scope).open(scope.at).filter(steps=None)
    todo = sum(1 for one in found if one.is_to_declare)
    return render(
        request,
        "billing/office.html",
        {
            "title": _("Your practices"),
            "lead": _("Everything you do for a practice is written down under its mandate."),
            "month": month,
            "rows": [_row(one, month) for one in found],
            "todo": todo,
            "returned": sum(one.returned for one in found),
            "due": found[0].due if found else None,
            "files": waiting_files(scope),
            "waiting": list(waiting.light().select_related("provider_organisation")),
            "tabs": [
                tab(month_nl(one), f"?month={one}", is_active=one == month)
                for one in months_to_show(scope.today)[:MONTHS]
            ],
        },
    )


def _row(practice: Practice, month: Month) -> dict[str, object]:
    """A practice as the page shows it: how it stands in words, and where its button leads."""
    declares = Subject.DECLARE in practice.mandate.subjects
    label, tone = _state(practice, declares=declares)
    return {
        "practice": practice,
        "label": label,
        "tone": tone,
        "also": _also(practice),
        "next": reverse("month_page", args=[str(month)]) if declares else reverse("home"),
        "verb": _verb(practice, declares=declares),
    }


def _state(practice: Practice, *, declares: bool) -> tuple[str, str]:
    if not declares:
        return _("declares itself"), "neutral"
    if practice.returned:
        text = ngettext("%(count)s line returned", "%(count)s lines returned", practice.returned)
        return text % {"count": practice.returned}, "negative"
    if practice.to_fill:
        text = ngettext("%(count)s client to do", "%(count)s clients to do", practice.to_fill)
        return text % {"count": practice.to_fill}, "warning"
    if practice.done:
        return _("handed in"), "positive"
    return _("no clients"), "neutral"


def _verb(practice: Practice, *, declares: bool) -> str:
    if declares and practice.returned:
        return _("Correct the month")
    if declares and practice.to_fill:
        return _("Hand in the month")
    return _("Open the practice")


def _also(practice: Practice) -> list[str]:
    """What more waits for this practice."""
    reports = ngettext("%(count)s FTE report", "%(count)s FTE reports", practice.reports)
    answers = ngettext(
        "%(count)s answer to react to", "%(count)s answers to react to", practice.answers
    )
    pairs = ((reports, practice.reports), (answers, practice.answers))
    return [text % {"count": count} for text, count in pairs if count]


@roles(Role.OFFICE_USER)
@require_POST
def office_next(request: ScopedRequest, month: str) -> HttpResponse:
    """Act for the next practice whose month asks for something; back to all where none does."""
    asked = _month(request, month)
    current = int(request.session.get(selectors.MANDATE) or 0)
    mandate = next_to_declare(request.scope, asked, current)
    if mandate is None:
        messages.success(
            request,
            _("No other practice has something to hand in for %(month)s.")
            % {"month": month_nl(asked)},
        )
        return redirect(f"{reverse('office_home')}?month={asked}")
    leads_to = reverse("office_home")
    with shown_refusals(request):
        offices.begin(scope=request.scope, mandate=mandate)
        entry.act_under(request, mandate)
        leads_to = reverse("month_page", args=[str(asked)])
    return redirect(leads_to)


def _month(request: ScopedRequest, text: str) -> Month:
    try:
        month = Month.parse(text)
    except ValueError as error:
        raise Http404 from error
    if month not in months_to_show(request.scope.today):
        raise Http404
    return month
