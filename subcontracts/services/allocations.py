"""Allocations as municipalities send them (301), with every version."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core import money
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from messaging.istandaard import Finding
from messaging.istandaard.model.allocation import AllocatedProduct
from messaging.istandaard.model.messages import AllocationMessage
from messaging.istandaard.parts import parts
from messaging.models import IncomingMessage
from subcontracts import gates
from subcontracts.models import (
    Allocation,
    AllocationVersion,
    CareRequest,
    Client,
    MunicipalContract,
    Placement,
    Product,
    RequestedProduct,
)
from subcontracts.rules import keys
from subcontracts.services import answers, clients, deadlines, relaying

DELETED = relaying.DELETED
Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Known:
    """What we knew when the message came, by allocation number, reference and product."""

    client: Client | None
    allocations: Mapping[int, Allocation]
    requested: Mapping[str, RequestedProduct]
    contracts: Sequence[MunicipalContract]
    products: Mapping[Key, Product]
    #: Products of each contract, by its primary key.
    agreed: Mapping[int, frozenset[int]]


@transaction.atomic
def receive(
    *,
    scope: Scope,
    main_contractor_id: int,
    municipality: Municipality,
    message: AllocationMessage,
    incoming: IncomingMessage | None = None,
) -> list[Finding]:
    """Take over the allocations of a 301; nothing where something is found (OP286).

    Repeatable: a delivery is known by number, date and time (IV013). An allocation that is absent
    from a later message is not withdrawn.
    """
    known = _known(main_contractor_id, municipality, message)
    paths = {id(part): path for path, part in parts(message)}
    received = message.client.allocated_products
    findings = [
        found for product in received for found in _findings(known, product, paths[id(product)])
    ]
    if findings:
        return findings
    client = clients.keep(
        scope=scope,
        main_contractor_id=main_contractor_id,
        person=clients.of_allocation(message.client),
        municipality=municipality,
    )
    for product in received:
        delivery = Delivery(product, incoming)
        allocation = known.allocations.get(product.number)
        if allocation is None:
            _created(scope, known, client, municipality, message.family.value, delivery)
        else:
            _renewed(scope, allocation, delivery)
    return []


@dataclass(frozen=True)
class Delivery:
    """One allocation as it came in a message."""

    product: AllocatedProduct
    incoming: IncomingMessage | None

    @property
    def decided_at(self) -> datetime:
        """The moment that makes the latest delivery the current one (IV013)."""
        moment = datetime.combine(self.product.decided_on, self.product.decided_at)
        return timezone.make_aware(moment.replace(tzinfo=None))

    @property
    def is_deletion(self) -> bool:
        return self.product.change_reason == DELETED

    def extent(self) -> dict[str, object]:
        """Volume, unit, frequency and budget as model fields."""
        extent, budget = self.product.extent, self.product.budget
        return {
            "volume": extent.volume if extent else None,
            "unit": extent.unit if extent else "",
            "frequency": extent.frequency if extent else "",
            "budget": None if budget is None else money.from_cents(budget),
        }


def _known(
    main_contractor_id: int, municipality: Municipality, message: AllocationMessage
) -> Known:
    received = message.client.allocated_products
    of_main = {"main_contractor": main_contractor_id, "family": message.family.value}
    numbers = [product.number for product in received]
    references = [product.provider_reference for product in received if product.provider_reference]
    allocations = (
        Allocation.objects.filter(municipality=municipality, number__in=numbers, **of_main)
        .select_related("client", "product", "municipality", "municipal_contract")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    contracts = list(
        MunicipalContract.objects.filter(
            municipalities__municipality=municipality, **of_main
        ).prefetch_related("products")
    )
    return Known(
        client=Client.objects.filter(
            main_contractor=main_contractor_id, bsn_hash=keys.bsn_key(message.client.bsn)
        ).first(),
        allocations={row.number: row for row in allocations},
        requested={
            row.reference: row
            for row in RequestedProduct.objects.filter(
                reference__in=references, request__municipality=municipality, **of_main
            ).select_related("request")
        }
        if references
        else {},
        contracts=contracts,
        products={(row.category, row.code): row for row in Product.objects.filter(**of_main)},
        agreed={
            contract.pk: frozenset(row.product_id for row in contract.products.all())
            for contract in contracts
        },
    )


def contract_for(known: Known, day: date) -> MunicipalContract | None:
    """The newest contract in force on the day, else the newest one: allocations may go back."""
    running = [
        contract
        for contract in known.contracts
        if Period(contract.start_date, contract.end_date).contains(day)
    ]
    return max(running or known.contracts, key=lambda row: (row.start_date, row.pk), default=None)


def _findings(known: Known, product: AllocatedProduct, path: str) -> list[Finding]:
    found = []
    allocation = known.allocations.get(product.number)
    if allocation is not None and _is_another(known, allocation, product):
        text = _("This allocation number is already in use for another client or product.")
        found.append(Finding("TR332", "9332", path, text))
    if product.provider_reference and not _answers_request(known, allocation, product):
        text = _("The reference does not belong to an open request of this client.")
        found.append(Finding("TR379", "9379", path, text))
    if not _is_agreed(known, product):
        text = _("This product is not on the product list that was agreed in the contract.")
        found.append(Finding("TR381", "S329", path, text))
    if (
        allocation is not None
        and product.change_reason == DELETED
        and gates.may_not_be_deleted(allocation)
    ):
        text = _("Approved service lines rest on this allocation. Credit them first.")
        found.append(Finding("TR385", "9385", path, text))
    return found


def _is_another(known: Known, allocation: Allocation, product: AllocatedProduct) -> bool:
    if known.client is None or allocation.client_id != known.client.pk:
        return True
    category, code = _key(product)
    if allocation.product is not None:
        return (allocation.product.category, allocation.product.code) != (category, code)
    return (allocation.category, "") != (category, code)


def _key(product: AllocatedProduct) -> Key:
    if product.product is None:
        return "", ""
    return product.product.category, product.product.code


def _answers_request(
    known: Known, allocation: Allocation | None, product: AllocatedProduct
) -> bool:
    """Only the first delivery that results from a request carries its reference (IV097)."""
    asked = known.requested.get(product.provider_reference)
    if asked is None or known.client is None or asked.request.client_id != known.client.pk:
        return False
    if allocation is None:
        is_sent = asked.request.status in (*CareRequest.OPEN, CareRequest.Status.ANSWERED)
        return is_sent and asked.answer != RequestedProduct.Answer.REFUSED
    # The plain resend of that first delivery keeps its moment, and its reference.
    same_moment = Delivery(product, None).decided_at == allocation.decided_at
    return allocation.requested_product_id == asked.pk and same_moment


def _is_agreed(known: Known, product: AllocatedProduct) -> bool:
    contract = contract_for(known, product.start_date)
    if contract is None:
        return False
    category, code = _key(product)
    if code:
        row = known.products.get((category, code))
        return row is not None and row.pk in known.agreed[contract.pk]
    if not category:
        return True
    return any(
        row.category == category and row.pk in known.agreed[contract.pk]
        for row in known.products.values()
    )


def _created(
    scope: Scope,
    known: Known,
    client: Client,
    municipality: Municipality,
    family: str,
    delivery: Delivery,
) -> None:
    product = delivery.product
    asked = known.requested.get(product.provider_reference)
    contract = contract_for(known, product.start_date)
    if contract is None:  # refused before, as a product that no contract covers
        raise MunicipalContract.DoesNotExist
    allocation = Allocation.objects.create(
        main_contractor_id=client.main_contractor_id,
        family=family,
        municipality=municipality,
        municipal_contract=contract,
        number=product.number,
        client=client,
        product=known.products.get(_key(product)),
        category=_key(product)[0],
        start_date=product.start_date,
        end_date=product.end_date,
        decided_at=delivery.decided_at,
        received_at=scope.at,
        is_deleted=delivery.is_deletion,
        requested_product=asked,
        **delivery.extent(),
    )
    _version(scope, allocation, delivery)
    audit.record(scope, "allocation.received", allocation, number=allocation.number)
    if not allocation.is_deleted:
        deadlines.of_allocation(scope=scope, allocation=allocation)
    if asked is not None:
        answers.allocated(scope=scope, product=asked)


def _renewed(scope: Scope, allocation: Allocation, delivery: Delivery) -> None:
    if allocation.versions.filter(decided_at=delivery.decided_at).exists():
        return
    _version(scope, allocation, delivery)
    if delivery.decided_at < allocation.decided_at:
        return  # an older one that came late: kept, but not current
    before = copy.copy(allocation)
    allocation.end_date = delivery.product.end_date
    allocation.decided_at = delivery.decided_at
    allocation.is_deleted = delivery.is_deletion
    for name, value in delivery.extent().items():
        setattr(allocation, name, value)
    allocation.save()
    audit.record(scope, "allocation.changed", allocation, reason=delivery.product.change_reason)
    if allocation.is_deleted:
        _deleted(scope, allocation)
    else:
        relaying.follow(
            scope=scope,
            allocation=allocation,
            before=before,
            reason=delivery.product.change_reason,
        )


def _deleted(scope: Scope, allocation: Allocation) -> None:
    """It counts as never sent: nothing is due any more, and placements go."""
    deadlines.drop_allocation(scope=scope, allocation=allocation)
    live = Placement.objects.live().filter(allocation=allocation)
    rows = live.select_related("subcontract", "product", "client", "provider_organisation")
    for placement in rows.select_for_update(of=("self",)).order_by("pk"):
        placement.allocation = allocation
        relaying.withdrawn(
            scope=scope,
            placement=placement,
            reason=_("The municipality deleted the allocation."),
        )


def _version(scope: Scope, allocation: Allocation, delivery: Delivery) -> None:
    AllocationVersion.objects.create(
        main_contractor_id=allocation.main_contractor_id,
        allocation=allocation,
        message=delivery.incoming,
        start_date=delivery.product.start_date,
        end_date=delivery.product.end_date,
        change_reason=delivery.product.change_reason,
        decided_at=delivery.decided_at,
        recorded_at=scope.at,
        **delivery.extent(),
    )
