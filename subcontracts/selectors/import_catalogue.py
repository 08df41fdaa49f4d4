"""What the rows of a file with running care are held against, read once for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Final, TypeVar

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import (
    AllocatedBy,
    Allocation,
    Authority,
    CareImportRow,
    Client,
    FundingLineProduct,
    MunicipalContract,
    Placement,
    Product,
    Subcontract,
    Subcontractor,
    Tariff,
)
from subcontracts.rules.importcolumns import ALLOCATIONS
from subcontracts.rules.importsaid import AllocationKey
from subcontracts.rules.keys import is_of_reference
from subcontracts.selectors.authorities import agreed_on

_T = TypeVar("_T")
_AT_ONCE: Final = 2000
Prices = list[tuple[Period, Decimal]]


@dataclass(frozen=True)
class Paid:
    """How a subcontract pays a product in a period: the form of the funding line."""

    period: Period
    form: str


class Catalogue:
    """Contracts, products and tariffs of the main contractor; then what is known of these rows."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._mine = {"main_contractor": scope.main_contractor_id}
        rows = Product.objects.visible_to(scope).filter(**self._mine)
        self.products = {(row.family, row.category, row.code): row for row in rows}
        self.towns: dict[tuple[str, str], Municipality] = {}
        self.contracts: dict[tuple[str, str], list[MunicipalContract]] = defaultdict(list)
        self._read_contracts()
        self.subcontracts = {row.number.casefold(): row for row in self._subcontracts()}
        self.teams = {
            row.provider_organisation.name.casefold(): row
            for row in Subcontractor.objects.visible_to(scope)
            .filter(is_own_team=True, **self._mine)
            .select_related("provider_organisation")
        }
        self.paid: dict[tuple[int, int], list[Paid]] = defaultdict(list)
        self.prices: dict[tuple[int, int], Prices] = defaultdict(list)
        self._read_money()
        self._agreed: dict[date, dict[int, str]] = {}

    def _read_contracts(self) -> None:
        rows = MunicipalContract.objects.visible_to(self.scope).filter(**self._mine)
        related = ("municipalities__municipality", "divisions__shares", "products__turns")
        for contract in rows.prefetch_related(*related).order_by("start_date", "pk"):
            for one in contract.municipalities.all():
                key = (contract.family, one.municipality.code)
                self.towns[key] = one.municipality
                self.contracts[key].append(contract)

    def _subcontracts(self) -> Iterable[Subcontract]:
        rows = Subcontract.objects.visible_to(self.scope).filter(**self._mine)
        return rows.select_related(
            "subcontractor__provider_organisation", "provider_organisation", "municipal_contract"
        )

    def _read_money(self) -> None:
        lines = FundingLineProduct.objects.visible_to(self.scope).filter(**self._mine)
        for line in lines.select_related("funding_line"):
            paid = Paid(Period(line.start_date, line.end_date), line.funding_line.form)
            self.paid[line.subcontract_id, line.product_id].append(paid)
        for row in Tariff.objects.visible_to(self.scope).filter(**self._mine):
            price = (Period(row.start_date, row.end_date), row.amount)
            self.prices[row.subcontract_id, row.product_id].append(price)

    def set_price(
        self, subcontract: Subcontract, product: Product, period: Period, amount: Decimal
    ) -> None:
        """As `contracts.set_tariff` will: an earlier open price ends the day before."""
        key = (subcontract.pk, product.pk)
        eve = period.start - timedelta(days=1)
        prices = []
        for held, price in self.prices[key]:
            is_followed = held.end is None and held.start < period.start
            prices.append((Period(held.start, eve) if is_followed else held, price))
        self.prices[key] = [*prices, (period, amount)]

    def form_on(self, subcontract: Subcontract, product: Product, day: date) -> str:
        """In which form the contract pays the product on a day; empty where it does not."""
        lines = self.paid[subcontract.pk, product.pk]
        return next((line.form for line in lines if line.period.contains(day)), "")

    def clients(self, hashes: Iterable[bytes]) -> Mapping[bytes, Client]:
        """The clients that are known, by hash of BSN or reference; of most not who they are."""
        rows = Client.objects.visible_to(self.scope).filter(**self._mine)
        found = {}
        for some in _batches(hashes):
            for row in rows.filter(bsn_hash__in=some).only("pk", "bsn_hash", "is_sealed"):
                found[bytes(row.bsn_hash or b"")] = row
            found |= dict(self._by_reference(some))
        return found

    def _by_reference(self, hashes: Sequence[bytes]) -> Iterator[tuple[bytes, Client]]:
        """Clients without a BSN, as an earlier file called them."""
        rows = CareImportRow.objects.visible_to(self.scope).filter(
            sheet=ALLOCATIONS,
            status=CareImportRow.Status.TAKEN,
            client_hash__in=[one for one in hashes if is_of_reference(one)],
            **self._mine,
        )
        for row in rows.select_related("allocation__client").defer("cells").order_by("pk"):
            if row.allocation is not None:
                yield bytes(row.client_hash or b""), row.allocation.client

    def allocated_by(self, contract: MunicipalContract, day: date) -> str:
        """Who allocates under a contract on a day, as `AllocatedBy`."""
        if day not in self._agreed:
            agreed = Authority.objects.visible_to(self.scope).filter(**self._mine)
            self._agreed[day] = agreed_on(agreed, day)
        return self._agreed[day].get(contract.pk, AllocatedBy.MUNICIPALITY)

    def allocations(self, keys: Iterable[AllocationKey]) -> Mapping[AllocationKey, Allocation]:
        """The allocations that are known, by law, municipality and number."""
        rows = Allocation.objects.visible_to(self.scope).filter(**self._mine)
        related = ("client", "product", "municipality", "municipal_contract")
        found = {}
        for some in _batches({key.number for key in keys if key.number is not None}):
            for row in rows.filter(number__in=some).select_related(*related):
                found[AllocationKey(row.family, row.municipality.code, row.number)] = row
        return found

    def under_task(
        self, clients: Mapping[bytes, Client]
    ) -> Iterator[tuple[AllocationKey, Allocation]]:
        """What followed from a task for these clients, by whom the file calls them."""
        names = {client.pk: name for name, client in clients.items()}
        rows = Allocation.objects.visible_to(self.scope).live().filter(**self._mine)
        related = ("client", "product", "municipality", "municipal_contract")
        of_task = rows.filter(origin=AllocatedBy.TASK).select_related(*related)
        for some in _batches(names):
            for row in of_task.filter(client__in=some).order_by("pk"):
                where = row.family, row.municipality.code
                code = row.product.code if row.product else ""
                name = names[row.client_id]
                yield AllocationKey.of(where, None, name, (row.category, code)), row

    def placements(self, allocations: Iterable[Allocation]) -> Mapping[int, list[Placement]]:
        """What is or was delivered under them, by key of the allocation."""
        counted = (*Placement.LIVE, Placement.Status.ENDED)
        rows = Placement.objects.visible_to(self.scope).filter(status__in=counted)
        found: dict[int, list[Placement]] = defaultdict(list)
        for some in _batches(row.pk for row in allocations):
            for row in rows.filter(allocation__in=some):
                found[row.allocation_id].append(row)
        return found

    def numbers(self, numbers: Iterable[int]) -> set[tuple[str, int]]:
        """Which of these numbers placements have, with the law."""
        rows = Placement.objects.visible_to(self.scope).filter(**self._mine)
        return {
            found
            for some in _batches(numbers)
            for found in rows.filter(number__in=some).values_list("family", "number")
        }


def _batches(values: Iterable[_T]) -> Iterator[list[_T]]:
    left = iter(values)
    while some := list(islice(left, _AT_ONCE)):
        yield some
