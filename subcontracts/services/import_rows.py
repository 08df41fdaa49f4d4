"""The rows of one client in a file with running care, taken over by the services of the chain."""

from __future__ import annotations

import json
from datetime import datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import MainContractor, Municipality
from hoofdaannemer.core import money
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from messaging.istandaard import builders
from messaging.istandaard.model.allocation import AllocatedProduct, Contact
from messaging.istandaard.model.elements import Family
from messaging.istandaard.model.values import Extent
from messaging.istandaard.model.values import Product as StandardProduct
from subcontracts.models import AllocatedBy, Allocation, CareImport, CareImportRow, Client
from subcontracts.models.allocations import AllocationQuerySet
from subcontracts.rules import importcells
from subcontracts.rules.importcells import AllocationSaid, ClientSaid, PlacementSaid, TariffSaid
from subcontracts.rules.importcolumns import ALLOCATIONS, COLUMNS
from subcontracts.rules.importfile import Line
from subcontracts.rules.keys import bsn_key
from subcontracts.selectors.import_care import READERS
from subcontracts.services import allocations, clients, contracts, placements, sending, taking_over


def line_of(row: CareImportRow) -> Line:
    """The row as it stood in the file."""
    cells: list[str] = json.loads(row.cells)
    # A row that was kept before a column was added lacks its cell.
    return Line(row.line, dict(zip(COLUMNS[row.sheet], cells, strict=False)))


class Taking:
    """Takes rows over one after another: tariffs, or a client with allocations and placements."""

    def __init__(self, scope: Scope, of: CareImport) -> None:
        self._scope = scope
        self._of = of
        self._person: ClientSaid | None = None
        #: The row of the client itself, where the file has a good one that is new.
        self.person_row: CareImportRow | None = None

    def take(self, row: CareImportRow) -> None:
        """Raises DomainError as the service that carries it out."""
        said, faults = READERS[row.sheet](line_of(row))
        if faults:
            raise RuleError(faults[0].rule, faults[0].text)
        if isinstance(said, ClientSaid):
            # Kept with the first allocation: nothing is kept of a person without care.
            self._person, self.person_row = said, row
        elif isinstance(said, AllocationSaid):
            self._take_allocation(row, said)
        elif isinstance(said, PlacementSaid):
            self._take_placement(row, said)
        elif isinstance(said, TariffSaid):
            self._take_tariff(row, said)

    def close(self) -> None:
        """The client was taken over with an allocation. Raises RuleError IMP-32 where none was."""
        if self.person_row is None:
            return
        if self._person is not None and self._known(self._person) is None:
            text = _("No allocation of this client could be taken over.")
            raise RuleError("IMP-32", text)
        _taken(self.person_row)

    def _take_tariff(self, row: CareImportRow, said: TariffSaid) -> None:
        if row.subcontract is None or row.product is None:
            raise RuleError("IMP-24", _("There is no subcontract with this number."))
        contracts.set_tariff(
            scope=self._scope,
            subcontract=row.subcontract,
            product=row.product,
            amount=said.amount,
            period=said.period,
        )
        _taken(row)

    def _take_allocation(self, row: CareImportRow, said: AllocationSaid) -> None:
        if row.municipality is None:
            raise RuleError("IMP-21", _("There is no contract with this municipality."))
        known = self._known(said)
        person, contacts = self._who(said, known)
        # The words of the 301 that once came, so that the rules of allocations are asked once.
        message = builders.allocation(
            self._envelope(said, row.municipality), person, [_allocated(said)], contacts
        )
        findings = allocations.receive(
            scope=self._scope,
            main_contractor_id=self._of.main_contractor_id,
            municipality=row.municipality,
            message=message,
            client=None if said.bsn else known,
        )
        if findings:
            raise RuleError(findings[0].rule, str(findings[0].message))
        rows = self._allocations(said.key)
        # It reached the earlier administration on the day of the decision: waiting counts from it.
        origin = AllocatedBy.MANDATE if said.is_granted_here else AllocatedBy.MUNICIPALITY
        rows.update(received_at=_moment(said), origin=origin)
        row.allocation = rows.get()
        _taken(row)

    def _who(
        self, of: AllocationSaid, known: Client | None
    ) -> tuple[builders.Person, list[Contact]]:
        """A known client as known here; else as the file says."""
        if known is not None:
            return clients.as_person(known), _contacts(known)
        said = self._person
        if said is None or said.person != of.person:
            raise RuleError("IMP-22", _("This client is not known, and its row was left out."))
        person = builders.Person(
            bsn=said.bsn,
            birth_date=said.birth_date,
            surname=said.surname,
            prefix=said.prefix,
            initials=said.initials,
            sex=said.sex,
        )
        return person, _contacts(Client(address=said.address))

    def _known(self, said: ClientSaid | AllocationSaid) -> Client | None:
        """By BSN; without one as an earlier row of this or another file called it."""
        if said.bsn:
            rows = Client.objects.visible_to(self._scope).filter(
                main_contractor=self._of.main_contractor_id, bsn_hash=bsn_key(said.bsn)
            )
            return rows.first()
        earlier = CareImportRow.objects.visible_to(self._scope).filter(
            main_contractor=self._of.main_contractor_id,
            sheet=ALLOCATIONS,
            status=CareImportRow.Status.TAKEN,
            client_hash=said.person,
        )
        row = earlier.select_related("allocation__client").order_by("pk").last()
        return row.allocation.client if row is not None and row.allocation is not None else None

    def _envelope(self, said: AllocationSaid, town: Municipality) -> builders.Envelope:
        main = MainContractor.objects.select_related("organisation").get(
            pk=self._of.main_contractor_id
        )
        return builders.Envelope(
            family=Family(said.family),
            sender=town.code,
            receiver=main.agb,
            number=str(self._of.pk),
            day=self._scope.today,
        )

    def _allocations(self, key: importcells.AllocationKey) -> AllocationQuerySet:
        family, town, number = key
        return Allocation.objects.visible_to(self._scope).filter(
            main_contractor=self._of.main_contractor_id,
            family=family,
            municipality__code=town,
            number=number,
        )

    def _take_placement(self, row: CareImportRow, said: PlacementSaid) -> None:
        allocation = self._allocations(said.allocation).first()
        if allocation is None:
            raise RuleError("IMP-23", _("The allocation of this placement was left out."))
        if row.subcontractor is None:
            raise RuleError("IMP-24", _("Nobody is known here under this name or number."))
        row.allocation = allocation
        row.placement = taking_over.take_over(
            scope=self._scope,
            allocation=allocation,
            subcontractor=row.subcontractor,
            part=placements.Part(
                period=said.period, volume=said.volume, budget=said.budget, product=row.product
            ),
            running=taking_over.Running(
                as_of=self._of.as_of,
                number=said.number,
                started_on=said.started_on,
                paused_on=said.paused_on,
            ),
        )
        _taken(row)


def _taken(row: CareImportRow) -> None:
    row.status = CareImportRow.Status.TAKEN
    row.save(update_fields=["status", "allocation", "placement"])


def _contacts(client: Client) -> list[Contact]:
    return sending.contacts_of(client) if client.address else []


def _moment(said: AllocationSaid) -> datetime:
    return timezone.make_aware(datetime.combine(said.decided_on, time()))


def _allocated(said: AllocationSaid) -> AllocatedProduct:
    return AllocatedProduct(
        number=said.number,
        product=StandardProduct(category=said.category, code=said.code) if said.category else None,
        decided_on=said.decided_on,
        start_date=said.period.start,
        end_date=said.period.end,
        extent=None
        if said.volume is None
        else Extent(volume=said.volume, unit=said.unit, frequency=said.frequency),
        budget=None if said.budget is None else money.to_cents(said.budget),
    )
