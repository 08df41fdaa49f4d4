"""Finding clients by keyed hash, and what happened with one of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from hoofdaannemer.core.scope import Scope
from messaging.models import IncomingMessage, OutgoingMessage
from subcontracts.models import (
    Allocation,
    CareRequest,
    Client,
    DeliveryStart,
    DeliveryStop,
    Placement,
)
from subcontracts.rules import keys
from subcontracts.words import goods_text, stop_reason_text

#: A search gives at most this many; more means that it should be narrower.
MOST = 25


def ids_of(scope: Scope, hashes: Collection[bytes]) -> Iterable[int]:
    """Clients with these BSN hashes that the scope may see; for the message board."""
    return Client.objects.visible_to(scope).filter(bsn_hash__in=hashes).values_list("pk", flat=True)


@dataclass(frozen=True)
class Wanted:
    """What a person typed: one of the three ways to find a client."""

    bsn: str = ""
    number: int | None = None
    birth_date: date | None = None
    letters: str = ""


def find(scope: Scope, wanted: Wanted) -> list[Client]:
    """Clients that fit, sorted by name after decryption. Sealed ones are not listed."""
    visible = Client.objects.visible_to(scope).filter(is_sealed=False)
    found: QuerySet[Client]
    if wanted.bsn:
        found = visible.filter(bsn_hash=keys.bsn_key(wanted.bsn))
    elif wanted.number is not None:
        found = _by_number(scope, visible, wanted.number)
    elif wanted.birth_date is not None:
        found = visible.filter(name_hash=keys.name_key(wanted.birth_date, wanted.letters))
    else:
        return []
    rows = found.select_related("municipality")[:MOST]
    return sorted(rows, key=lambda row: (row.surname.casefold(), row.initials, row.pk))


def _by_number(scope: Scope, visible: QuerySet[Client], number: int) -> QuerySet[Client]:
    placed = Placement.objects.visible_to(scope).filter(number=number).values("client")
    allocated = Allocation.objects.visible_to(scope).filter(number=number).values("client")
    return visible.filter(Q(pk__in=placed) | Q(pk__in=allocated))


@dataclass(frozen=True)
class Event:
    """One line of a client's timeline."""

    at: datetime
    title: str
    text: str = ""
    url: str = ""


def timeline(scope: Scope, client: Client) -> list[Event]:
    """Requests, allocations, placements, starts and stops, and messages; newest first."""
    events = [
        *_requests(scope, client),
        *_allocations(scope, client),
        *_placements(scope, client),
        *_deliveries(scope, client),
        *_messages(scope, client),
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _requests(scope: Scope, client: Client) -> Iterable[Event]:
    rows = CareRequest.objects.visible_to(scope).filter(client=client)
    for row in rows.with_goods():
        is_change = row.kind == CareRequest.Kind.CHANGE
        title = _("Request for change %(number)s") if is_change else _("Request %(number)s")
        yield Event(
            row.recorded_at,
            title % {"number": row.number},
            f"{goods_text(row)} · {row.get_status_display()}",
            reverse("request_detail", args=[row.pk]),
        )


def _allocations(scope: Scope, client: Client) -> Iterable[Event]:
    rows = Allocation.objects.visible_to(scope).filter(client=client)
    for row in rows.select_related("product", "municipality"):
        yield Event(
            row.received_at,
            _("Allocation %(number)s received") % {"number": row.number},
            f"{row.product or row.category} · {row.municipality}",
            reverse("allocation_detail", args=[row.pk]),
        )


def _placements(scope: Scope, client: Client) -> Iterable[Event]:
    rows = Placement.objects.visible_to(scope).filter(client=client)
    for row in rows.select_related("provider_organisation", "product"):
        url = reverse("placement_detail", args=[row.pk])
        yield Event(
            row.offered_at,
            _("Placed with %(name)s") % {"name": row.provider_organisation.name},
            f"{row.product}",
            url,
        )
        if row.replied_at is not None:
            yield Event(row.replied_at, str(row.get_status_display()).capitalize(), "", url)


def _deliveries(scope: Scope, client: Client) -> Iterable[Event]:
    starts = DeliveryStart.objects.visible_to(scope).live().filter(placement__client=client)
    for start in starts.select_related("placement__provider_organisation"):
        yield Event(
            start.recorded_at,
            _("Start of care reported"),
            f"{start.begin_date:%d-%m-%Y} · {start.placement.provider_organisation.name}",
            reverse("placement_detail", args=[start.placement_id]),
        )
    stops = DeliveryStop.objects.visible_to(scope).live().filter(start__placement__client=client)
    for stop in stops.select_related("start__placement__provider_organisation"):
        placement = stop.start.placement
        yield Event(
            stop.recorded_at,
            _("End of care reported"),
            f"{stop.end_date:%d-%m-%Y} · {stop_reason_text(placement.family, stop.reason)}",
            reverse("placement_detail", args=[placement.pk]),
        )


def _messages(scope: Scope, client: Client) -> Iterable[Event]:
    if client.bsn_hash is None:
        return
    mine = {"client_hash": bytes(client.bsn_hash), "main_contractor": client.main_contractor_id}
    received = IncomingMessage.objects.visible_to(scope).filter(**mine).defer("content")
    for row in received:
        title = _("Message %(type)s received") % {"type": _name(row)}
        yield Event(row.received_at, title, str(row.get_state_display()))
    sent = OutgoingMessage.objects.visible_to(scope).filter(**mine).defer("content")
    for message in sent:
        title = _("Message %(type)s sent") % {"type": _name(message)}
        yield Event(message.created_at, title, str(message.get_state_display()))


def _name(row: IncomingMessage | OutgoingMessage) -> str:
    return f"{row.family.upper()}{row.message_type}"


def age_on(client: Client, day: date) -> int:
    """Whole years on a day."""
    born = date.fromisoformat(client.birth_date)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
