"""What is known here of the clients in a set of rows of a take-over, read and locked at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import AllocatedBy, Allocation, Authority, CareImportRow, Client
from subcontracts.rules.importcolumns import ALLOCATIONS
from subcontracts.rules.importsaid import AllocationSaid, PlacementSaid, Said, TariffSaid
from subcontracts.rules.keys import is_of_reference
from subcontracts.selectors.authorities import agreed_on
from subcontracts.services.allocation_checks import Known, known_of_numbers

_RELATED: Final = ("client", "product", "municipality", "municipal_contract")


class KnownCare:
    """Clients and allocations that rows are about; what they bring is added to it."""

    def __init__(self, scope: Scope, main_contractor_id: int, said: Iterable[Said]) -> None:
        some = [one for one in said if not isinstance(one, TariffSaid)]
        self._scope = scope
        self._mine = {"main_contractor": main_contractor_id}
        self._clients = self._clients_of({one.person for one in some if one.person})
        numbers = {
            number
            for one in some
            if isinstance(one, AllocationSaid | PlacementSaid) and (number := _number_of(one))
        }
        self._places = known_of_numbers(main_contractor_id, numbers)
        self._allocations = [
            allocation
            for known in self._places.values()
            for allocation in known.allocations.values()
        ]
        self._under_task = self._read_under_task()
        agreed = Authority.objects.visible_to(scope).filter(**self._mine)
        #: Who allocates today, as `AllocatedBy`, by key of the municipal contract.
        self.agreed = agreed_on(agreed, scope.today)

    def _clients_of(self, people: set[bytes]) -> dict[bytes, Client]:
        """By hash of the BSN; without one as an earlier row of this or another file called it."""
        rows = Client.objects.visible_to(self._scope).filter(bsn_hash__in=people, **self._mine)
        rows = rows.only("pk", "main_contractor", "bsn_hash", "is_sealed").order_by("pk")
        found = {bytes(row.bsn_hash or b""): row for row in rows.select_for_update(of=("self",))}
        earlier = CareImportRow.objects.visible_to(self._scope).filter(
            sheet=ALLOCATIONS,
            status=CareImportRow.Status.TAKEN,
            client_hash__in=[one for one in people if is_of_reference(one)],
            **self._mine,
        )
        for row in earlier.select_related("allocation__client").defer("cells").order_by("pk"):
            if row.allocation is not None:
                found[bytes(row.client_hash or b"")] = row.allocation.client
        return found

    def _read_under_task(self) -> list[Allocation]:
        rows = Allocation.objects.visible_to(self._scope).live()
        of_task = rows.filter(
            origin=AllocatedBy.TASK, client__in=list(self._clients.values()), **self._mine
        )
        locked = of_task.select_related(*_RELATED).select_for_update(of=("self",))
        return list(locked.order_by("pk"))

    def client(self, person: bytes | None) -> Client | None:
        """Who is called so, once he or she is known here."""
        return self._clients.get(person) if person else None

    def at(self, family: str, municipality_id: int, client: Client | None) -> Known:
        """What an allocation of this client by this municipality is held against."""
        known = self._places.get((family, municipality_id))
        return replace(known or _NOTHING, client=client)

    def add(self, person: bytes, allocation: Allocation) -> None:
        """An allocation that a row brought, and by it the client."""
        self._clients[person] = allocation.client
        self._allocations = [one for one in self._allocations if one.pk != allocation.pk]
        self._allocations.append(allocation)
        if allocation.origin == AllocatedBy.TASK:
            self._under_task.append(allocation)

    def running_under_task(
        self, client: Client | None, family: str
    ) -> list[tuple[int | None, Period]]:
        """Products and periods of what follows from a task for a client."""
        return [
            (one.product_id, Period(one.start_date, one.end_date))
            for one in self._under_task
            if client is not None and (one.client_id, one.family) == (client.pk, family)
        ]

    def placed_of(self, said: PlacementSaid) -> Allocation | None:
        """The allocation that a placement is of."""
        key = said.allocation
        if key.number is None:
            return self._placed_under_task(said)
        wanted = (key.family, key.municipality, key.number)
        return next(
            (
                one
                for one in self._allocations
                if (one.family, one.municipality.code, one.number) == wanted
            ),
            None,
        )

    def _placed_under_task(self, said: PlacementSaid) -> Allocation | None:
        client, day, key = self.client(said.person), said.period.start, said.allocation
        found: Sequence[Allocation] = [
            one
            for one in self._under_task
            if client is not None
            and one.client_id == client.pk
            and (one.family, one.municipality.code) == (key.family, key.municipality)
            and one.product is not None
            and (one.product.category, one.product.code) == (key.category, key.code)
            and Period(one.start_date, one.end_date).contains(day)
        ]
        return found[0] if found else None


#: Where no contract with the municipality stands.
_NOTHING: Final = Known(
    client=None,
    allocations={},
    moments={},
    requested={},
    changes={},
    contracts=(),
    turns={},
    products={},
    agreed={},
)


def _number_of(said: AllocationSaid | PlacementSaid) -> int | None:
    return said.allocation.number if isinstance(said, PlacementSaid) else said.number
