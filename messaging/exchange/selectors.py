"""Answers about the traffic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Min, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import MainContractor, Municipality, Organisation
from hoofdaannemer.core.crypto import keyed_hash
from hoofdaannemer.core.pages import allowed
from hoofdaannemer.core.scope import Scope
from messaging.exchange import client_lookup
from messaging.exchange.content import opened
from messaging.exchange.copymodels import MessageCopy
from messaging.exchange.hubmodels import HubEnvelope
from messaging.exchange.models import (
    UNANSWERED,
    Channel,
    IncomingMessage,
    Leg,
    OutgoingMessage,
    Party,
    Tray,
)
from messaging.exchange.policies import ATTENDANTS, check_can_rerun, check_can_resend
from messaging.exchange.reasons import why_received, why_sent
from messaging.exchange.rules import HEADER
from messaging.istandaard import Message, ParseResult, parse
from messaging.istandaard.parts import parts

#: Return codes that tell of no error: without remarks, and not assessed.
NO_ERROR: Final = frozenset({"0200", "0233"})


def transport_to(main_contractor_id: int, party: Party) -> Channel.Transport:
    """How messages travel to this party: as chosen, else up by folder and down by portal."""
    chosen = (
        Channel.objects.filter(
            main_contractor=main_contractor_id,
            leg=party.leg,
            municipality=party.municipality_id,
            provider_organisation=party.organisation_id,
        )
        .values_list("transport", flat=True)
        .first()
    )
    if chosen:
        return Channel.Transport(chosen)
    return usual_way(party.leg)


def usual_way(leg: Leg) -> Channel.Transport:
    """How messages travel where nobody chose."""
    return Channel.Transport.FOLDER if leg == Leg.UP else Channel.Transport.PORTAL


def is_sent_by_us(transport: Channel.Transport) -> bool:
    """Whether a worker hands messages over; a mailbox is emptied by its owner."""
    return transport not in {Channel.Transport.MAILBOX, Channel.Transport.PORTAL}


@dataclass(frozen=True, slots=True)
class Queue:
    """What has not reached a party: messages that wait, since when, and that need a person."""

    waiting: int = 0
    failed: int = 0
    since: datetime | None = None


def queues(scope: Scope) -> dict[tuple[int | None, int | None], Queue]:
    """By (municipality, organisation), in one query; without the content of any message."""
    states = OutgoingMessage.State
    rows = OutgoingMessage.objects.attended_by(scope).filter(
        state__in=[states.WAITING, states.FAILED]
    )
    found = (
        rows.order_by()
        .values_list("municipality", "provider_organisation")
        .annotate(
            waiting=Count("pk", filter=Q(state=states.WAITING)),
            failed=Count("pk", filter=Q(state=states.FAILED)),
            since=Min("created_at", filter=Q(state=states.WAITING)),
        )
    )
    return {(up, down): Queue(waiting, failed, since) for up, down, waiting, failed, since in found}


def transports_of(
    main_contractor_id: int,
) -> dict[tuple[int | None, int | None], Channel.Transport]:
    """What was chosen, by (municipality, organisation); the others go by the usual way."""
    rows = Channel.objects.filter(main_contractor=main_contractor_id)
    return {
        (up, down): Channel.Transport(way)
        for up, down, way in rows.values_list("municipality", "provider_organisation", "transport")
    }


@dataclass(frozen=True, slots=True)
class Attention:
    """One message that a person must look at. Holds no content."""

    message: IncomingMessage | OutgoingMessage
    since: datetime
    reason: str
    can_rerun: bool

    @property
    def title(self) -> str:
        """Message and party; for a page and for the work list."""
        name = self.message.name or _("Unknown document")
        party = self.message.municipality or self.message.provider_organisation
        return f"{name} · {party}" if party else name

    @property
    def verb(self) -> str:
        return _("Judge it again") if self.is_incoming else _("Send it again")

    @property
    def tone(self) -> str:
        return "negative" if self.message.state in {"rejected", "unreadable"} else "warning"

    @property
    def is_incoming(self) -> bool:
        return isinstance(self.message, IncomingMessage)

    @property
    def url(self) -> str:
        return self.message.get_absolute_url()

    @property
    def rerun_url(self) -> str:
        name = "message_rerun" if self.is_incoming else "sent_message_resend"
        return reverse(name, args=[self.message.pk])


#: Rows of each kind on one page; what is older comes up when these are done.
MOST_ATTENTION = 200


def attention(scope: Scope, *, limit: int = MOST_ATTENTION) -> list[Attention]:
    """What needs a person, newest first: failed, parked and refused messages.

    Empty for roles that cannot do anything about it.
    """
    if scope.role not in ATTENDANTS and not scope.is_system:
        return []
    related = ("municipality", "provider_organisation")
    incoming = (
        incoming_attention(scope)
        .select_related(*related)
        .prefetch_related(Prefetch("replies", OutgoingMessage.objects.defer("content")))[:limit]
    )
    outgoing = outgoing_attention(scope).select_related(*related)[:limit]
    found = [
        Attention(row, row.received_at, why_received(row), allowed(check_can_rerun, scope, row))
        for row in incoming
    ]
    found += [
        Attention(
            row, row.created_at, why_sent(row, scope.today), allowed(check_can_resend, scope, row)
        )
        for row in outgoing
    ]
    return sorted(found, key=lambda one: one.since, reverse=True)


def incoming_attention(scope: Scope) -> Any:
    """Received messages that stand still: failed, parked, or refused without an answer."""
    states = IncomingMessage.State
    stuck = Q(state__in=[states.FAILED, states.PARKED])
    unanswered = Q(state__in=[states.REJECTED, states.UNREADABLE], replies=None)
    return IncomingMessage.objects.attended_by(scope).filter(stuck | unanswered)


def outgoing_attention(scope: Scope) -> Any:
    """Sent messages that could not be delivered, or were refused, or not answered in time.

    A refused message leaves the list when a corrected one was accepted, or somebody dealt with it.
    """
    refused = Q(refused_at__isnull=False, settled_at=None)
    overdue = UNANSWERED & Q(return_due_date__lt=scope.today)
    failed = Q(state=OutgoingMessage.State.FAILED) | refused | overdue
    return OutgoingMessage.objects.attended_by(scope).filter(failed)


def unopened_envelopes(scope: Scope) -> Any:
    """Envelopes of the hubs that could not be opened, newest first; without their content."""
    return HubEnvelope.objects.visible_to(scope).unopened().defer("content")[:MOST_ATTENTION]


def undelivered_copies(scope: Scope) -> Any:
    """Copies to municipalities that could not be delivered, newest first."""
    rows = MessageCopy.objects.visible_to(scope).failed().with_messages()
    return rows[:MOST_ATTENTION]


def attention_count(scope: Scope) -> int:
    """How many messages need a person; for counters."""
    if scope.role not in ATTENDANTS:
        return 0
    envelopes = HubEnvelope.objects.visible_to(scope).unopened()
    lost = MessageCopy.objects.visible_to(scope).failed()
    found = (incoming_attention(scope), outgoing_attention(scope), envelopes, lost)
    return sum(int(rows.count()) for rows in found)


def errors_in(answer: Message) -> list[tuple[str, str]]:
    """Place and return code of every error that a return message tells, in document order."""
    found = [(HEADER, code) for code in answer.header.return_codes]
    found += [(path, code) for path, part in parts(answer) for code in part.return_codes]
    return [(path, code) for path, code in dict.fromkeys(found) if code not in NO_ERROR]


def errors_told(scope: Scope, sent: OutgoingMessage) -> list[tuple[str, str]]:
    """The errors with which the other side returned our message."""
    answers = IncomingMessage.objects.visible_to(scope).filter(answers=sent)
    answer = answers.order_by("-pk").first()
    message = document_of(answer).message if answer else None
    return errors_in(message) if message else []


def document_of(row: Tray) -> ParseResult:
    """The stored message, parsed again."""
    return parse(opened(row))


def clients_in(scope: Scope, row: Tray, document: ParseResult) -> set[int]:
    """Ids of the clients that a message names, as far as the scope may see them."""
    if row.client_hash:
        return client_lookup.clients_of(scope, {bytes(row.client_hash)})
    if document.root is None:
        return set()
    numbers = {element.text for element in document.root.iter("{*}Bsn") if element.text}
    return client_lookup.clients_of(scope, {keyed_hash(number) for number in numbers})


def main_contractors_of(scope: Scope) -> Iterable[MainContractor]:
    """Those that a subcontractor works for, or the one of a member of staff."""
    rows = MainContractor.objects.select_related("organisation").order_by("pk")
    if scope.organisation_id:
        links = Organisation.objects.visible_to(scope).values(
            "main_contractor_links__main_contractor"
        )
        return rows.filter(pk__in=links)
    return rows.filter(pk=scope.main_contractor_id)


def party_code(party: Municipality | Organisation) -> str:
    """The name of a party in folders: municipality code, AGB code, or trade register number."""
    if isinstance(party, Municipality):
        return party.code
    return party.agb or party.kvk
