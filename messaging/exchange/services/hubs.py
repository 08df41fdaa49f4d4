"""What a hub delivers: stored byte for byte, opened, and only then confirmed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import MainContractor, Municipality
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError
from hoofdaannemer.core.locks import lock_text
from hoofdaannemer.core.scope import Scope
from messaging.exchange import content, policies
from messaging.exchange.hubmodels import HubEnvelope
from messaging.exchange.models import IncomingMessage, Leg, OutgoingMessage
from messaging.exchange.services import intake, outtray, routing
from messaging.exchange.transports import envelopes, faults, hubs, stuf, vsp
from messaging.exchange.transports.envelopes import Envelope, EnvelopeError, Fault
from messaging.exchange.transports.hubs import Connection

State = HubEnvelope.State


@dataclass(frozen=True, slots=True)
class _Delivery:
    """One delivery at work: who brings what, and how it is recognised when it comes again."""

    scope: Scope
    connection: Connection
    main_contractor: MainContractor
    raw: bytes
    opened: Envelope | Fault | None = None

    @property
    def digest(self) -> bytes:
        """Of the meaning, since boundary and moment differ at each try; of the bytes otherwise."""
        if self.opened is None:
            return content.digest_of(self.raw)
        if isinstance(self.opened, Fault):
            return hashlib.sha256(repr(self.opened).encode()).digest()
        one = self.opened
        head = repr((one.kind, one.sender, one.receiver, one.reference, one.answers)).encode()
        return hashlib.sha256(head + content.digest_of(one.payload)).digest()


@transaction.atomic
def receive(
    *, scope: Scope, connection: Connection, raw: bytes, content_type: str
) -> tuple[HubEnvelope, Envelope | Fault | EnvelopeError]:
    """Store what a hub delivers, and take in the message that is in it; a worker judges it.

    The same reference with the same content gives the first row again and changes nothing. What
    cannot be opened is kept and listed for a person, and the hub is told why. What was refused is
    looked at anew when it comes again, since what was wrong may have been our own settings.
    """
    owner = routing.main_contractor_by_kvk(connection.main_contractor)
    delivery = _Delivery(scope, connection, owner, raw)
    try:
        opened = _decoded(connection, raw, content_type)
    except EnvelopeError as error:
        return _refused(delivery, error), error
    delivery = _Delivery(scope, connection, owner, raw, opened)
    lock_text(f"hub:{owner.pk}:{connection.hub}:{opened.reference}")
    try:
        # What went wrong halfway leaves nothing but the refusal.
        with transaction.atomic():
            return _taken(delivery, opened), opened
    except EnvelopeError as error:
        return _refused(delivery, error), error


def _decoded(connection: Connection, raw: bytes, content_type: str) -> Envelope | Fault:
    if connection.hub == hubs.GGK:
        return stuf.decode(raw)
    return vsp.decode(raw, content_type)


def _taken(delivery: _Delivery, opened: Envelope | Fault) -> HubEnvelope:
    scope, hub, owner = delivery.scope, delivery.connection.hub, delivery.main_contractor
    rows = HubEnvelope.objects.visible_to(scope).filter(main_contractor=owner, hub=hub)
    earlier = rows.filter(state=State.TAKEN, reference=opened.reference).first()
    if earlier is not None:
        if bytes(earlier.digest) == delivery.digest:
            return earlier
        text = _("This reference was used before, for another message.")
        raise EnvelopeError(
            "reference_reused", "referentienummer", text, reference=opened.reference
        )
    message = _message(delivery, opened)
    row = rows.filter(state=State.REFUSED, digest=delivery.digest).first() or _row(delivery)
    row.state = State.TAKEN
    row.reference = opened.reference
    row.message = message
    row.code, row.path, row.text = "", "", ""
    if isinstance(opened, Envelope):
        row.conversation = opened.conversation
    row.save()
    audit.record(scope, "envelope.received", row, hub=hub, message=message.pk if message else 0)
    return row


def _message(delivery: _Delivery, opened: Envelope | Fault) -> IncomingMessage | None:
    if isinstance(opened, Fault):
        _report(delivery, opened)
        return None
    envelopes.check(opened, delivery.main_contractor.organisation.agb)
    municipality = Municipality.objects.filter(code=opened.sender).first()
    if municipality is None:
        text = _("There is no municipality with the code %(code)s.") % {"code": opened.sender[:40]}
        raise EnvelopeError("sender", "zender", text, reference=opened.reference)
    message = intake.receive(
        scope=delivery.scope,
        raw=opened.payload,
        main_contractor_id=delivery.main_contractor.pk,
        leg=Leg.UP,
        source=IncomingMessage.Source(delivery.connection.hub),
        municipality_id=municipality.pk,
        later=True,
    )
    if message.state not in intake.OPEN:
        outtray.answer_again(scope=delivery.scope, received=message)
    return message


def _report(delivery: _Delivery, fault: Fault) -> None:
    """A hub says that something we sent did not arrive."""
    text = _("This reports a fault in something that was not sent from here.")
    strange = EnvelopeError("fault", "crossRefnummer", text, reference=fault.reference)
    if not envelopes.REFERENCE.fullmatch(fault.answers) or not fault.reference:
        raise strange
    sent = OutgoingMessage.objects.visible_to(delivery.scope).filter(
        main_contractor=delivery.main_contractor, reference=UUID(fault.answers)
    )
    if (row := sent.first()) is None:
        raise strange
    outtray.reported_undelivered(scope=delivery.scope, row=row, refusal=faults.refusal(fault.code))


def _refused(delivery: _Delivery, error: EnvelopeError) -> HubEnvelope:
    scope, hub, owner = delivery.scope, delivery.connection.hub, delivery.main_contractor
    lock_text(f"hub:{owner.pk}:{hub}:{delivery.digest.hex()}")
    known = HubEnvelope.objects.visible_to(scope).filter(
        main_contractor=owner, hub=hub, state=State.REFUSED, digest=delivery.digest
    )
    if (earlier := known.first()) is not None:
        return earlier
    row = _row(delivery)
    row.state = State.REFUSED
    row.reference = error.reference[:36]
    row.code, row.path, row.text = error.code[:20], error.path[:60], error.message
    row.save()
    audit.record(scope, "envelope.refused", row, hub=hub, code=error.code)
    return row


def _row(delivery: _Delivery) -> HubEnvelope:
    return HubEnvelope(
        main_contractor=delivery.main_contractor,
        hub=delivery.connection.hub,
        digest=delivery.digest,
        content=content.sealed(delivery.raw),
        received_at=delivery.scope.at,
        receipt=uuid4(),
    )


@transaction.atomic
def settle(*, scope: Scope, envelope_id: int) -> HubEnvelope:
    """A person dealt with an envelope that was refused.

    Raises NotAllowedError for other roles, ConflictError where it needs nobody.
    """
    policies.check_can_attend(scope)
    rows = HubEnvelope.objects.visible_to(scope).select_for_update(of=("self",))
    row = rows.get(pk=envelope_id)
    if row.state != State.REFUSED or row.settled_at is not None:
        raise ConflictError(_("This envelope needs no attention any more. Reload the page."))
    row.settled_at = scope.at
    row.save(update_fields=["settled_at"])
    audit.record(scope, "envelope.settled", row)
    return row
