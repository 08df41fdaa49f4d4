"""What emergency access opens: the client's own data, and the messages about this client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from hoofdaannemer.core.scope import Scope
from messaging.models import IncomingMessage, OutgoingMessage
from subcontracts.models import Client, EmergencyAccess

RECEIVED: Final = "in"
SENT: Final = "out"


@dataclass(frozen=True)
class MessageLine:
    """One message about the client. `key` names it in a form: `in:12`."""

    key: str
    at: datetime
    is_received: bool
    name: str
    party: str


def client_of(scope: Scope, access: EmergencyAccess) -> Client | None:
    """The client, while the access is open; None before and after."""
    if access.client_id is None or not access.is_open(scope):
        return None
    rows = Client.objects.visible_to(scope).select_related("municipality")
    return rows.filter(pk=access.client_id).first()


def messages_about(scope: Scope, client: Client) -> list[MessageLine]:
    """Messages about this client alone, newest first; a declaration names many."""
    return sorted(_lines(scope, client), key=lambda line: line.at, reverse=True)


def _lines(scope: Scope, client: Client) -> Iterator[MessageLine]:
    received, sent = _about(scope, client)
    for row in received.select_related("municipality", "provider_organisation"):
        party = str(row.municipality or row.provider_organisation or "")
        yield MessageLine(f"{RECEIVED}:{row.pk}", row.received_at, True, row.name, party)
    for message in sent.select_related("municipality", "provider_organisation"):
        party = str(message.municipality or message.provider_organisation or "")
        yield MessageLine(f"{SENT}:{message.pk}", message.created_at, False, message.name, party)


def message(scope: Scope, client: Client, key: str) -> IncomingMessage | OutgoingMessage | None:
    """The message that a form names, if it is about this client."""
    tray, _colon, number = key.partition(":")
    if tray not in (RECEIVED, SENT) or not (number.isascii() and number.isdigit()):
        return None
    received, sent = _about(scope, client)
    rows = received if tray == RECEIVED else sent
    return rows.filter(pk=int(number[:18])).first()


def _about(scope: Scope, client: Client) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """Both trays. The administrator's own part of them is narrowed to one client."""
    received = IncomingMessage.objects.attended_by(scope)
    sent = OutgoingMessage.objects.attended_by(scope)
    if client.bsn_hash is None:
        return received.none(), sent.none()
    about = {
        "client_hash": bytes(client.bsn_hash),
        "main_contractor": client.main_contractor_id,
    }
    return received.filter(**about), sent.filter(**about)
