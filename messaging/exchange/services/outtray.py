"""The out-tray: written with the change it tells of, delivered by a worker."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from hoofdaannemer.accounts.models import MainContractor, Municipality, Organisation
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope, acting_as
from messaging.exchange import content, nudges, policies, selectors
from messaging.exchange.models import (
    Channel,
    DeliveryAttempt,
    Family,
    IncomingMessage,
    OutgoingMessage,
    Party,
)
from messaging.exchange.transports import Parcel, TransportError, folder
from messaging.istandaard import Message, serialize
from messaging.istandaard.deadlines import return_due

FIRST_RETRY = timedelta(seconds=15)


def put(
    *,
    scope: Scope,
    main_contractor_id: int,
    to: Municipality | Organisation,
    message: Message,
    key: str,
    in_reply_to: IncomingMessage | None = None,
) -> OutgoingMessage:
    """Store a message to send, in the transaction of the change it tells of.

    `key` names the fact and its revision: putting it twice stores it once and gives the first.
    In the portal it is delivered at once; a mailbox keeps it until its owner has taken it.

    Raises InvalidMessageError for a message that does not fit the schema.
    """
    known = OutgoingMessage.objects.visible_to(scope).filter(
        main_contractor=main_contractor_id, key=key
    )
    if (earlier := known.first()) is not None:
        return earlier
    row = _drafted(scope, main_contractor_id, Party.of(to), message)
    row.key = key
    row.in_reply_to = in_reply_to
    row.save(force_insert=True)
    if row.next_try_at is not None:
        nudges.nudge(nudges.SWEEP_OUTGOING)
    return row


def _drafted(
    scope: Scope, main_contractor_id: int, party: Party, message: Message
) -> OutgoingMessage:
    transport = selectors.transport_to(main_contractor_id, party)
    in_portal = transport == Channel.Transport.PORTAL
    states = OutgoingMessage.State
    return OutgoingMessage(
        main_contractor_id=main_contractor_id,
        leg=party.leg,
        **party.columns,
        family=Family(message.family.value),
        message_type=message.type.number,
        sender=message.header.sender.strip(),
        identification=message.header.message_number.strip(),
        message_date=message.header.message_date,
        content=content.sealed(serialize(message)),
        client_hash=content.client_hash_of(message),
        state=states.DELIVERED if in_portal else states.WAITING,
        created_at=scope.at,
        delivered_at=scope.at if in_portal else None,
        next_try_at=scope.at if selectors.is_sent_by_us(transport) else None,
        return_due_date=return_due(message.type.number, scope.today),
    )


def deliver(*, scope: Scope, message_id: int) -> OutgoingMessage:
    """Hand one message over, unless it was, or another worker is at it.

    Two short transactions with the hand-over between them: what a crash interrupts is tried
    again, under the same name. After `settings.DELIVERY_ATTEMPTS` failures a person must look.
    """
    parcel: Parcel | None = None
    with acting_as(scope) as inside:
        row = _claimed(inside, message_id)
        if row is not None and row.state == OutgoingMessage.State.WAITING:
            parcel = parcel_of(row)
    if row is None or parcel is None:
        with acting_as(scope):
            return OutgoingMessage.objects.visible_to(scope).get(pk=message_id)
    error = ""
    try:
        folder.send(parcel, Path(settings.OUT_FOLDER))
    except TransportError as refusal:
        error = str(refusal)
    with acting_as(scope) as inside:
        return _concluded(inside, message_id, error)


def _claimed(scope: Scope, message_id: int) -> OutgoingMessage | None:
    """Lock a waiting message and count the try; where nobody need send it, settle it at once."""
    row = (
        OutgoingMessage.objects.visible_to(scope)
        .filter(pk=message_id, state=OutgoingMessage.State.WAITING)
        .select_for_update(skip_locked=True)
        .first()
    )
    if row is None:
        return None
    transport = selectors.transport_to(row.main_contractor_id, row.party)
    if transport == Channel.Transport.PORTAL:
        return delivered(scope, row)
    if transport == Channel.Transport.MAILBOX:
        row.next_try_at = None
        row.save(update_fields=["next_try_at"])
        return None
    row.attempts += 1
    row.next_try_at = scope.at + waiting_time(row.attempts)
    row.save(update_fields=["attempts", "next_try_at"])
    return row


def waiting_time(attempts: int) -> timedelta:
    """Time before the next try: a quarter of a minute, then four times longer each time."""
    factor: int = 4 ** max(0, attempts - 1)
    return FIRST_RETRY * factor


def _concluded(scope: Scope, message_id: int, error: str) -> OutgoingMessage:
    row = OutgoingMessage.objects.visible_to(scope).select_for_update().get(pk=message_id)
    if row.state != OutgoingMessage.State.WAITING:
        return row
    if not error:
        return delivered(scope, row)
    DeliveryAttempt.objects.create(message=row, at=scope.at, succeeded=False, error=error)
    row.last_error = error
    if row.attempts >= settings.DELIVERY_ATTEMPTS:
        row.state = OutgoingMessage.State.FAILED
        row.next_try_at = None
    row.save(update_fields=["state", "last_error", "next_try_at"])
    return row


def delivered(scope: Scope, row: OutgoingMessage) -> OutgoingMessage:
    """Record that a message, locked by the caller, reached its party; once is enough."""
    if row.state == OutgoingMessage.State.DELIVERED:
        return row
    row.state = OutgoingMessage.State.DELIVERED
    row.delivered_at = scope.at
    row.next_try_at = None
    row.last_error = ""
    # The term runs from receipt; until then it ran from the day on which we wrote the message.
    row.return_due_date = return_due(row.message_type, scope.today)
    row.save(
        update_fields=["state", "delivered_at", "next_try_at", "last_error", "return_due_date"]
    )
    DeliveryAttempt.objects.create(message=row, at=scope.at, succeeded=True)
    audit.record(scope, "message.delivered", row, type=row.name)
    return row


@transaction.atomic
def take(*, scope: Scope, message_id: int) -> OutgoingMessage:
    """A subcontractor's software has a message: it is delivered. Repeatable.

    Raises OutgoingMessage.DoesNotExist for a message of somebody else.
    """
    row = OutgoingMessage.objects.visible_to(scope).select_for_update().get(pk=message_id)
    return delivered(scope, row)


@transaction.atomic
def resend(*, scope: Scope, message_id: int) -> OutgoingMessage:
    """Let a person put a message back in line that failed, or was not answered in time.

    Raises NotAllowedError for other roles, ConflictError where nothing is wrong with it.
    """
    rows = OutgoingMessage.objects.attended_by(scope).select_for_update()
    row = rows.get(pk=message_id)
    policies.check_can_resend(scope, row)
    row.state = OutgoingMessage.State.WAITING
    row.attempts = 0
    row.next_try_at = scope.at
    row.delivered_at = None
    row.return_due_date = return_due(row.message_type, scope.today)
    row.save(update_fields=["state", "attempts", "next_try_at", "delivered_at", "return_due_date"])
    audit.record(scope, "message.resent", row, type=row.name)
    nudges.nudge(nudges.SWEEP_OUTGOING)
    return row


def sweep(*, scope: Scope, limit: int = 1000) -> int:
    """Deliver what is due; returns how many were tried. Each message in transactions of its own."""
    with acting_as(scope):
        waiting = OutgoingMessage.objects.visible_to(scope).filter(
            state=OutgoingMessage.State.WAITING, next_try_at__lte=scope.at
        )
        due = list(waiting.order_by("next_try_at", "pk").values_list("pk", flat=True)[:limit])
    for message_id in due:
        deliver(scope=scope, message_id=message_id)
    return len(due)


def parcel_of(row: OutgoingMessage) -> Parcel:
    """The message as it goes out; its number makes the file name unique and repeatable."""
    main_contractor = MainContractor.objects.select_related("organisation").get(
        pk=row.main_contractor_id
    )
    party = row.municipality or row.provider_organisation
    if party is None:
        raise ValueError("a message without a party")
    return Parcel(
        main_contractor=main_contractor.organisation.kvk,
        party=selectors.party_code(party),
        name=f"{row.name}-{row.pk:08d}.xml",
        content=content.opened(row),
    )
