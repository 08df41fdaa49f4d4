"""A 301 that the main contractor issues to itself, in the name of a municipality.

It stands in the in-tray as any other 301, so that what followed from it can be traced; nobody
answers it, since nobody sent it. A copy goes to the municipality.
"""

from __future__ import annotations

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope
from messaging.exchange import content
from messaging.exchange.models import Family, IncomingMessage, Leg
from messaging.exchange.services import copies
from messaging.istandaard import serialize
from messaging.istandaard.model.messages import AllocationMessage


def keep(
    *,
    scope: Scope,
    main_contractor_id: int,
    municipality: Municipality,
    message: AllocationMessage,
) -> IncomingMessage:
    """Store an issued 301 as handled, with its copy, in the transaction of what it decides.

    Raises InvalidMessageError where it does not fit the schema.
    """
    raw = serialize(message)
    row = IncomingMessage.objects.create(
        main_contractor_id=main_contractor_id,
        leg=Leg.UP,
        municipality=municipality,
        family=Family(message.family.value),
        message_type=message.type.number,
        sender=message.header.sender,
        identification=message.header.message_number,
        message_date=message.header.message_date,
        content=content.sealed(raw),
        digest=content.digest_of(raw),
        client_hash=content.client_hash_of(message),
        source=IncomingMessage.Source.MANDATE,
        state=IncomingMessage.State.HANDLED,
        received_at=scope.at,
        handled_at=scope.at,
    )
    audit.record(scope, "message.issued", row, type=row.name)
    copies.of_issued(scope=scope, row=row, municipality=municipality)
    return row
