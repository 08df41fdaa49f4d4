"""The messages that this app sends: the relayed 301 down; 305 and 307 up.

Requests and the answers to them have a module of their own. Each message is put in the out-tray
under a key that names the fact and its revision, in the transaction of the change it tells of.
Upward everything is the main contractor's own; downward a 301 carries the municipality's code,
under its recorded consent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F
from django.utils import timezone

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.core import money
from hoofdaannemer.core.scope import Scope
from messaging.exchange.services import identification, outtray
from messaging.istandaard import builders
from messaging.istandaard.model.allocation import AllocatedProduct, Contact
from messaging.istandaard.model.delivery import StartProduct, StopProduct
from messaging.istandaard.model.elements import Family
from messaging.istandaard.model.messages import Message
from messaging.istandaard.model.values import Address, Extent, House, Product
from messaging.models import OutgoingMessage, OutgoingQuerySet
from subcontracts import models
from subcontracts.models.allocations import Extent as Extents
from subcontracts.models.requests import Asked
from subcontracts.rules import messagekeys
from subcontracts.rules.combining import Changes, Start, Stop
from subcontracts.services import clients, links

#: StatusAanlevering of a start or stop.
NEW, DELETED = "1", "3"


def relay(
    *, scope: Scope, allocation: models.Allocation, placements: Sequence[models.Placement], key: str
) -> OutgoingMessage:
    """Send a subcontractor the 301 with all its placements of this client (OP087)."""
    organisation = placements[0].provider_organisation
    envelope = builders.Envelope(
        family=Family(allocation.family),
        sender=allocation.municipality.code,
        receiver=organisation.agb,
        number=identification.next_identification(scope, allocation.main_contractor_id),
        day=scope.today,
    )
    changes = _changes_answered(placements)
    message = builders.allocation(
        envelope,
        clients.as_person(allocation.client),
        [_allocated(placement, changes.get(placement.allocation_id)) for placement in placements],
        contacts_of(allocation.client),
    )
    sent = outtray.put(
        scope=scope,
        main_contractor_id=allocation.main_contractor_id,
        to=organisation,
        message=message,
        key=key,
    )
    links.told(sent, *placements)
    return sent


def _changes_answered(
    placements: Sequence[models.Placement],
) -> dict[int, models.RequestedChange]:
    """The request for change that an allocation, as it stands, answers; by its primary key."""
    rows = models.AllocationVersion.objects.filter(
        allocation__in=[placement.allocation_id for placement in placements],
        decided_at=F("allocation__decided_at"),
        requested_change__isnull=False,
    )
    return {
        row.allocation_id: row.requested_change
        for row in rows.order_by().select_related("requested_change")
        if row.requested_change
    }


def _allocated(
    placement: models.Placement, change: models.RequestedChange | None
) -> AllocatedProduct:
    decided = timezone.localtime(placement.revised_at or placement.offered_at)
    product = placement.product
    is_deleted = placement.status == models.Placement.Status.WITHDRAWN
    return AllocatedProduct(
        number=placement.number,
        provider_reference=_reference(placement, change),
        product=Product(category=product.category, code=product.code),
        decided_on=decided.date(),
        decided_at=decided.time().replace(microsecond=0),
        start_date=placement.start_date,
        # A deleted one ends on the day it starts and counts as never sent (CS335).
        end_date=placement.start_date if is_deleted else placement.end_date,
        change_reason=placement.change_reason,
        extent=extent_of(placement),
        budget=budget_of(placement),
    )


def _reference(placement: models.Placement, change: models.RequestedChange | None) -> str:
    """The reference of the subcontractor's own request, on the first result of it (IV097)."""
    if placement.status == models.Placement.Status.WITHDRAWN:
        return ""
    is_first = placement.revised_at is None
    asked: Asked | None = change or (placement.allocation.requested_product if is_first else None)
    if asked is None or asked.provider_organisation_id != placement.provider_organisation_id:
        return ""
    if isinstance(asked, models.RequestedProduct) and asked.elsewhere_at is not None:
        # Closed by a 319: what is placed with the asker after all is no answer to it any more.
        return ""
    return asked.provider_reference


def extent_of(row: Extents) -> Extent | None:
    """How much care as a message says it, where it is a volume."""
    if row.volume is None:
        return None
    return Extent(volume=row.volume, unit=row.unit, frequency=row.frequency)


def budget_of(row: Extents) -> int | None:
    """A budget in eurocents, where there is one."""
    return None if row.budget is None else money.to_cents(row.budget)


def contacts_of(client: models.Client) -> list[Contact]:
    """The address of a client as a 301 says it."""
    street, number, postcode, town = ([*client.address.split("\n"), "", "", "", ""])[:4]
    house, letter, addition = ([*number.split(" ", 2), "", "", ""])[:3]
    if len(letter) > 1:
        letter, addition = "", f"{letter} {addition}".strip()
    return [
        Contact(
            kind="01",
            address=Address(
                house=House(number=int(house), letter=letter, addition=addition)
                if house.isdigit()
                else None,
                postcode=postcode,
                street=street,
                town=town,
                country="NL",
            ),
        )
    ]


@dataclass
class Told:
    """Which message told each fact, and which took each back."""

    new: dict[Start | Stop, OutgoingMessage] = field(default_factory=dict)
    withdrawn: dict[Start | Stop, OutgoingMessage] = field(default_factory=dict)


def reports_about(scope: Scope, allocation: models.Allocation) -> OutgoingQuerySet:
    """Every 305 and 307 that went to the municipality about an allocation; the key says so."""
    return OutgoingMessage.objects.visible_to(scope).filter(
        main_contractor=allocation.main_contractor_id,
        key__startswith=messagekeys.report_key(allocation.pk),
    )


def _next_revision(scope: Scope, allocation: models.Allocation) -> int:
    told = reports_about(scope, allocation).values_list("key", flat=True)
    return 1 + max((messagekeys.revision_of_report(key) for key in told), default=0)


def report_up(
    *,
    scope: Scope,
    allocation: models.Allocation,
    told: Changes,
    cause: models.DeliveryStart | models.DeliveryStop | None,
) -> Told:
    """Tell the municipality what changed, as 307 and 305, in an order it can follow.

    Where a start changes, stops are taken back before it and told again after it. `cause` is the
    report of a subcontractor that changed it; None where a person sends it again.
    """
    sent = Told()
    key = messagekeys.report_key(allocation.pk, _next_revision(scope, allocation))
    starts_change = bool(told.withdrawn_starts or told.new_starts)
    if starts_change and told.withdrawn_stops:
        back = told.withdrawn_stops
        message = _stop_message(scope, allocation, told, back, f"{key}:stop-back")
        sent.withdrawn.update(dict.fromkeys(back, message))
    if starts_change:
        message = _start_message(scope, allocation, told, f"{key}:start")
        sent.withdrawn.update(dict.fromkeys(told.withdrawn_starts, message))
        sent.new.update(dict.fromkeys(told.new_starts, message))
    back = () if starts_change else told.withdrawn_stops
    if back or told.new_stops:
        message = _stop_message(scope, allocation, told, back + told.new_stops, f"{key}:stop")
        sent.withdrawn.update(dict.fromkeys(back, message))
        sent.new.update(dict.fromkeys(told.new_stops, message))
    for message in {*sent.new.values(), *sent.withdrawn.values()}:
        links.told(message, allocation, cause)
    return sent


def _start_message(
    scope: Scope, allocation: models.Allocation, told: Changes, key: str
) -> OutgoingMessage:
    message = builders.start(
        upward(scope, allocation),
        clients.as_person(allocation.client),
        [
            StartProduct(
                allocation_number=_number_of(allocation),
                product=product_of(allocation),
                allocation_start_date=_start_of(allocation),
                begin_date=start.begin,
                delivery_status=DELETED if start in told.withdrawn_starts else NEW,
            )
            for start in told.withdrawn_starts + told.new_starts
        ],
    )
    return put_up(scope, allocation, message, key)


def _stop_message(
    scope: Scope,
    allocation: models.Allocation,
    told: Changes,
    stops: Sequence[Stop],
    key: str,
) -> OutgoingMessage:
    message = builders.stop(
        upward(scope, allocation),
        clients.as_person(allocation.client),
        [
            StopProduct(
                allocation_number=_number_of(allocation),
                product=product_of(allocation),
                allocation_start_date=_start_of(allocation),
                begin_date=stop.begin,
                stop_reason=stop.reason,
                end_date=stop.end,
                delivery_status=DELETED if stop in told.withdrawn_stops else NEW,
            )
            for stop in stops
        ],
    )
    return put_up(scope, allocation, message, key)


def _number_of(allocation: models.Allocation) -> int | None:
    """The number by which the municipality knows it; under a task there is none (IV096)."""
    return None if allocation.origin == models.AllocatedBy.TASK else allocation.number


def _start_of(allocation: models.Allocation) -> date | None:
    return None if allocation.origin == models.AllocatedBy.TASK else allocation.start_date


def product_of(row: models.Allocation) -> Product | None:
    """The product as allocated: an aspecific one without code, a generic one not at all."""
    if row.product is not None:
        return Product(category=row.product.category, code=row.product.code)
    return Product(category=row.category) if row.category else None


def upward(
    scope: Scope, row: models.Allocation | models.CareRequest, number: str = ""
) -> builders.Envelope:
    """The head of a message to the municipality; a new number unless it is only tried."""
    main = MainContractor.objects.select_related("organisation").get(pk=row.main_contractor_id)
    return builders.Envelope(
        family=Family(row.family),
        sender=main.agb,
        receiver=row.municipality.code,
        number=number or identification.next_identification(scope, row.main_contractor_id),
        day=scope.today,
    )


def put_up(
    scope: Scope, row: models.Allocation | models.CareRequest, message: Message, key: str
) -> OutgoingMessage:
    """Send the municipality a message about an allocation or a request."""
    return outtray.put(
        scope=scope,
        main_contractor_id=row.main_contractor_id,
        to=row.municipality,
        message=message,
        key=key,
    )
