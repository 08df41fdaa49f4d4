"""The messages that this app sends: relayed 301 and 319 down; 305, 307 and 315 up.

Each is put in the out-tray under a key that names the fact and its revision, in the transaction
of the change it tells of. Upward everything is the main contractor's own; downward a 301 carries
the municipality's code, under its recorded consent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.core import money
from hoofdaannemer.core.scope import Scope
from messaging.exchange.services import identification, outtray
from messaging.istandaard import builders
from messaging.istandaard.model.allocation import AllocatedProduct, Contact
from messaging.istandaard.model.delivery import StartProduct, StopProduct
from messaging.istandaard.model.elements import Family
from messaging.istandaard.model.messages import (
    AllocationRequestMessage,
    AnswerMessage,
    Message,
)
from messaging.istandaard.model.requests import (
    RequestAnswer,
    RequestedProduct,
    ResidencePrinciple,
)
from messaging.istandaard.model.values import Address, Extent, House, Product, Referrer
from messaging.models import IncomingMessage, OutgoingMessage, OutgoingQuerySet
from subcontracts import models
from subcontracts.rules import messagekeys
from subcontracts.rules.combining import Changes, Start, Stop
from subcontracts.services import clients

#: StatusAanlevering of a start or stop, and VerzoekAntwoord of a 319 (code list WJ760).
NEW, DELETED = "1", "3"
REFUSED, INVESTIGATED = "1", "2"


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
    message = builders.allocation(
        envelope,
        clients.as_person(allocation.client),
        [_allocated(placement) for placement in placements],
        _contacts(allocation.client),
    )
    return outtray.put(
        scope=scope,
        main_contractor_id=allocation.main_contractor_id,
        to=organisation,
        message=message,
        key=key,
    )


def _allocated(placement: models.Placement) -> AllocatedProduct:
    decided = timezone.localtime(placement.revised_at or placement.offered_at)
    product = placement.product
    is_deleted = placement.status == models.Placement.Status.WITHDRAWN
    return AllocatedProduct(
        number=placement.number,
        provider_reference=_reference(placement),
        product=Product(category=product.category, code=product.code),
        decided_on=decided.date(),
        decided_at=decided.time().replace(microsecond=0),
        start_date=placement.start_date,
        # A deleted one ends on the day it starts and counts as never sent (CS335).
        end_date=placement.start_date if is_deleted else placement.end_date,
        change_reason=placement.change_reason,
        extent=_extent(placement),
        budget=None if placement.budget is None else money.to_cents(placement.budget),
    )


def _reference(placement: models.Placement) -> str:
    """The reference of the subcontractor's own request, on the first result of it (IV097)."""
    asked = placement.allocation.requested_product
    is_first = placement.revised_at is None
    if asked is None or not is_first:
        return ""
    is_asker = asked.provider_organisation_id == placement.provider_organisation_id
    return asked.provider_reference if is_asker else ""


def _extent(row: models.Placement | models.RequestedProduct) -> Extent | None:
    if row.volume is None:
        return None
    return Extent(volume=row.volume, unit=row.unit, frequency=row.frequency)


def _contacts(client: models.Client) -> list[Contact]:
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


def report_up(*, scope: Scope, allocation: models.Allocation, told: Changes) -> Told:
    """Tell the municipality what changed, as 307 and 305, in an order it can follow.

    Where a start changes, stops are taken back before it and told again after it.
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
    return sent


def _start_message(
    scope: Scope, allocation: models.Allocation, told: Changes, key: str
) -> OutgoingMessage:
    message = builders.start(
        _upward(scope, allocation),
        clients.as_person(allocation.client),
        [
            StartProduct(
                allocation_number=allocation.number,
                product=_product(allocation),
                allocation_start_date=allocation.start_date,
                begin_date=start.begin,
                delivery_status=DELETED if start in told.withdrawn_starts else NEW,
            )
            for start in told.withdrawn_starts + told.new_starts
        ],
    )
    return _put_up(scope, allocation, message, key)


def _stop_message(
    scope: Scope,
    allocation: models.Allocation,
    told: Changes,
    stops: Sequence[Stop],
    key: str,
) -> OutgoingMessage:
    message = builders.stop(
        _upward(scope, allocation),
        clients.as_person(allocation.client),
        [
            StopProduct(
                allocation_number=allocation.number,
                product=_product(allocation),
                allocation_start_date=allocation.start_date,
                begin_date=stop.begin,
                stop_reason=stop.reason,
                end_date=stop.end,
                delivery_status=DELETED if stop in told.withdrawn_stops else NEW,
            )
            for stop in stops
        ],
    )
    return _put_up(scope, allocation, message, key)


def _product(row: models.Allocation) -> Product | None:
    """The product as allocated: an aspecific one without code, a generic one not at all."""
    if row.product is not None:
        return Product(category=row.product.category, code=row.product.code)
    return Product(category=row.category) if row.category else None


def _upward(scope: Scope, row: models.Allocation | models.CareRequest) -> builders.Envelope:
    main = MainContractor.objects.select_related("organisation").get(pk=row.main_contractor_id)
    return builders.Envelope(
        family=Family(row.family),
        sender=main.agb,
        receiver=row.municipality.code,
        number=identification.next_identification(scope, row.main_contractor_id),
        day=scope.today,
    )


def _put_up(
    scope: Scope,
    row: models.Allocation | models.CareRequest,
    message: Message,
    key: str,
    in_reply_to: IncomingMessage | None = None,
) -> OutgoingMessage:
    return outtray.put(
        scope=scope,
        main_contractor_id=row.main_contractor_id,
        to=row.municipality,
        message=message,
        key=key,
        in_reply_to=in_reply_to,
    )


def request_up(*, scope: Scope, request: models.CareRequest, key: str) -> OutgoingMessage:
    """Send a request as the main contractor's own 315, with all its products."""
    return _put_up(scope, request, request_message(scope=scope, request=request), key)


def request_message(*, scope: Scope, request: models.CareRequest) -> AllocationRequestMessage:
    """The 315 of a request, as it goes to the municipality."""
    return builders.allocation_request(
        _upward(scope, request),
        clients.as_person(request.client),
        [_requested(row) for row in request.products.select_related("product")],
        guardian_known={True: "1", False: "2", None: ""}[request.guardian_known],
        comment=request.comment,
    )


def answer_down(*, scope: Scope, product: models.RequestedProduct) -> OutgoingMessage:
    """Tell a subcontractor's software what became of a product that it asked for (319)."""
    organisation = product.provider_organisation
    if organisation is None:
        raise ValueError("nobody below asked for this product")
    is_refused = product.answer == models.RequestedProduct.Answer.REFUSED
    envelope = builders.Envelope(
        family=Family(product.family),
        sender=product.request.municipality.code,
        receiver=organisation.agb,
        number=identification.next_identification(scope, product.main_contractor_id),
        day=scope.today,
    )
    residence = None
    if product.responsible_code:
        residence = ResidencePrinciple(municipality=product.responsible_code)
    given = RequestAnswer(
        provider_reference=product.provider_reference,
        request_answer=REFUSED if is_refused else INVESTIGATED,
        rejection_reason=product.rejection_reason,
        residence_principle=residence,
    )
    return outtray.put(
        scope=scope,
        main_contractor_id=product.main_contractor_id,
        to=organisation,
        message=AnswerMessage(family=envelope.family, header=envelope.header, answer=given),
        key=f"answer:{product.pk}:{product.answer}",
    )


def _requested(row: models.RequestedProduct) -> RequestedProduct:
    return RequestedProduct(
        provider_reference=row.reference,
        decision_number=row.decision_number,
        product=Product(category=row.product.category, code=row.product.code),
        decision_start_date=row.decision_start_date,
        allocation_start_date=row.start_date,
        allocation_end_date=row.end_date,
        extent=_extent(row),
        budget=None if row.budget is None else money.to_cents(row.budget),
        referrer=Referrer(
            type=row.referrer_type,
            name=row.referrer_name,
            practitioner_code=row.referrer_agb,
        ),
        framework_contract=row.framework_contract,
        comment=row.comment,
    )
