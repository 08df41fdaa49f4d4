"""Messages that wait for a person, and what that person can do."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from messaging.exchange import policies, selectors
from messaging.exchange.models import IncomingMessage, OutgoingMessage
from messaging.exchange.services import intake, outtray


@roles(*policies.ATTENDANTS)
@require_GET
def attention(request: ScopedRequest) -> HttpResponse:
    """Messages that stand still until a person does something."""
    context = {
        "title": _("Needs attention"),
        "lead": _("Messages that failed, wait, or were refused."),
        "items": selectors.attention(request.scope),
        "may_open": request.scope.role in policies.READERS,
    }
    return render(request, "messaging/attention.html", context)


@roles(*policies.ATTENDANTS)
@require_POST
def rerun(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """Have a received message judged again."""
    get_object_or_404(IncomingMessage.objects.attended_by(request.scope), pk=pk)
    with shown_refusals(request):
        intake.rerun(scope=request.scope, message_id=pk)
        messages.success(request, _("The message is judged again. Reload the page in a moment."))
    return redirect("message_attention")


@roles(*policies.ATTENDANTS)
@require_POST
def resend(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """Put a failed message back in line."""
    get_object_or_404(OutgoingMessage.objects.attended_by(request.scope), pk=pk)
    with shown_refusals(request):
        outtray.resend(scope=request.scope, message_id=pk)
        messages.success(request, _("The message is sent again. Reload the page in a moment."))
    return redirect("message_attention")
