"""The rows of some clients in a file with running care, taken over as a set.

Each row is decided first, in the order of the file, by the rules of the services of the chain; what
they refuse is left out and harms no other. What is left is then written, each table at once.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from functools import cached_property

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core import money
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from messaging.istandaard.model.allocation import AllocatedProduct
from messaging.istandaard.model.values import Extent
from messaging.istandaard.model.values import Product as StandardProduct
from subcontracts.models import (
    AllocatedBy,
    CareImport,
    CareImportRow,
    Client,
    ClientResidence,
    Product,
)
from subcontracts.rules.importcolumns import ALLOCATIONS, COLUMNS, PLACEMENTS, TARIFFS
from subcontracts.rules.importfile import Line
from subcontracts.rules.importsaid import AllocationSaid, ClientSaid, PlacementSaid, TariffSaid
from subcontracts.selectors.import_care import NOT_AGREED, ORIGINS, READERS
from subcontracts.services import (
    allocation_numbers,
    allocation_rows,
    clients,
    elsewhere,
    placements,
    residences,
    sending,
    tariffs,
    under_task,
)
from subcontracts.services.allocation_checks import (
    Delivery,
    Known,
    contract_for,
    findings_about,
)
from subcontracts.services.import_known import KnownCare
from subcontracts.services.taking_over import Running, TakingOver


def line_of(row: CareImportRow) -> Line:
    """The row as it stood in the file."""
    cells: list[str] = json.loads(row.cells)
    # A row that was kept before a column was added lacks its cell.
    return Line(row.line, dict(zip(COLUMNS[row.sheet], cells, strict=False)))


@dataclass
class _Brought:
    """An allocation that a row brings, decided and not yet written."""

    row: CareImportRow
    said: AllocationSaid
    municipality: Municipality
    known: Known
    client: Client | None
    product: AllocatedProduct


class Taking:
    """Takes over rows in the order of the sheets: `take` decides about one, `write` writes a sheet.

    Rows of a client come together: a placement may rest on an allocation of the same set, and that
    on its person.
    """

    def __init__(self, scope: Scope, of: CareImport, rows: Sequence[CareImportRow]) -> None:
        self._scope = scope
        self._of = of
        self._rows = rows
        self._read = {row.pk: READERS[row.sheet](line_of(row)) for row in rows}
        said = [one for one, _faults in self._read.values() if one is not None]
        self._here = KnownCare(scope, of.main_contractor_id, said)
        self._persons: dict[bytes, tuple[ClientSaid, CareImportRow]] = {}
        self._brought: list[_Brought] = []
        #: Products and periods that follow from a task for who is not written yet.
        self._coming: dict[tuple[bytes, str], list[tuple[int | None, Period]]] = defaultdict(list)
        self._taken: list[CareImportRow] = []

    def take(self, row: CareImportRow) -> None:
        """Raises DomainError as the service that carries it out."""
        said, faults = self._read[row.pk]
        if faults:
            raise RuleError(faults[0].rule, faults[0].text)
        if isinstance(said, ClientSaid):
            # Kept with the first allocation: nothing is kept of a person without care.
            self._persons[said.person] = said, row
            return
        if isinstance(said, AllocationSaid):
            self._take_allocation(row, said)
        elif isinstance(said, PlacementSaid):
            self._take_placement(row, said)
        elif isinstance(said, TariffSaid):
            self._take_tariff(row, said)
        self._taken.append(row)

    def write(self, sheet: str) -> None:
        """Record what was decided of a sheet; what follows may rest on it."""
        if sheet == TARIFFS:
            self._pricing.write()
        elif sheet == ALLOCATIONS:
            self._write_allocations()
        elif sheet == PLACEMENTS:
            self._placing.write()

    def close(self) -> list[tuple[CareImportRow, RuleError]]:
        """Record what became of the rows.

        Returns the rows of persons of whom no allocation came along, with RuleError IMP-32.
        """
        alone = []
        for said, row in self._persons.values():
            if self._here.client(said.person) is None:
                text = _("No allocation of this client could be taken over.")
                alone.append((row, RuleError("IMP-32", text)))
            else:
                self._taken.append(row)
        for row in self._taken:
            row.status = CareImportRow.Status.TAKEN
        keys = [row.pk for row in self._taken]
        CareImportRow.objects.filter(pk__in=keys).update(status=CareImportRow.Status.TAKEN)
        linked = [row for row in self._taken if row.allocation is not None]
        CareImportRow.objects.bulk_update(linked, ["allocation", "placement"])
        return alone

    # Tariffs

    @cached_property
    def _pricing(self) -> tariffs.Pricing:
        named = [(row.subcontract, row.product) for row in self._rows if row.sheet == TARIFFS]
        return tariffs.Pricing(self._scope, [(one, two) for one, two in named if one and two])

    def _take_tariff(self, row: CareImportRow, said: TariffSaid) -> None:
        if row.subcontract is None or row.product is None:
            raise RuleError("IMP-24", _("There is no subcontract with this number."))
        self._pricing.decide(row.subcontract, row.product, said.amount, said.period)

    # Allocations

    def _take_allocation(self, row: CareImportRow, said: AllocationSaid) -> None:
        if row.municipality is None:
            raise RuleError("IMP-21", _("There is no contract with this municipality."))
        client = self._here.client(said.person)
        if client is None and said.person not in self._persons:
            raise RuleError("IMP-22", _("This client is not known, and its row was left out."))
        known = self._here.at(said.family, row.municipality.pk, client)
        product = _allocated(said)
        if findings := findings_about(known, product):
            raise RuleError(findings[0].rule, str(findings[0].message))
        brought = _Brought(row, said, row.municipality, known, client, product)
        self._check_granted(brought)
        if product.number in known.allocations:
            self._renew(brought)
        else:
            self._brought.append(brought)

    def _check_granted(self, one: _Brought) -> None:
        """Who allocates may have changed since the file was checked."""
        origin, said = _origin(one.said), one.said
        if origin == AllocatedBy.MUNICIPALITY:
            return
        contract = contract_for(one.known, one.product)
        if contract is None or self._here.agreed.get(contract.pk) != origin:
            raise RuleError("IMP-36", str(NOT_AGREED[origin]))
        if origin == AllocatedBy.TASK:
            product = one.known.products.get(Delivery(one.product, None).key)
            wanted = (product.pk if product else None, said.period)
            coming = self._coming[said.person, said.family]
            running = self._here.running_under_task(one.client, said.family)
            under_task.check_apart_from([*running, *coming], [wanted])
            coming.append(wanted)

    def _renew(self, one: _Brought) -> None:
        """The municipality told of it since the file was checked: this is a delivery more of it."""
        with transaction.atomic():
            again = [Delivery(one.product, None)]
            allocation_rows.renew(scope=self._scope, known=one.known, deliveries=again)
            allocation = one.known.allocations[one.product.number]
            allocation.received_at, allocation.origin = _moment(one.said), _origin(one.said)
            allocation.save(update_fields=["received_at", "origin"])
        one.row.allocation = allocation

    def _write_allocations(self) -> None:
        self._number()
        self._store_persons()
        owned = [(one, one.client) for one in self._brought if one.client is not None]
        facts = [(client, _residence(one)) for one, client in owned]
        residences.learn_each(scope=self._scope, facts=facts)
        met_by = [(client, one.said.family, one.municipality) for one, client in owned]
        elsewhere.met_each(scope=self._scope, met_by=met_by)
        news = [
            allocation_rows.New(
                known=one.known,
                whose=allocation_rows.Whose(client, one.municipality, one.said.family),
                delivery=Delivery(one.product, None),
                # It reached the earlier administration then: waiting counts from it.
                received_at=_moment(one.said),
                origin=_origin(one.said),
            )
            for one, client in owned
        ]
        rows = allocation_rows.create(scope=self._scope, news=news)
        for (one, _client), allocation in zip(owned, rows, strict=True):
            one.row.allocation = allocation
            self._here.add(one.said.person, allocation)

    def _number(self) -> None:
        """Under a task an allocation has no number yet."""
        bare: dict[str, list[_Brought]] = defaultdict(list)
        for one in self._brought:
            if one.said.number is None:
                bare[one.said.family].append(one)
        for family, some in bare.items():
            numbers = allocation_numbers.next_of_many(
                self._of.main_contractor_id, family, len(some)
            )
            for one, number in zip(some, numbers, strict=True):
                one.product = replace(one.product, number=number)

    def _store_persons(self) -> None:
        """Who is not known here yet, each with the municipality of the first allocation."""
        new: dict[bytes, _Brought] = {}
        for one in self._brought:
            if one.client is None:
                new.setdefault(one.said.person, one)
        people = [
            (_details(self._persons[person][0]), _residence(one)) for person, one in new.items()
        ]
        stored = clients.store(
            scope=self._scope, main_contractor_id=self._of.main_contractor_id, people=people
        )
        by_person = dict(zip(new, stored, strict=True))
        for one in self._brought:
            one.client = one.client or by_person[one.said.person]

    # Placements

    @cached_property
    def _running(self) -> dict[int, Running]:
        """What placements say, by key of the row, once the allocations stand."""
        found = {}
        for row in self._rows:
            said, _faults = self._read[row.pk]
            if isinstance(said, PlacementSaid) and row.subcontractor is not None:
                allocation = self._here.placed_of(said)
                if allocation is not None:
                    found[row.pk] = Running(
                        allocation=allocation,
                        subcontractor=row.subcontractor,
                        part=_part(said, row.product),
                        as_of=self._of.as_of,
                        number=said.number,
                        started_on=said.started_on,
                        paused_on=said.paused_on,
                    )
        return found

    @cached_property
    def _placing(self) -> TakingOver:
        wanted = list(self._running.values())
        return TakingOver(self._scope, self._of.main_contractor_id, wanted)

    def _take_placement(self, row: CareImportRow, said: PlacementSaid) -> None:
        running = self._running.get(row.pk)
        if running is None and self._here.placed_of(said) is None:
            raise RuleError("IMP-23", _("The allocation of this placement was left out."))
        if running is None:
            raise RuleError("IMP-24", _("Nobody is known here under this name or number."))
        placement = self._placing.decide(running)
        row.allocation, row.placement = running.allocation, placement


def _details(said: ClientSaid) -> clients.PersonDetails:
    return clients.PersonDetails(
        bsn=said.bsn,
        surname=said.surname,
        birth_date=said.birth_date,
        prefix=said.prefix,
        initials=said.initials,
        sex=said.sex,
        # In the way of the 301 that once came.
        address=clients.address_of(sending.contacts_of(Client(address=said.address)))
        if said.address
        else "",
    )


def _residence(one: _Brought) -> residences.Fact:
    return residences.Fact(
        municipality=one.municipality,
        start_date=one.said.period.start,
        basis=residences.basis_of(one.said.family),
        source=ClientResidence.Source.MESSAGE,
    )


def _part(said: PlacementSaid, product: Product | None) -> placements.Part:
    return placements.Part(
        period=said.period, volume=said.volume, budget=said.budget, product=product
    )


def _moment(said: AllocationSaid) -> datetime:
    return timezone.make_aware(datetime.combine(said.decided_on, time()))


def _origin(said: AllocationSaid) -> AllocatedBy:
    return ORIGINS[said.granted_by]


def _allocated(said: AllocationSaid) -> AllocatedProduct:
    """As the 301 that once came said it, so that the rules of allocations are asked once."""
    return AllocatedProduct(
        number=said.number or 0,
        product=StandardProduct(category=said.category, code=said.code) if said.category else None,
        decided_on=said.decided_on,
        start_date=said.period.start,
        end_date=said.period.end,
        extent=None
        if said.volume is None
        else Extent(volume=said.volume, unit=said.unit, frequency=said.frequency),
        budget=None if said.budget is None else money.to_cents(said.budget),
    )
