"""A message that somebody made by hand goes the way of one from software."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from hoofdaannemer.core.scope import Scope
from messaging.exchange import content
from messaging.exchange.entry.registry import Destination
from messaging.exchange.models import IncomingMessage, Leg, Party
from messaging.exchange.services import intake, settling
from messaging.exchange.services.identification import next_identification
from messaging.istandaard import Message, serialize


def hand_in(scope: Scope, destination: Destination, message: Message) -> IncomingMessage:
    """Take in a subcontractor's own message and handle it at once.

    The same message twice is one, as when a button is pressed twice. Changed under a number that
    was used before, as after going back in the browser, it gets a number of its own (TR056).
    Raises NotAllowedError where this scope may not hand it in.
    """
    raw = serialize(message)
    if _is_used_for_another(scope, destination, message, raw):
        number = next_identification(scope, destination.main_contractor.pk)
        identity = replace(message.header.message_id, number=number)
        header = replace(message.header, message_id=identity)
        raw = serialize(replace(message, header=header))
    row = intake.receive(
        scope=scope,
        raw=raw,
        main_contractor_id=destination.main_contractor.pk,
        leg=Leg.DOWN,
        source=IncomingMessage.Source.PORTAL,
        organisation_id=scope.organisation_id,
    )
    return intake.handle(scope=scope, message_id=row.pk)


def _is_used_for_another(
    scope: Scope, destination: Destination, message: Message, raw: bytes
) -> bool:
    party = Party(organisation_id=scope.organisation_id)
    same = IncomingMessage.objects.visible_to(scope).between(destination.main_contractor.pk, party)
    used = same.filter(
        family=message.family.value,
        message_type=message.number,
        sender=message.header.sender,
        identification=message.header.message_number,
    )
    return used.exclude(digest=content.digest_of(raw)).exists()


@transaction.atomic
def mended(*, scope: Scope, earlier_id: int, by: IncomingMessage) -> int:
    """A message that was refused is dealt with, where its correction was accepted.

    Returns how many that were: one, or none where it needs nobody or is not this scope's.
    """
    if by.state != IncomingMessage.State.HANDLED:
        return 0
    refused = IncomingMessage.objects.visible_to(scope).refused()
    return settling.corrected(
        scope=scope,
        refused=refused.filter(
            pk=earlier_id,
            source=IncomingMessage.Source.PORTAL,
            main_contractor=by.main_contractor_id,
            family=by.family,
            message_type=by.message_type,
        ),
    )
