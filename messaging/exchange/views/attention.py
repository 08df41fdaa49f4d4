"""Messages that wait for a person, and what that person can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from hoofdaannemer.core.pages import ScopedRequest, allowed, roles, shown_refusals
from hoofdaannemer.core.scope import CARE, SUBCONTRACTOR, Scope
from messaging.exchange import policies, reasons, selectors
from messaging.exchange.forms import SettleForm
from messaging.exchange.hubmodels import HubEnvelope
from messaging.exchange.models import IncomingMessage, OutgoingMessage
from messaging.exchange.services import hubs, intake, outtray, settling


@roles(*policies.ATTENDANTS)
@require_GET
def attention(request: ScopedRequest) -> HttpResponse:
    """Messages that stand still until a person does something."""
    context = {
        "title": _("Needs attention"),
        "lead": _("Messages that failed, wait, were refused, or were not answered in time."),
        "items": selectors.attention(request.scope),
        "envelopes": selectors.unopened_envelopes(request.scope),
        "copies": selectors.undelivered_copies(request.scope),
        "may_open": request.scope.role in policies.READERS,
    }
    return render(request, "messaging/attention.html", context)


@roles(*policies.ATTENDANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def rerun(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """Have a received message judged again, once that was confirmed."""
    row = get_object_or_404(IncomingMessage.objects.attended_by(request.scope), pk=pk)
    if request.method != "POST":
        context = {
            "title": _("Judge this message again?"),
            "consequences": [
                reasons.why_received(row),
                _("The message is judged as it came, with what is known now."),
                _("The sender gets the answer that follows from it."),
            ],
            "submit_label": _("Judge it again"),
        }
        return _asked(request, row, policies.check_can_rerun, context)
    with shown_refusals(request):
        intake.rerun(scope=request.scope, message_id=pk)
        messages.success(request, _("The message is judged again. Reload the page in a moment."))
    return redirect("message_attention")


@roles(*policies.ATTENDANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def resend(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """Put a failed message back in line, once that was confirmed."""
    row = get_object_or_404(OutgoingMessage.objects.attended_by(request.scope), pk=pk)
    if request.method != "POST":
        context = {
            "title": _("Send this message again?"),
            "consequences": [
                reasons.why_sent(row, request.scope.today),
                _("The same message goes out again, under the same number."),
                _("Who received it before answers as the first time, and nothing counts twice."),
            ],
            "submit_label": _("Send it again"),
        }
        return _asked(request, row, policies.check_can_resend, context)
    with shown_refusals(request):
        outtray.resend(scope=request.scope, message_id=pk)
        messages.success(request, _("The message is sent again. Reload the page in a moment."))
    return redirect("message_attention")


@roles(*policies.ATTENDANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def envelope(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """Say that an envelope that could not be opened is dealt with."""
    row = get_object_or_404(HubEnvelope.objects.visible_to(request.scope), pk=pk)
    if request.method == "POST":
        with shown_refusals(request):
            hubs.settle(scope=request.scope, envelope_id=pk)
            messages.success(request, _("The envelope leaves the list."))
        return redirect("message_attention")
    is_open = row.state == HubEnvelope.State.REFUSED and row.settled_at is None
    reference = row.reference or _("without a reference")
    context = {
        "title": _("Is this envelope dealt with?"),
        "lead": f"{row.get_hub_display()} · {reference}",
        "consequences": [
            row.text,
            _("The hub was told so. The envelope leaves the list and is kept."),
            _("Nothing is taken in. When it comes again, it is looked at anew."),
        ]
        if is_open
        else [],
        "nothing": "" if is_open else _("This envelope needs no attention any more."),
        "submit_label": _("Mark as dealt with"),
        "cancel_url": reverse("message_attention"),
        "breadcrumbs": [(_("Needs attention"), reverse("message_attention"))],
    }
    return render(request, "generic/confirm.html", context)


def _asked(
    request: ScopedRequest,
    row: IncomingMessage | OutgoingMessage,
    check: Callable[[Scope, Any], None],
    context: dict[str, Any],
) -> HttpResponse:
    """The page that asks whether to go on, or says that nothing is to be done any more."""
    may = allowed(check, request.scope, row)
    party = row.municipality or row.provider_organisation
    shown = {
        **context,
        "lead": " · ".join(
            str(part) for part in (row.name or _("Unknown document"), party) if part
        ),
        "consequences": context["consequences"] if may else [],
        "nothing": "" if may else _("This message needs no attention any more."),
        "cancel_url": reverse("message_attention"),
        "breadcrumbs": [(_("Needs attention"), reverse("message_attention"))],
    }
    return render(request, "generic/confirm.html", shown)


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
