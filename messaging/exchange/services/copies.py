"""Copies of delegated messages to the municipality in whose name they were exchanged.

Whether a message goes in copy is the answer of an app above, by its rule on the contract. A copy
is written in the transaction of its message and delivered by a worker, with retries, or taken from
the mailbox. A hub has no address for a copy, so that such a municipality gets a folder too.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Final

from django.conf import settings
from django.db import transaction

from hoofdaannemer.accounts.models import MainContractor, Municipality
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope, acting_as, on_behalf_of
from messaging.exchange import carriers, content, dispatcher, nudges, policies, rules, selectors
from messaging.exchange.copymodels import MessageCopy
from messaging.exchange.models import Channel, IncomingMessage, Leg, OutgoingMessage, Party, Tray
from messaging.exchange.timing import waiting_time
from messaging.exchange.transports import Parcel, TransportError
from messaging.istandaard import Message

#: Begins the name of the file, so that nobody takes a copy for a message to answer.
PREFIX: Final = "afschrift"
_State = MessageCopy.State


def of_sent(*, scope: Scope, row: OutgoingMessage, message: Message) -> MessageCopy | None:
    """Copy what goes to a subcontractor under a municipality's code, where that is agreed."""
    # An answer without errors names no client: it is about that of what it answers.
    asked = row.in_reply_to.client_hash if row.in_reply_to else None
    return _copied(scope, row, message, row.client_hash or asked, sent=row)


def of_received(*, scope: Scope, row: IncomingMessage, message: Message) -> MessageCopy | None:
    """Copy what a subcontractor wrote to a municipality's code, where that is agreed.

    `message` is what it wrote, or our answer to it: both name the same parties.
    """
    return _copied(scope, row, message, row.client_hash, received=row)


def of_issued(*, scope: Scope, row: IncomingMessage, municipality: Municipality) -> MessageCopy:
    """Copy a 301 that the main contractor issued to itself in the municipality's name."""
    return _stored(scope, row.main_contractor_id, municipality, received=row)


def _copied(
    scope: Scope,
    row: Tray,
    message: Message,
    client_hash: bytes | memoryview | None,
    *,
    received: IncomingMessage | None = None,
    sent: OutgoingMessage | None = None,
) -> MessageCopy | None:
    if row.leg != Leg.DOWN:
        return None
    about = bytes(client_hash) if client_hash else None
    code, main = rules.codes_of(message).municipality, row.main_contractor_id
    # What a municipality's contract says is not a subcontractor's to see.
    acting = nullcontext(scope) if scope.is_system else on_behalf_of(scope, main)
    with acting as office:
        to = dispatcher.copied_to(office, main, code, row.family, about)
        return None if to is None else _stored(office, main, to, received=received, sent=sent)


def _stored(
    scope: Scope,
    main_contractor_id: int,
    to: Municipality,
    *,
    received: IncomingMessage | None = None,
    sent: OutgoingMessage | None = None,
) -> MessageCopy:
    """A message that was judged anew, or put twice, keeps its one copy."""
    transport = _transport_to(main_contractor_id, to)
    row, is_new = MessageCopy.objects.get_or_create(
        received=received,
        sent=sent,
        defaults={
            "main_contractor_id": main_contractor_id,
            "municipality": to,
            "created_at": scope.at,
            "next_try_at": scope.at if selectors.is_sent_by_us(transport) else None,
        },
    )
    if is_new and row.next_try_at is not None:
        nudges.nudge(nudges.SWEEP_OUTGOING)
    return row


def _transport_to(main_contractor_id: int, municipality: Municipality) -> Channel.Transport:
    chosen = selectors.transport_to(main_contractor_id, Party.of(municipality))
    mailbox = Channel.Transport.MAILBOX
    return mailbox if chosen == mailbox else Channel.Transport.FOLDER


def deliver(*, scope: Scope, copy_id: int) -> None:
    """Hand one copy over, unless it was, or another worker is at it.

    Two short transactions with the hand-over between them, as in the out-tray.
    """
    with acting_as(scope):
        row = _claimed(scope, copy_id)
        if row is None:
            return
        parcel = parcel_of(row)
        transport = _transport_to(row.main_contractor_id, row.municipality)
        carrier = carriers.carrier_to(transport, parcel.main_contractor)
    if carrier is None:
        return
    error = ""
    try:
        carrier.send(parcel)
    except TransportError as fault:
        error = str(fault)
    with acting_as(scope):
        _concluded(scope, copy_id, error)


def _claimed(scope: Scope, copy_id: int) -> MessageCopy | None:
    row = (
        MessageCopy.objects.visible_to(scope)
        .filter(pk=copy_id)
        .due(scope)
        .select_related("received", "sent", "municipality")
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )
    if row is None:
        return None
    transport = _transport_to(row.main_contractor_id, row.municipality)
    if not selectors.is_sent_by_us(transport):
        row.next_try_at = None
        row.save(update_fields=["next_try_at"])
        return None
    row.attempts += 1
    row.next_try_at = scope.at + waiting_time(row.attempts)
    row.save(update_fields=["attempts", "next_try_at"])
    return row


def _concluded(scope: Scope, copy_id: int, error: str) -> None:
    row = MessageCopy.objects.visible_to(scope).select_for_update().get(pk=copy_id)
    if row.state != _State.WAITING:
        return
    if not error:
        _delivered(scope, row)
        return
    row.last_error = error
    if row.attempts >= settings.DELIVERY_ATTEMPTS:
        row.state, row.next_try_at = _State.FAILED, None
        audit.record(scope, "message_copy.undelivered", row)
    row.save(update_fields=["state", "last_error", "next_try_at"])


def _delivered(scope: Scope, row: MessageCopy) -> None:
    if row.state == _State.DELIVERED:
        return
    row.state, row.delivered_at = _State.DELIVERED, scope.at
    row.next_try_at, row.last_error = None, ""
    row.save(update_fields=["state", "delivered_at", "next_try_at", "last_error"])
    audit.record(scope, "message_copy.delivered", row)


@transaction.atomic
def take(*, scope: Scope, copy_id: int) -> None:
    """The municipality's software has a copy: it is delivered. Repeatable.

    Raises MessageCopy.DoesNotExist for a copy of somebody else.
    """
    rows = MessageCopy.objects.visible_to(scope).select_for_update()
    _delivered(scope, rows.get(pk=copy_id))


@transaction.atomic
def resend(*, scope: Scope, copy_id: int) -> MessageCopy:
    """Let a person put a copy back in line that could not be delivered.

    Raises NotAllowedError for other roles, ConflictError where nothing is wrong with it.
    """
    row = MessageCopy.objects.visible_to(scope).select_for_update().get(pk=copy_id)
    policies.check_can_resend_copy(scope, row)
    row.state, row.attempts, row.next_try_at = _State.WAITING, 0, scope.at
    row.save(update_fields=["state", "attempts", "next_try_at"])
    audit.record(scope, "message_copy.resent", row)
    nudges.nudge(nudges.SWEEP_OUTGOING)
    return row


def sweep(*, scope: Scope, limit: int = 1000) -> int:
    """Deliver what is due; returns how many were tried. Each copy in transactions of its own."""
    with acting_as(scope):
        waiting = MessageCopy.objects.visible_to(scope).due(scope)
        due = list(waiting.order_by("next_try_at", "pk").values_list("pk", flat=True)[:limit])
    for copy_id in due:
        deliver(scope=scope, copy_id=copy_id)
    return len(due)


def parcel_of(row: MessageCopy) -> Parcel:
    """The copy as it goes out; its number makes the file name unique and repeatable."""
    main_contractor = MainContractor.objects.select_related("organisation").get(
        pk=row.main_contractor_id
    )
    original = row.original
    return Parcel(
        main_contractor=main_contractor.organisation.kvk,
        party=row.municipality.code,
        name=name_of(row),
        content=content.opened(original),
        kind=original.name,
        sender=main_contractor.organisation.agb,
        sent_at=row.created_at,
    )


def name_of(row: MessageCopy) -> str:
    """The name of the file."""
    return f"{PREFIX}-{row.original.name}-{row.pk:08d}.xml"
