"""What a message made, changed or told of, recorded where it happens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hoofdaannemer.core.scope import Scope
from messaging.models import OutgoingMessage
from subcontracts.models import (
    Allocation,
    CareRequest,
    DeliveryStart,
    DeliveryStop,
    MessageLink,
    Placement,
)

Subject = Allocation | CareRequest | DeliveryStart | DeliveryStop | Placement
_Kind = MessageLink.Kind
_COLUMNS: Final[dict[type, str]] = {
    CareRequest: "request",
    Allocation: "allocation",
    Placement: "placement",
    DeliveryStart: "start",
    DeliveryStop: "stop",
}


def made(scope: Scope, *subjects: Subject) -> None:
    """The message that is being handled made these; nothing where a person acts."""
    _received(scope, _Kind.MADE, subjects)


def changed(scope: Scope, *subjects: Subject) -> None:
    """The message that is being handled came about these, which were there before it."""
    _received(scope, _Kind.CHANGED, subjects)


def told(message: OutgoingMessage, *subjects: Subject | None) -> None:
    """A message that we send tells of these."""
    owners = {
        "main_contractor_id": message.main_contractor_id,
        "provider_organisation_id": message.provider_organisation_id,
    }
    _store(
        MessageLink(**owners, kind=_Kind.TOLD, outgoing=message, **{_COLUMNS[type(one)]: one})
        for one in subjects
        if one is not None
    )


def _received(scope: Scope, kind: MessageLink.Kind, subjects: Iterable[Subject]) -> None:
    if not scope.handling:
        return
    _store(
        MessageLink(
            main_contractor_id=one.main_contractor_id,
            # Who sent it; a municipality is no provider.
            provider_organisation_id=scope.organisation_id or None,
            kind=kind,
            incoming_id=scope.handling,
            **{_COLUMNS[type(one)]: one},
        )
        for one in subjects
    )


def _store(rows: Iterable[MessageLink]) -> None:
    """A message is linked to an object once: what it made it may change further on."""
    MessageLink.objects.bulk_create(rows, ignore_conflicts=True)
