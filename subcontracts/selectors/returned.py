"""The work list's items about messages that came back with errors, for whoever sent them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.scope import Scope
from messaging.models import IncomingMessage, Leg, OutgoingMessage
from subcontracts.models import Allocation, Client, UpwardReport
from subcontracts.rules import consequences, messagekeys, terms
from subcontracts.worklist import WorkItem

#: Lines of one kind that a person can still oversee.
MOST: Final = 50
REPORTS: Final = ("305", "307")
#: What goes down by message and is not shown elsewhere when it comes back.
RELAYED: Final = ("301", "319")
#: What a subcontractor's software sends in the care chain.
SENT_BELOW: Final = ("305", "307", "315", "317")

FROM_MUNICIPALITIES = gettext_lazy("Starts and stops that a municipality returned")
FROM_SUBCONTRACTORS = gettext_lazy("Messages that a subcontractor returned")
OWN = gettext_lazy("Messages of your software with errors")


def above(scope: Scope) -> Iterable[WorkItem]:
    """What the main contractor must put right: its reports upward, and what it passed on."""
    return [*_reports(scope), *_relayed(scope)]


def _reports(scope: Scope) -> Iterator[WorkItem]:
    rows = OutgoingMessage.objects.visible_to(scope).refused().filter(leg=Leg.UP)
    sent = list(rows.filter(message_type__in=REPORTS).defer("content").order_by("pk")[:MOST])
    found = _allocations(scope, sent)
    days = _days_told(scope, sent)
    for message in sent:
        # One line an allocation: what is wrong with it is put right together.
        allocation = found.pop(messagekeys.allocation_of_report(message.key), None)
        if allocation is None:
            continue
        told = days.get(message.pk, timezone.localdate(message.created_at))
        yield WorkItem(
            kind=FROM_MUNICIPALITIES,
            text=f"{allocation.client} · {allocation.municipality} · {message.name}",
            url=reverse("allocation_detail", args=[allocation.pk]),
            verb=_("Mend"),
            due=terms.report_due(told, told, terms.REPORT_DAYS).up,
            consequence=consequences.of_term(message.message_type, allocation.family),
        )


def _allocations(scope: Scope, sent: Sequence[OutgoingMessage]) -> dict[int, Allocation]:
    rows = Allocation.objects.visible_to(scope).filter(
        pk__in={messagekeys.allocation_of_report(message.key) for message in sent},
        client__is_sealed=False,
    )
    return {row.pk: row for row in rows.select_related("client", "municipality")}


def _days_told(scope: Scope, sent: Sequence[OutgoingMessage]) -> dict[int, date]:
    """The first day of care, or the last, that each message told of: its term runs from there."""
    rows = UpwardReport.objects.visible_to(scope).filter(
        message__in=[message.pk for message in sent]
    )
    days: dict[int, date] = {}
    for row in rows:
        day = row.end_date or row.begin_date
        if row.message_id is not None:
            days[row.message_id] = min(day, days.get(row.message_id, day))
    return days


def _relayed(scope: Scope) -> Iterator[WorkItem]:
    rows = OutgoingMessage.objects.visible_to(scope).refused().filter(leg=Leg.DOWN)
    listed = rows.filter(message_type__in=RELAYED).defer("content").order_by("pk")
    sent = list(listed.select_related("provider_organisation")[:MOST])
    clients = clients_by_hash(scope, sent)
    for message in sent:
        yield WorkItem(
            kind=FROM_SUBCONTRACTORS,
            text=f"{message.name} · {message.provider_organisation}",
            url=message.get_absolute_url(),
            verb=_("Mend"),
            is_sealed=is_sealed(clients.get(bytes(message.client_hash or b""))),
        )


def below(scope: Scope) -> Iterator[WorkItem]:
    """What a subcontractor's software sent and must send again."""
    rows = IncomingMessage.objects.visible_to(scope).refused().filter(leg=Leg.DOWN)
    listed = rows.filter(message_type__in=SENT_BELOW).defer("content").order_by("pk")
    sent = list(listed[:MOST])
    clients = clients_by_hash(scope, sent)
    for message in sent:
        client = clients.get(bytes(message.client_hash or b""))
        about = str(client) if client else message.identification
        yield WorkItem(
            kind=OWN,
            text=f"{message.name} · {about}",
            url=message.get_absolute_url(),
            verb=_("Mend"),
            is_sealed=is_sealed(client),
        )


def clients_by_hash(
    scope: Scope, messages: Sequence[IncomingMessage] | Sequence[OutgoingMessage]
) -> dict[bytes, Client]:
    """The clients of these messages by the hash of their BSN, as far as this scope sees them."""
    hashes = [bytes(message.client_hash) for message in messages if message.client_hash]
    rows = Client.objects.visible_to(scope).filter(bsn_hash__in=hashes)
    return {
        bytes(row.bsn_hash): row
        for row in rows.only("pseudonym", "bsn_hash", "is_sealed")
        if row.bsn_hash
    }


def is_sealed(client: Client | None) -> bool:
    """Whether nothing about this client leaves the site; an unknown one is not known as such."""
    return client is not None and client.is_sealed
