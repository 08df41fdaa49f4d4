"""Refused messages that need nobody any more: a corrected one was accepted, or somebody says so."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from messaging.exchange import policies
from messaging.exchange.models import IncomingMessage, OutgoingMessage

_Tray = TypeVar("_Tray", IncomingMessage, OutgoingMessage)


@transaction.atomic
def settle(
    *, scope: Scope, message: IncomingMessage | OutgoingMessage, note: str
) -> IncomingMessage | OutgoingMessage:
    """A person dealt with a message that was refused; `note` says how.

    Raises NotAllowedError for other roles, ConflictError where it needs nobody, RuleError BER-01
    without a note.
    """
    tray: Any = type(message).objects
    row = tray.visible_to(scope).select_for_update(of=("self",)).get(pk=message.pk)
    policies.check_can_settle(scope, row)
    if not note.strip():
        raise RuleError("BER-01", _("Say how it was dealt with."))
    row.settled_at = scope.at
    row.settled_note = note.strip()
    row.save(update_fields=["settled_at", "settled_note"])
    audit.record(scope, "message.settled", row, type=row.name)
    settled: IncomingMessage | OutgoingMessage = row
    return settled


def corrected(*, scope: Scope, refused: models.QuerySet[_Tray]) -> int:
    """What these refused messages told was accepted after all, or no longer holds.

    Returns how many there were.
    """
    rows = list(refused.select_for_update(of=("self",)).defer("content").order_by("pk"))
    for row in rows:
        row.settled_at = scope.at
        row.save(update_fields=["settled_at"])
    audit.record_many(scope, "message.corrected", rows)
    return len(rows)
