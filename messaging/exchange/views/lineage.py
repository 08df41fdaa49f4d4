"""What led to a message, and what followed from it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.pages import ScopedRequest, roles
from messaging.exchange import policies
from messaging.exchange.lineage import RECEIVED, SENT, Ref, story
from messaging.exchange.models import IncomingMessage, OutgoingMessage


@roles(*policies.READERS)
@require_safe
def received(request: ScopedRequest, pk: int) -> HttpResponse:
    """The story of a received message."""
    rows = IncomingMessage.objects.visible_to(request.scope).defer("content")
    row = get_object_or_404(rows, pk=pk)
    return _shown(request, row, Ref(RECEIVED, pk), reverse("message_list"))


@roles(*policies.READERS)
@require_safe
def sent(request: ScopedRequest, pk: int) -> HttpResponse:
    """The story of a sent message."""
    rows = OutgoingMessage.objects.visible_to(request.scope).defer("content")
    row = get_object_or_404(rows, pk=pk)
    return _shown(request, row, Ref(SENT, pk), reverse("sent_message_list"))


def _shown(
    request: ScopedRequest, row: IncomingMessage | OutgoingMessage, about: Ref, board: str
) -> HttpResponse:
    told = story(request.scope, about)
    audit.looked_at(request.scope, told.clients, "message.lineage")
    name = row.name or _("Unknown document")
    context = {
        "title": _("From where and to what: %(name)s") % {"name": name},
        "story": told,
        "breadcrumbs": [(_("Message traffic"), board), (name, row.get_absolute_url())],
    }
    return render(request, "messaging/lineage.html", context)
