"""The out-tray: written with the change it tells of, delivered by a worker."""

from __future__ import annotations

from typing import Final
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from hoofdaannemer.accounts.models import Municipality, Organisation
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope, acting_as
from messaging.exchange import carriers, content, nudges, policies, selectors
from messaging.exchange.hubmodels import Hub, HubEnvelope
from messaging.exchange.models import (
    Channel,
    DeliveryAttempt,
    Family,
    IncomingMessage,
    OutgoingMessage,
    Party,
)
from messaging.exchange.services import copies
from messaging.exchange.timing import waiting_time
from messaging.exchange.transports import Parcel, RefusedError, TransportError
from messaging.istandaard import Message, serialize
from messaging.istandaard.deadlines import return_due

#: Who sends a message, and to whom it goes.
_ADDRESSED: Final = ("main_contractor__organisation", "municipality", "provider_organisation")


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
    In the portal it is delivered at once; a mailbox keeps it until its owner has taken it. Where
    it is so agreed, a copy goes to the municipality under whose code it is sent.

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
    copies.of_sent(scope=scope, row=row, message=message)
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
        caused_by_id=scope.handling or None,
        delivered_at=scope.at if in_portal else None,
        next_try_at=scope.at if selectors.is_sent_by_us(transport) else None,
        return_due_date=return_due(message.type.number, scope.today),
    )


def deliver(*, scope: Scope, message_id: int) -> OutgoingMessage:
    """Hand one message over, unless it was, or another worker is at it.

    Two short transactions with the hand-over between them: what a crash interrupts is tried
    again, under the same name and reference. After `settings.DELIVERY_ATTEMPTS` failures, or where
    the other side refuses it for good, a person must look.
    """
    parcel: Parcel | None = None
    carrier = None
    with acting_as(scope) as inside:
        row, transport = _claimed(inside, message_id)
        if row is not None and row.state == OutgoingMessage.State.WAITING:
            parcel = parcel_of(row)
            carrier = carriers.carrier_to(transport, parcel.main_contractor)
    if row is None or parcel is None or carrier is None:
        with acting_as(scope):
            return OutgoingMessage.objects.visible_to(scope).get(pk=message_id)
    error: TransportError | None = None
    try:
        carrier.send(parcel)
    except TransportError as fault:
        error = fault
    with acting_as(scope) as inside:
        return _concluded(inside, message_id, error, is_first=row.is_first_try)


def _claimed(scope: Scope, message_id: int) -> tuple[OutgoingMessage | None, Channel.Transport]:
    """Lock a waiting message and count the try; where nobody need send it, settle it at once.

    Returns it, where there is something to do or to show, and how it travels.

    One whose next try is still to come was claimed by another worker since it was found.

    What goes by a hub gets its reference here, committed before anything is sent.
    """
    row = (
        OutgoingMessage.objects.visible_to(scope)
        .filter(
            # What waits without a time lies in a mailbox; it is settled here where that changed.
            Q(next_try_at=None) | Q(next_try_at__lte=scope.at),
            pk=message_id,
            state=OutgoingMessage.State.WAITING,
        )
        .select_related(*_ADDRESSED)
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )
    if row is None:
        return None, Channel.Transport.PORTAL
    transport = selectors.transport_to(row.main_contractor_id, row.party)
    if transport == Channel.Transport.PORTAL:
        return delivered(scope, row), transport
    if transport == Channel.Transport.MAILBOX:
        row.next_try_at = None
        row.save(update_fields=["next_try_at"])
        return None, transport
    row.attempts += 1
    row.next_try_at = scope.at + waiting_time(row.attempts)
    row.is_first_try = row.reference is None
    if transport in Hub.values and row.reference is None:
        row.reference = uuid4()
    row.save(update_fields=["attempts", "next_try_at", "reference"])
    return row, transport


def _concluded(
    scope: Scope, message_id: int, error: TransportError | None, *, is_first: bool
) -> OutgoingMessage:
    row = OutgoingMessage.objects.visible_to(scope).select_for_update().get(pk=message_id)
    if row.state != OutgoingMessage.State.WAITING:
        return row
    refusal = error if isinstance(error, RefusedError) else None
    # The reference is ours alone: a hub that knows it has this message, and we lost its receipt.
    if error is None or (refusal is not None and refusal.is_repeat and not is_first):
        return delivered(scope, row)
    DeliveryAttempt.objects.create(message=row, at=scope.at, succeeded=False, error=str(error))
    row.last_error = str(error)
    row.hub_code = refusal.code[:10] if refusal is not None else ""
    if refusal is not None or row.attempts >= settings.DELIVERY_ATTEMPTS:
        row.state = OutgoingMessage.State.FAILED
        row.next_try_at = None
        audit.record(scope, "message.undelivered", row, type=row.name, code=row.hub_code)
    row.save(update_fields=["state", "last_error", "hub_code", "next_try_at"])
    return row


@transaction.atomic
def reported_undelivered(*, scope: Scope, row: OutgoingMessage, refusal: RefusedError) -> bool:
    """A hub that took a message reports later that it did not arrive; a person must look.

    Returns whether that is new.
    """
    row = OutgoingMessage.objects.visible_to(scope).select_for_update().get(pk=row.pk)
    answered = row.accepted_at is not None or row.refused_at is not None
    if answered or row.state == OutgoingMessage.State.FAILED:
        return False
    DeliveryAttempt.objects.create(message=row, at=scope.at, succeeded=False, error=str(refusal))
    row.state = OutgoingMessage.State.FAILED
    row.next_try_at, row.delivered_at = None, None
    row.last_error, row.hub_code = str(refusal), refusal.code[:10]
    row.save(update_fields=["state", "next_try_at", "delivered_at", "last_error", "hub_code"])
    audit.record(scope, "message.undelivered", row, type=row.name, code=row.hub_code)
    return True


def delivered(scope: Scope, row: OutgoingMessage) -> OutgoingMessage:
    """Record that a message, locked by the caller, reached its party; once is enough."""
    if row.state == OutgoingMessage.State.DELIVERED:
        return row
    row.state = OutgoingMessage.State.DELIVERED
    row.delivered_at = scope.at
    row.next_try_at = None
    row.last_error, row.hub_code = "", ""
    # The term runs from receipt; until then it ran from the day on which we wrote the message.
    row.return_due_date = return_due(row.message_type, scope.today)
    row.save(
        update_fields=[
            "state",
            "delivered_at",
            "next_try_at",
            "last_error",
            "hub_code",
            "return_due_date",
        ]
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
    if row.hub_code or row.state == OutgoingMessage.State.DELIVERED:
        # The hub is done with the old reference; where it never answered, the old one holds.
        row.reference = None
    row.hub_code = ""
    row.state = OutgoingMessage.State.WAITING
    row.attempts = 0
    row.next_try_at = scope.at
    row.delivered_at = None
    row.return_due_date = return_due(row.message_type, scope.today)
    row.save(
        update_fields=[
            "state",
            "attempts",
            "next_try_at",
            "delivered_at",
            "return_due_date",
            "reference",
            "hub_code",
        ]
    )
    audit.record(scope, "message.resent", row, type=row.name)
    nudges.nudge(nudges.SWEEP_OUTGOING)
    return row


def answer_again(*, scope: Scope, received: IncomingMessage) -> None:
    """Put the answer in line once more for a sender that lost it and so sends its message again."""
    row = (
        OutgoingMessage.objects.visible_to(scope)
        .filter(in_reply_to=received, state=OutgoingMessage.State.DELIVERED)
        .select_for_update()
        .first()
    )
    if row is None:
        return
    row.state = OutgoingMessage.State.WAITING
    row.reference = None
    row.attempts = 0
    row.next_try_at, row.delivered_at = scope.at, None
    row.save(update_fields=["state", "reference", "attempts", "next_try_at", "delivered_at"])
    audit.record(scope, "message.resent", row, type=row.name)
    nudges.nudge(nudges.SWEEP_OUTGOING)


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
    main_contractor = row.main_contractor
    party = row.municipality or row.provider_organisation
    if party is None:
        raise ValueError("a message without a party")
    answered = None
    if row.reference is not None and row.in_reply_to_id is not None:
        answered = HubEnvelope.objects.filter(message=row.in_reply_to_id).order_by("-pk").first()
    return Parcel(
        main_contractor=main_contractor.organisation.kvk,
        party=selectors.party_code(party),
        name=f"{row.name}-{row.pk:08d}.xml",
        content=content.opened(row),
        kind=row.name,
        sender=main_contractor.organisation.agb,
        reference=str(row.reference or ""),
        answers=answered.reference if answered else "",
        conversation=answered.conversation if answered else "",
        sent_at=row.created_at,
    )
