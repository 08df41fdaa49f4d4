"""The functions of the mailbox; described for software in `openapi.json` beside this file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.pages import ScopedRequest
from messaging.exchange import content, selectors
from messaging.exchange.mailbox.access import MailboxError, error, mailbox_of_messages, party_of
from messaging.exchange.models import IncomingMessage, OutgoingMessage, OutgoingQuerySet
from messaging.exchange.services import intake, outtray
from messaging.istandaard import MAX_BYTES

MOST: Final = 100
#: Trade register number of the main contractor, for who works for several.
MAIN_CONTRACTOR: Final = "Hoofdaannemer-KvK"
#: Bytes up to which the verdict comes with the response; a worker judges what is longer.
AT_ONCE: Final = 256 * 1024
_KVK: Final = re.compile("[0-9]{8}")
XML: Final = "application/xml; charset=utf-8"
_DESCRIPTION: Final = Path(__file__).parent / "openapi.json"


@mailbox_of_messages
def messages(request: ScopedRequest) -> HttpResponse:
    """GET what waits, POST a message."""
    if request.method == "GET":
        return _waiting(request)
    if request.method == "POST":
        return _posted(request)
    return not_allowed("GET, POST")


@mailbox_of_messages
def message(request: ScopedRequest, pk: int) -> HttpResponse:
    """GET one message as XML, delivered or not."""
    if request.method != "GET":
        return not_allowed("GET")
    row = _own(request, pk)
    raw = content.opened(row)
    clients = selectors.clients_in(request.scope, row, selectors.document_of(row))
    audit.looked_at(request.scope, clients, "mailbox.fetched")
    response = HttpResponse(raw, content_type=XML)
    response["Content-Disposition"] = f'attachment; filename="{row.name}-{row.pk:08d}.xml"'
    return response


@mailbox_of_messages
def acknowledge(request: ScopedRequest, pk: int) -> HttpResponse:
    """POST that a message arrived: it leaves the list. Repeatable."""
    if request.method != "POST":
        return not_allowed("POST")
    _own(request, pk)
    outtray.take(scope=request.scope, message_id=pk)
    return HttpResponse(status=204)


@mailbox_of_messages
def nowhere(request: ScopedRequest, rest: str) -> HttpResponse:
    """Anything else below the mailbox: an error as everywhere in it, and not a page."""
    raise MailboxError(404, "not_found", _("There is no such address in the mailbox."))


@require_GET
def description(request: HttpRequest) -> HttpResponse:
    """The description of the mailbox for software (OpenAPI); holds nothing of anybody."""
    return HttpResponse(_DESCRIPTION.read_bytes(), content_type="application/json")


def _own(request: ScopedRequest, pk: int) -> OutgoingMessage:
    row = _mine(request).filter(pk=pk).first()
    if row is None:
        raise MailboxError(404, "not_found", _("There is no such message."))
    return row


def _mine(request: ScopedRequest) -> OutgoingQuerySet:
    """What is addressed to whose mailbox this is."""
    party = party_of(request.scope)
    return OutgoingMessage.objects.visible_to(request.scope).filter(leg=party.leg, **party.columns)


def _waiting(request: ScopedRequest) -> HttpResponse:
    rows = _mine(request).filter(state=OutgoingMessage.State.WAITING)
    rows = rows.select_related("main_contractor__organisation").defer("content").order_by("pk")
    if kvk := _named(request):
        rows = rows.filter(main_contractor__organisation__kvk=kvk)
    return JsonResponse({"messages": [_shown(row) for row in rows[:MOST]]})


def _shown(row: OutgoingMessage) -> dict[str, Any]:
    return {
        "id": row.pk,
        "type": row.name,
        "identification": row.identification,
        "main_contractor": row.main_contractor.organisation.kvk,
        "created_at": row.created_at.isoformat(),
        "in_reply_to": row.in_reply_to_id,
        "url": reverse("mailbox_message", args=[row.pk]),
    }


def _posted(request: ScopedRequest) -> HttpResponse:
    # Not `body`: the limit here is that of a message, to the byte.
    raw = request.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise MailboxError(413, "too_large", _("A message is at most 25 MB."))
    if not raw:
        raise MailboxError(400, "empty", _("The body of the request is the message, as XML."))
    is_small = len(raw) <= AT_ONCE
    party = party_of(request.scope)
    row = intake.receive(
        scope=request.scope,
        raw=raw,
        main_contractor_id=_main_contractor(request).pk,
        leg=party.leg,
        source=IncomingMessage.Source.MAILBOX,
        municipality_id=party.municipality_id,
        organisation_id=party.organisation_id,
        later=not is_small,
    )
    is_new = row.state == IncomingMessage.State.RECEIVED and row.attempts == 0
    if is_small:
        row = intake.handle(scope=request.scope, message_id=row.pk)
    return JsonResponse(_verdict(row), status=201 if is_new else 200)


def _main_contractor(request: ScopedRequest) -> MainContractor:
    """The one that the header names, or the only one.

    Raises MailboxError 422 where it must be named, 404 for one that it does not work for.
    """
    rows = selectors.main_contractors_of(request.scope)
    kvk = _named(request)
    found = [row for row in rows if not kvk or row.organisation.kvk == kvk]
    if kvk and not found:
        text = _("There is no main contractor with this trade register number.")
        raise MailboxError(404, "main_contractor", text)
    if len(found) != 1:
        text = _("Name the main contractor in the header %(header)s.")
        raise MailboxError(422, "main_contractor", text % {"header": MAIN_CONTRACTOR})
    return found[0]


def _named(request: ScopedRequest) -> str:
    """The trade register number in the header; nothing without one. Raises MailboxError 422."""
    kvk = request.headers.get(MAIN_CONTRACTOR)
    if kvk is not None and not _KVK.fullmatch(kvk):
        text = _("The header %(header)s is a trade register number of 8 digits.")
        raise MailboxError(422, "main_contractor", text % {"header": MAIN_CONTRACTOR})
    return kvk or ""


def _verdict(row: IncomingMessage) -> dict[str, Any]:
    reply = row.replies.first()
    return {
        "id": row.pk,
        "type": row.name or None,
        "state": row.state,
        "findings": [
            {"rule": one.rule, "code": one.code, "path": one.path, "message": one.text}
            for one in row.findings.all()
        ],
        "answer": {
            "id": reply.pk,
            "type": reply.name,
            "url": reverse("mailbox_message", args=[reply.pk]),
        }
        if reply
        else None,
    }


def not_allowed(methods: str) -> HttpResponse:
    """The answer to another method than these."""
    response = error(405, "method", _("Use one of: %(methods)s.") % {"methods": methods})
    response["Allow"] = methods
    return response
