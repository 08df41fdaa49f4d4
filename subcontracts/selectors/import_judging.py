"""What would become of each row of a file with running care; writes nothing.

Cell by cell, then row against row and against what is known here (IMP-20 to IMP-34). Placing is
judged as of the day on which this administration takes over: what runs is a fact, so no client stop
and no lapsed proof keeps it out, but a contract that pays for it there must be.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.periods import Period
from subcontracts.models import AllocatedBy, Allocation, MunicipalContract, Subcontract
from subcontracts.rules.importcolumns import ALLOCATIONS, CLIENTS, PLACEMENTS, TARIFFS
from subcontracts.rules.importfile import Sheets
from subcontracts.rules.importsaid import AllocationKey, AllocationSaid, PlacementSaid, TariffSaid
from subcontracts.rules.parts import Share
from subcontracts.rules.product_turns import covered_on
from subcontracts.selectors.contract_products import runs_of, turns_of_product
from subcontracts.selectors.divisions import is_with
from subcontracts.selectors.import_care import (
    NOT_AGREED,
    ORIGINS,
    READERS,
    Care,
    CareBook,
    Row,
    known_care,
    person_of,
    read,
)
from subcontracts.selectors.import_catalogue import Catalogue
from subcontracts.selectors.import_placements import PlacementJudge


def judged(catalogue: Catalogue, sheets: Sheets, as_of: date) -> list[Row]:
    """All rows in the order in which they are taken over: tariffs, clients, allocations, then
    placements.
    """
    return _Judge(catalogue, sheets, as_of).all_rows()


class _Judge:
    def __init__(self, catalogue: Catalogue, sheets: Sheets, as_of: date) -> None:
        self._catalogue = catalogue
        self._as_of = as_of
        # A mandate is recorded from today on, also where the take-over lies back.
        self._decided_day = max(as_of, catalogue.scope.today)
        self._rows = {sheet: [read(sheet, line) for line in sheets[sheet]] for sheet in READERS}
        self._care = CareBook()
        self._known: dict[AllocationKey, list[Allocation]] = defaultdict(list)

    def all_rows(self) -> list[Row]:
        self._judge_tariffs()
        self._judge_clients()
        self._judge_allocations()
        self._judge_persons_without_care()
        placements = PlacementJudge(self._catalogue, self._as_of, self._care)
        placements.judge(self._rows[PLACEMENTS])
        return [row for sheet in READERS for row in self._rows[sheet]]

    # Tariffs

    def _judge_tariffs(self) -> None:
        seen: set[object] = set()
        for row in self._rows[TARIFFS]:
            said = row.said
            if not isinstance(said, TariffSaid):
                continue
            contract = self._catalogue.subcontracts.get(said.contract.casefold())
            if contract is None:
                text = _("There is no subcontract with this number. Check the number.")
                row.wrong("contractnummer", "IMP-24", text)
                continue
            row.subcontract, row.subcontractor = contract, contract.subcontractor
            self._judge_tariff(row, said, contract, seen)

    def _judge_tariff(
        self, row: Row, said: TariffSaid, contract: Subcontract, seen: set[object]
    ) -> None:
        family = contract.municipal_contract.family
        product = self._catalogue.products.get((family, said.category, said.code))
        if product is None or not self._catalogue.paid.get((contract.pk, product.pk)):
            text = _("No funding line of this contract pays such a product.")
            row.wrong("productcode", "IMP-26", text)
            return
        row.product = product
        if said.unit and said.unit != product.unit:
            text = _("This product is bought in unit %(unit)s. Write that, or nothing.")
            row.wrong("eenheid", "IMP-09", text % {"unit": product.unit})
        if (key := (contract.pk, product.pk, said.period.start)) in seen:
            row.wrong("begindatum", "IMP-20", _("This tariff stands twice in the file."))
        seen.add(key)
        prices = self._catalogue.prices[contract.pk, product.pk]
        if (said.period.start, said.amount) in {(when.start, amount) for when, amount in prices}:
            row.is_known = True
        elif any(_stands_in_the_way(when, said.period) for when, _amount in prices):
            text = _("Another tariff holds from this day here. Change it on the contract.")
            row.wrong("tarief", "IMP-30", text)
        elif row.is_good:
            self._catalogue.set_price(contract, product, said.period, said.amount)

    # Clients

    def _judge_clients(self) -> None:
        for row in self._rows[CLIENTS]:
            row.client_hash = person_of(row.line)
        hashes = {row.client_hash for row in self._rows[CLIENTS] if row.client_hash}
        hashes |= {
            row.said.person
            for sheet in (ALLOCATIONS, PLACEMENTS)
            for row in self._rows[sheet]
            if isinstance(row.said, AllocationSaid | PlacementSaid) and row.said.person
        }
        self._clients = self._catalogue.clients(hashes)
        self._persons: dict[bytes, Row] = {}
        for row in self._rows[CLIENTS]:
            if row.client_hash is None:
                continue
            if row.client_hash in self._persons:
                row.wrong("bsn", "IMP-20", _("This client stands twice in the file."))
            else:
                self._persons[row.client_hash] = row
            row.is_known = row.client_hash in self._clients

    # Allocations

    def _judge_allocations(self) -> None:
        rows = self._rows[ALLOCATIONS]
        keys = {row.said.key for row in rows if isinstance(row.said, AllocationSaid)}
        keys |= {
            row.said.allocation
            for row in self._rows[PLACEMENTS]
            if isinstance(row.said, PlacementSaid)
        }
        self._meet_known(keys)
        for row in rows:
            if isinstance(row.said, AllocationSaid):
                self._judge_allocation(row, row.said, self._known_as(row.said))
            if not row.is_good:
                self._care.add_wrong(row.line)

    def _meet_known(self, keys: set[AllocationKey]) -> None:
        known = [
            *self._catalogue.allocations(keys).items(),
            *self._catalogue.under_task(self._clients),
        ]
        placed = self._catalogue.placements(row for _key, row in known)
        for key, row in known:
            self._known[key].append(row)
            self._care.add(key, known_care(row, placed.get(row.pk, ())))

    def _known_as(self, said: AllocationSaid) -> Allocation | None:
        """The same allocation as it is known; under a task the first day tells which."""
        found = self._known.get(said.key, ())
        has_number = said.number is not None
        return next(
            (one for one in found if has_number or one.start_date == said.period.start), None
        )

    def _judge_allocation(self, row: Row, said: AllocationSaid, known: Allocation | None) -> None:
        row.client_hash, row.volume = said.person, said.volume
        row.municipality = self._catalogue.towns.get((said.family, said.municipality))
        row.product = self._catalogue.products.get((said.family, said.category, said.code))
        self._check_person(row)
        if row.municipality is None:
            text = _("There is no contract with this municipality under this law. Check both.")
            row.wrong("gemeente", "IMP-21", text)
            return
        if said.code and row.product is None:
            text = _("There is no such product under this law. Check category and code.")
            row.wrong("productcode", "IMP-07", text)
            return
        if said.period.end is not None and said.period.end < self._as_of:
            text = _("This ended before the day of the take-over. Only care that runs comes along.")
            row.wrong("einddatum", "IMP-31", text)
        if known is not None:
            self._check_same(row, said, known)
            return
        self._add_care(row, said, row.municipality)

    def _check_person(self, row: Row) -> None:
        person = self._persons.get(row.client_hash or b"")
        if person is not None and not person.is_good:
            text = _("The row of this client on sheet clienten is wrong. Mend that one first.")
            row.wrong("bsn", "IMP-32", text)
        elif person is None and row.client_hash not in self._clients:
            text = _("This client is neither on sheet clienten nor known here. Add the row.")
            row.wrong("bsn", "IMP-22", text)

    def _check_same(self, row: Row, said: AllocationSaid, known: Allocation) -> None:
        row.is_known = True
        client = self._clients.get(row.client_hash or b"")
        same = (
            client is not None
            and client.pk == known.client_id
            and known.origin == ORIGINS[said.granted_by]
            and known.product_id == (row.product.pk if row.product else None)
            and known.category == said.category
            and (known.start_date, known.end_date) == (said.period.start, said.period.end)
            and (known.volume, known.budget) == (said.volume, said.budget)
        )
        if not same:
            text = _("This allocation is known here with something else. Compare both.")
            row.wrong("toewijzingsnummer", "IMP-30", text)

    def _add_care(self, row: Row, said: AllocationSaid, town: Municipality) -> None:
        contract = self._contract(said)
        if contract is None:
            text = _("This product was not agreed in a contract with this municipality.")
            row.wrong("productcode", "IMP-21", text)
            return
        if not self._is_granted_so(row, said, contract) or not self._stands_alone(row, said):
            return
        if row.is_good:
            known = self._clients.get(row.client_hash or b"")
            care = Care(
                contract=contract,
                product=row.product,
                whole=Share(said.period, said.volume, said.frequency, said.budget),
                unit=said.unit,
                client_hash=row.client_hash or b"",
                municipality=town,
                is_sealed=known is not None and known.is_sealed,
                row=row,
            )
            self._care.add(said.key, care)

    def _is_granted_so(self, row: Row, said: AllocationSaid, contract: MunicipalContract) -> bool:
        """What the municipality allocated stays, whoever allocates now."""
        origin = ORIGINS[said.granted_by]
        agreed = self._catalogue.allocated_by(contract, self._decided_day)
        if origin in (AllocatedBy.MUNICIPALITY, agreed):
            return True
        row.wrong("toegewezen_door", "IMP-36", str(NOT_AGREED[origin]))
        return False

    def _stands_alone(self, row: Row, said: AllocationSaid) -> bool:
        other = self._care.beside(said.key, said.period)
        if other is None:
            return True
        if said.number is not None:
            text = _("This allocation stands twice in the file.")
            row.wrong("toewijzingsnummer", "IMP-20", text)
        else:
            text = _(
                "This client has care of this product in that time already, and nothing would tell"
                " both apart. Mend the days."
            )
            row.wrong("begindatum", "IMP-43", text)
        return False

    def _contract(self, said: AllocationSaid) -> MunicipalContract | None:
        """As `allocation_checks.contract_for` finds it when the allocation is taken over."""
        rows = self._catalogue.contracts[said.family, said.municipality]
        start = said.period.start
        town = self._catalogue.towns.get((said.family, said.municipality))
        running = [row for row in rows if town and is_with(row, town.pk, start)]
        covering = [row for row in running or rows if self._covers(row, said)]
        return max(covering, key=lambda row: (row.start_date, row.pk), default=None)

    def _covers(self, contract: MunicipalContract, said: AllocationSaid) -> bool:
        if not said.category:
            return True
        runs, day = runs_of(contract), said.period.start
        agreed = {
            row.product_id
            for row in contract.products.all()
            if covered_on(turns_of_product(row), runs, day)
        }
        return any(
            product.pk in agreed
            for (family, category, code), product in self._catalogue.products.items()
            if (family, category) == (said.family, said.category) and said.code in ("", code)
        )

    def _judge_persons_without_care(self) -> None:
        """Nothing is kept of a person without care."""
        cared_for = self._care.people()
        for row in self._rows[CLIENTS]:
            if row.is_good and not row.is_known and row.client_hash not in cared_for:
                text = _("No good allocation of this client is in the file. Mend or add it.")
                row.wrong("bsn", "IMP-32", text)


def _stands_in_the_way(known: Period, said: Period) -> bool:
    """Whether two tariffs would hold at one time; an open one ends where the next begins."""
    ends_by_itself = known.end is None and known.start < said.start
    return known.overlaps(said) and not ends_by_itself
