"""The page on which somebody plays the municipality; there is no such page outside the demo."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import CARE
from hoofdaannemer.core.templatetags.core_format import date_nl
from hoofdaannemer.scenarios import play
from hoofdaannemer.scenarios.forms import DOWNLOAD, DROP, FAULTY, PlayForm
from messaging.exchange.services.imports import Result
from messaging.models import OutgoingMessage

View = Callable[..., HttpResponseBase]


def demo_only(view: View) -> View:
    """Outermost: what is no part of the site is not there, for whoever asks."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@demo_only
@roles(*sorted(CARE))
@require_http_methods(["GET", "HEAD", "POST"])
def play_municipality(request: ScopedRequest) -> HttpResponse:
    """Make a 301 and send it in, drop it or take it along; list the 315s that wait."""
    main = _main(request)
    seats = play.seats(request.scope, main)
    form = PlayForm(request.POST or None, seats=seats, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            return _made(request, main, form)
    context = {
        "title": _("Play the municipality"),
        "lead": _("In the demo nobody is on the other side. Here you are the municipality."),
        "form": form if seats else None,
        "requests": [_row(one) for one in play.open_requests(request.scope, main)],
    }
    return render(request, "demo/municipality.html", context)


@demo_only
@roles(*sorted(CARE))
@require_POST
def answer_request(request: ScopedRequest, pk: int) -> HttpResponse:
    """Answer a 315 with a 316 without errors, and allocate what it asks."""
    row = get_object_or_404(OutgoingMessage.objects.visible_to(request.scope), pk=pk)
    if not play.open_requests(request.scope, _main(request)).filter(pk=pk).exists():
        messages.info(request, _("This message needs no attention any more. Reload the page."))
        return redirect("demo_municipality")
    with shown_refusals(request):
        seat = play.seat_for(request.scope, row)
        documents = play.answers(request.scope, seat, row)
        results = play.send_in(request.scope, seat, documents)
        if all(result.accepted for result in results):
            messages.success(request, _("Answered with a 316, and allocated with a 301."))
            return redirect(_place_of(results[-1]))
        messages.warning(request, _("Sent in. Look what became of it under the messages."))
    return redirect("demo_municipality")


def _main(request: ScopedRequest) -> MainContractor:
    rows = MainContractor.objects.select_related("organisation")
    return get_object_or_404(rows, pk=request.scope.main_contractor_id)


def _made(request: ScopedRequest, main: MainContractor, form: PlayForm) -> HttpResponse:
    scope, chosen = request.scope, form.cleaned_data
    seat = play.seat_of(scope, main, chosen["seat"])
    raw = play.new_allocation(scope, seat, is_faulty=chosen["content"] == FAULTY)
    if chosen["way"] == DOWNLOAD:
        return attachment(raw, f"{seat.family.value.upper()}301-{seat.code}.xml", "application/xml")
    if chosen["way"] == DROP:
        file = play.drop(seat, raw)
        told = _("Dropped as %(file)s. Within fifteen seconds it stands under the messages.")
        messages.success(request, told % {"file": file})
        return redirect("demo_municipality")
    [result] = play.send_in(scope, seat, [raw])
    if result.accepted:
        messages.success(request, _("Sent in, and answered with a 302. This is the message."))
    else:
        messages.warning(request, _("Sent in, and returned with an error. This is the message."))
    return redirect(_place_of(result))


def _place_of(result: Result) -> str:
    """The page of what was sent in; where it was not stored, that of all messages."""
    return result.message.get_absolute_url() if result.message else reverse("message_list")


def _row(row: OutgoingMessage) -> dict[str, Any]:
    return {
        "text": _("%(name)s to %(municipality)s of %(day)s")
        % {
            "name": row.name,
            "municipality": row.municipality,
            "day": date_nl(row.created_at.date()),
        },
        "url": row.get_absolute_url(),
        "answer_url": reverse("demo_request_answer", args=[row.pk]),
    }
