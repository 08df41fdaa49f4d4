"""What a 301 finds here, and what of it cannot be (TR332, TR379, TR381, TR385)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core import money
from hoofdaannemer.core.periods import Period
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
    Product,
    RequestedChange,
    RequestedProduct,
)
from subcontracts.models.requests import Asked
from subcontracts.rules import keys
from subcontracts.rules.product_turns import covered_on
from subcontracts.selectors.contract_products import runs_of, turns_of_product
from subcontracts.selectors.divisions import Turn, turns_of, turns_of_all

#: Change reason of an allocation that counts as never sent.
DELETED: Final = "13"
Key = tuple[str, str]
_AskedT = TypeVar("_AskedT", bound=Asked)


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

    @property
    def key(self) -> Key:
        """Category and code, as far as they are named."""
        if self.product.product is None:
            return "", ""
        return self.product.product.category, self.product.product.code

    def extent(self) -> dict[str, object]:
        """Volume, unit, frequency and budget as model fields."""
        extent, budget = self.product.extent, self.product.budget
        return {
            "volume": extent.volume if extent else None,
            "unit": extent.unit if extent else "",
            "frequency": extent.frequency if extent else "",
            "budget": None if budget is None else money.from_cents(budget),
        }


@dataclass(frozen=True, kw_only=True)
class Known:
    """What we knew when the message came, by allocation number, reference and product."""

    client: Client | None
    allocations: Mapping[int, Allocation]
    #: Moments of the decisions that we have of each allocation, by its primary key.
    moments: Mapping[int, frozenset[datetime]]
    requested: Mapping[str, RequestedProduct]
    changes: Mapping[str, RequestedChange]
    contracts: Sequence[MunicipalContract]
    #: Since when the municipality takes part in each contract, or not, by its primary key.
    turns: Mapping[int, Sequence[Turn]]
    products: Mapping[Key, Product]
    #: Products of each contract, by its primary key.
    agreed: Mapping[int, Mapping[int, Sequence[Turn]]]

    def has(self, allocation: Allocation, delivery: Delivery) -> bool:
        """Whether this decision came before: one is known by number, date and time (IV013)."""
        return delivery.decided_at in self.moments[allocation.pk]


def known_of(
    main_contractor_id: int, municipality: Municipality, message: AllocationMessage
) -> Known:
    """What there is that the message may be about; locks allocations, in order, and the client."""
    received = message.client.allocated_products
    of_main: dict[str, Any] = {
        "main_contractor": main_contractor_id,
        "family": message.family.value,
    }
    numbers = [product.number for product in received]
    references = [product.provider_reference for product in received if product.provider_reference]
    allocations = list(
        Allocation.objects.filter(municipality=municipality, number__in=numbers, **of_main)
        .select_related("client", "product", "municipality", "municipal_contract")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    contracts = list(
        MunicipalContract.objects.filter(
            municipalities__municipality=municipality, **of_main
        ).prefetch_related("products__turns")
    )
    products = Product.objects.filter(**of_main)
    return Known(
        client=Client.objects.filter(
            main_contractor=main_contractor_id, bsn_hash=keys.bsn_key(message.client.bsn)
        )
        .select_for_update()
        .first(),
        allocations={row.number: row for row in allocations},
        moments=_moments(allocations),
        requested=_asked(RequestedProduct, references, municipality, of_main),
        changes=_asked(RequestedChange, references, municipality, of_main),
        contracts=contracts,
        turns=turns_of(municipality, **of_main),
        products={(row.category, row.code): row for row in products},
        agreed=_agreed(contracts),
    )


def known_of_numbers(
    main_contractor_id: int, numbers: Collection[int]
) -> dict[tuple[str, int], Known]:
    """The same for allocations of many clients, by law and key of the municipality.

    Without what was asked and without clients. Locks the allocations with one of these numbers, of
    whatever municipality, in order of their key.
    """
    allocations: dict[tuple[str, int], dict[int, Allocation]] = defaultdict(dict)
    for row in (
        Allocation.objects.filter(main_contractor=main_contractor_id, number__in=numbers)
        .select_related("client", "product", "municipality", "municipal_contract")
        .select_for_update(of=("self",))
        .order_by("pk")
    ):
        allocations[row.family, row.municipality_id][row.number] = row
    products: dict[str, dict[Key, Product]] = defaultdict(dict)
    for product in Product.objects.filter(main_contractor=main_contractor_id):
        products[product.family][product.category, product.code] = product
    contracts: dict[tuple[str, int], list[MunicipalContract]] = defaultdict(list)
    rows = MunicipalContract.objects.filter(main_contractor=main_contractor_id)
    for contract in rows.prefetch_related("products__turns", "municipalities"):
        for town in contract.municipalities.all():
            contracts[contract.family, town.municipality_id].append(contract)
    turns = turns_of_all(main_contractor_id)
    moments = _moments([row for some in allocations.values() for row in some.values()])
    return {
        place: Known(
            client=None,
            allocations=allocations[place],
            moments=moments,
            requested={},
            changes={},
            contracts=contracts[place],
            turns=turns[place[1]],
            products=products[place[0]],
            agreed=_agreed(contracts[place]),
        )
        for place in {*allocations, *contracts}
    }


def _agreed(contracts: Iterable[MunicipalContract]) -> dict[int, dict[int, Sequence[Turn]]]:
    """By contract and product when it was taken in and out."""
    return {
        contract.pk: {row.product_id: turns_of_product(row) for row in contract.products.all()}
        for contract in contracts
    }


def _moments(allocations: Sequence[Allocation]) -> dict[int, frozenset[datetime]]:
    found: dict[int, set[datetime]] = {row.pk: set() for row in allocations}
    if found:
        rows = AllocationVersion.objects.filter(allocation__in=found)
        for pk, moment in rows.order_by().values_list("allocation", "decided_at"):
            found[pk].add(moment)
    return {pk: frozenset(moments) for pk, moments in found.items()}


def _asked(
    model: type[_AskedT],
    references: Sequence[str],
    municipality: Municipality,
    of_main: Mapping[str, object],
) -> dict[str, _AskedT]:
    """What was asked of this municipality under these references."""
    if not references:
        return {}
    rows = model._default_manager.filter(
        reference__in=references, request__municipality=municipality, **of_main
    )
    return {row.reference: row for row in rows.select_related("request")}


def contract_for(known: Known, product: AllocatedProduct) -> MunicipalContract | None:
    """The newest contract in force on the first day, in which the municipality then takes part,
    else the newest one: allocations may go back.

    Of several the one that covers the product, where there is one.
    """
    running = [
        contract
        for contract in known.contracts
        if Period(contract.start_date, contract.end_date).contains(product.start_date)
        and _takes_part(known.turns[contract.pk], product.start_date)
    ]
    possible = running or list(known.contracts)
    covering = [contract for contract in possible if _covers(known, contract, product)]
    return max(covering or possible, key=lambda row: (row.start_date, row.pk), default=None)


def _takes_part(turns: Sequence[Turn], day: date) -> bool:
    return [takes_part for start, takes_part in turns if start <= day][-1]


def _covers(known: Known, contract: MunicipalContract, product: AllocatedProduct) -> bool:
    """Whether a product is agreed on its first day; of a category, whether anything of it is."""
    category, code = Delivery(product, None).key
    if not category:
        return True
    runs, agreed = runs_of(contract), known.agreed[contract.pk]
    return any(
        row.category == category
        and code in ("", row.code)
        and covered_on(agreed.get(row.pk, ()), runs, product.start_date)
        for row in known.products.values()
    )


def findings_about(known: Known, product: AllocatedProduct) -> list[Finding]:
    """Everything that is wrong with one allocation, in whatever document it stands."""
    return list(_findings(known, product, ""))


def findings_in(known: Known, message: AllocationMessage) -> list[Finding]:
    """Everything that is wrong with a 301, in document order."""
    paths = {id(part): path for path, part in parts(message)}
    return [
        found
        for product in message.client.allocated_products
        for found in _findings(known, product, paths[id(product)])
    ]


def _findings(known: Known, product: AllocatedProduct, path: str) -> Iterator[Finding]:
    allocation = known.allocations.get(product.number)
    if allocation is not None and _is_another(known, allocation, product):
        text = _("This allocation number is already in use for another client or product.")
        yield Finding("TR332", "9332", path, text)
    if product.provider_reference and not _answers_request(known, allocation, product):
        text = _("The reference does not belong to an open request of this client.")
        yield Finding("TR379", "9379", path, text)
    if not _is_agreed(known, product):
        text = _("This product is not on the product list that was agreed in the contract.")
        yield Finding("TR381", "S329", path, text)
    is_deletion = product.change_reason == DELETED
    if allocation is not None and is_deletion and gates.may_not_be_deleted(allocation):
        text = _("Approved service lines rest on this allocation. Credit them first.")
        yield Finding("TR385", "9385", path, text)


def _is_another(known: Known, allocation: Allocation, product: AllocatedProduct) -> bool:
    if known.client is None or allocation.client_id != known.client.pk:
        return True
    category, code = Delivery(product, None).key
    if allocation.product is not None:
        return (allocation.product.category, allocation.product.code) != (category, code)
    return (allocation.category, "") != (category, code)


def _answers_request(
    known: Known, allocation: Allocation | None, product: AllocatedProduct
) -> bool:
    """Only the first delivery that results from a request carries its reference (IV097)."""
    reference = product.provider_reference
    change = known.changes.get(reference)
    asked = change or known.requested.get(reference)
    if asked is None or known.client is None or asked.request.client_id != known.client.pk:
        return False
    if allocation is None or _may_be_first(allocation, product, change):
        is_sent = asked.request.status in (*CareRequest.OPEN, CareRequest.Status.ANSWERED)
        return is_sent and asked.answer != asked.Answer.REFUSED
    # The plain resend of that first delivery keeps its moment, and its reference.
    is_resend = known.has(allocation, Delivery(product, None))
    return is_resend and (change is not None or allocation.requested_product_id == asked.pk)


def _may_be_first(
    allocation: Allocation, product: AllocatedProduct, change: RequestedChange | None
) -> bool:
    """Whether a delivery of a known allocation may be the one that answers a request.

    A change is answered on the same number. Of a new allocation a later decision may have come
    before the first one: order has no meaning (OP080).
    """
    if change is not None:
        return change.request.status in CareRequest.OPEN
    is_older = Delivery(product, None).decided_at < allocation.decided_at
    return is_older and allocation.requested_product_id is None


def _is_agreed(known: Known, product: AllocatedProduct) -> bool:
    contract = contract_for(known, product)
    return contract is not None and _covers(known, contract, product)
