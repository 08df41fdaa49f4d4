"""Messages that wait for a person, and what that person can do."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import CARE, SUBCONTRACTOR
from messaging.exchange import policies, selectors
from messaging.exchange.forms import SettleForm
from messaging.exchange.models import IncomingMessage, OutgoingMessage
from messaging.exchange.services import intake, outtray, settling


@roles(*policies.ATTENDANTS)
@require_GET
def attention(request: ScopedRequest) -> HttpResponse:
    """Messages that stand still until a person does something."""
    context = {
        "title": _("Needs attention"),
        "lead": _("Messages that failed, wait, were refused, or were not answered in time."),
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


@roles(*SUBCONTRACTOR)
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """Say that a message of the own organisation that was refused is dealt with."""
    return _settle(
        request, get_object_or_404(IncomingMessage.objects.visible_to(request.scope), pk=pk)
    )


@roles(*CARE)
@require_http_methods(["GET", "HEAD", "POST"])
def sent_settle(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """Say that a message of ours that was refused is dealt with."""
    return _settle(
        request, get_object_or_404(OutgoingMessage.objects.visible_to(request.scope), pk=pk)
    )


def _settle(request: ScopedRequest, message: IncomingMessage | OutgoingMessage) -> HttpResponseBase:
    form = SettleForm(request.POST if request.method == "POST" else None, scope=request.scope)
    if form.is_bound and form.is_valid():
        with shown_refusals(request):
            settling.settle(scope=request.scope, message=message, **form.values)
            messages.success(request, _("The message leaves the work list."))
        return redirect(message)
    board = "message_list" if isinstance(message, IncomingMessage) else "sent_message_list"
    context = {
        "title": _("Is this message dealt with?"),
        "lead": f"{message.name} · {message.municipality or message.provider_organisation}",
        "consequences": [
            _("The message leaves the work list and stays in the message traffic."),
            _("Nothing is sent. Send a corrected message where the other side needs one."),
        ],
        "form": form,
        "submit_label": _("Mark as dealt with"),
        "cancel_url": message.get_absolute_url(),
        "breadcrumbs": [
            (_("Message traffic"), reverse(board)),
            (message.name, message.get_absolute_url()),
        ],
    }
    return render(request, "generic/confirm.html", context)
