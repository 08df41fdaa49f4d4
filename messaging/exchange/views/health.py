"""The health of the message traffic: what waits, and whether the workers live."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hoofdaannemer.core.pages import ScopedRequest, roles
from hoofdaannemer.core.scope import Role
from messaging.exchange import health as healths
from messaging.exchange.tables import SignTable, WaitingTable


@roles(Role.ADMINISTRATOR)
@require_safe
def health(request: ScopedRequest) -> HttpResponse:
    """Counts and moments, without the content of any message."""
    scope = request.scope
    waiting, signs = healths.waiting(scope), healths.signs(scope)
    silent = [sign.label for sign in signs if sign.is_silent]
    late = [one.label for one in waiting if one.is_late(scope.at)]
    context = {
        "title": _("Health of the message traffic"),
        "lead": _("What waits and since when, and whether the work goes on."),
        "silent": silent,
        "late": late,
        "waiting": WaitingTable(waiting, request=request, caption=_("What waits")),
        "signs": SignTable(signs, request=request, caption=_("Signs of life")),
        "attention_url": reverse("message_attention"),
    }
    return render(request, "messaging/health.html", context)
