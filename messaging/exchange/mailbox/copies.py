"""Copies in the mailbox: what a municipality's software fetches to file, and never answers."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.pages import ScopedRequest
from messaging.exchange import content, selectors
from messaging.exchange.copymodels import MessageCopy, MessageCopyQuerySet
from messaging.exchange.mailbox.access import MailboxError, mailbox_of_messages
from messaging.exchange.mailbox.views import XML, not_allowed
from messaging.exchange.services import copies as service

MOST: Final = 100


@mailbox_of_messages
def copies(request: ScopedRequest) -> HttpResponse:
    """GET the copies that wait, oldest first."""
    if request.method != "GET":
        return not_allowed("GET")
    rows = _mine(request).filter(state=MessageCopy.State.WAITING)
    waiting = rows.with_messages().select_related("main_contractor__organisation")
    return JsonResponse({"copies": [_shown(row) for row in waiting.order_by("pk")[:MOST]]})


@mailbox_of_messages
def copy(request: ScopedRequest, pk: int) -> HttpResponse:
    """GET one copy as XML, delivered or not."""
    if request.method != "GET":
        return not_allowed("GET")
    row = _own(request, pk)
    original = row.original
    clients = selectors.clients_in(request.scope, original, selectors.document_of(original))
    audit.looked_at(request.scope, clients, "mailbox.fetched")
    response = HttpResponse(content.opened(original), content_type=XML)
    response["Content-Disposition"] = f'attachment; filename="{service.name_of(row)}"'
    return response


@mailbox_of_messages
def acknowledge(request: ScopedRequest, pk: int) -> HttpResponse:
    """POST that a copy arrived: it leaves the list. Repeatable."""
    if request.method != "POST":
        return not_allowed("POST")
    _own(request, pk)
    service.take(scope=request.scope, copy_id=pk)
    return HttpResponse(status=204)


def _own(request: ScopedRequest, pk: int) -> MessageCopy:
    row = _mine(request).select_related("received", "sent").filter(pk=pk).first()
    if row is None:
        raise MailboxError(404, "not_found", _("There is no such copy."))
    return row


def _mine(request: ScopedRequest) -> MessageCopyQuerySet:
    """What is addressed to the municipality whose key this is; to an organisation nothing is."""
    scope = request.scope
    return MessageCopy.objects.visible_to(scope).filter(municipality=scope.municipality_id)


def _shown(row: MessageCopy) -> dict[str, Any]:
    original = row.original
    return {
        "id": row.pk,
        "type": original.name,
        "identification": original.identification,
        "sender": original.sender,
        "main_contractor": row.main_contractor.organisation.kvk,
        "created_at": row.created_at.isoformat(),
        "url": reverse("mailbox_copy", args=[row.pk]),
    }
