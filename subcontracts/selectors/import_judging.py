"""What would become of each row of a file with running care; writes nothing.

Cell by cell, then row against row and against what is known here (IMP-20 to IMP-33). Placing is
judged as of the day on which this administration takes over: what runs is a fact, so no client stop
and no lapsed proof keeps it out, but a contract that pays for it there must be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.periods import Period
from subcontracts.models import (
    Allocation,
    FundingLine,
    MunicipalContract,
    Placement,
    Product,
    Subcontract,
    Subcontractor,
)
from subcontracts.rules import importcells as cells
from subcontracts.rules.committed import Placed, by_year
from subcontracts.rules.csvfiles import Fault
from subcontracts.rules.importcells import AllocationKey, AllocationSaid, PlacementSaid, TariffSaid
from subcontracts.rules.importcolumns import ALLOCATIONS, CLIENTS, PLACEMENTS, TARIFFS
from subcontracts.rules.importfile import Line, Sheets
from subcontracts.rules.keys import bsn_key
from subcontracts.rules.parts import Share, is_exceeded
from subcontracts.selectors.import_catalogue import Catalogue

#: Care that is counted in hours and paid by the minute (code list WJ756).
_HOUR, _MINUTE = "04", "01"
#: Calendar years over which committed euros are shown, from that of the take-over on.
YEARS: Final = 3


@dataclass
class Row:
    """A row with what it says, what it is about, and what is wrong with it."""

    sheet: str
    line: Line
    said: cells.Said | None
    faults: list[Fault] = field(default_factory=list)
    is_known: bool = False
    client_hash: bytes | None = None
    municipality: Municipality | None = None
    product: Product | None = None
    subcontractor: Subcontractor | None = None
    subcontract: Subcontract | None = None
    volume: int | None = None
    amounts: Mapping[int, Decimal] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        return not self.faults

    def wrong(self, column: str, rule: str, text: str) -> None:
        self.faults.append(Fault(column, rule, text))


@dataclass
class _Care:
    """An allocation of the file, or one that is known, with what is placed of it."""

    contract: MunicipalContract
    product: Product | None
    whole: Share
    unit: str
    client_hash: bytes
    municipality: Municipality
    is_sealed: bool = False
    row: Row | None = None
    known: Sequence[Placement] = ()
    shares: list[Share] = field(default_factory=list)


_READERS: Final[Mapping[str, Callable[[Line], cells.Judged]]] = {
    TARIFFS: cells.tariff_of,
    CLIENTS: cells.client_of,
    ALLOCATIONS: cells.allocation_of,
    PLACEMENTS: cells.placement_of,
}


def judged(catalogue: Catalogue, sheets: Sheets, as_of: date) -> list[Row]:
    """All rows in the order in which they are taken over: tariffs, clients, allocations, then
    placements.
    """
    return _Judge(catalogue, sheets, as_of).all_rows()


class _Judge:
    def __init__(self, catalogue: Catalogue, sheets: Sheets, as_of: date) -> None:
        self._catalogue = catalogue
        self._as_of = as_of
        self._years = Period(date(as_of.year, 1, 1), date(as_of.year + YEARS - 1, 12, 31))
        self._rows = {sheet: [_read(sheet, line) for line in sheets[sheet]] for sheet in _READERS}
        self._care: dict[AllocationKey, _Care] = {}
        self._wrong_care: set[AllocationKey] = set()

    def all_rows(self) -> list[Row]:
        self._judge_tariffs()
        self._judge_clients()
        self._judge_allocations()
        self._judge_persons_without_care()
        self._judge_placements()
        return [row for sheet in _READERS for row in self._rows[sheet]]

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
        same = [(period, amount) for period, amount in prices if _is_from(period, said.period)]
        if same:
            row.is_known = all(amount == said.amount for _period, amount in same)
            if not row.is_known:
                text = _("Another tariff holds from this day here. Change it on the contract.")
                row.wrong("tarief", "IMP-30", text)
        elif row.is_good:
            prices.append((said.period, said.amount))

    # Clients

    def _judge_clients(self) -> None:
        for row in self._rows[CLIENTS]:
            bsn = cells.bsn_of(row.line["bsn"])
            row.client_hash = bsn_key(bsn) if len(bsn) == 9 else None
        hashes = {row.client_hash for row in self._rows[CLIENTS] if row.client_hash}
        hashes |= {
            bsn_key(row.said.bsn)
            for row in self._rows[ALLOCATIONS]
            if isinstance(row.said, AllocationSaid)
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
        known = self._catalogue.allocations(keys)
        placed = self._catalogue.placements(known.values())
        self._care = {key: _known_care(row, placed.get(row.pk, ())) for key, row in known.items()}
        for row in rows:
            if isinstance(row.said, AllocationSaid):
                self._judge_allocation(row, row.said, known.get(row.said.key))
            if not row.is_good:
                self._wrong_care.add(_key_of(row.line))

    def _judge_allocation(self, row: Row, said: AllocationSaid, known: Allocation | None) -> None:
        row.client_hash, row.volume = bsn_key(said.bsn), said.volume
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
        same = (
            bytes(known.client.bsn_hash or b"") == row.client_hash
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
        if said.key in self._care:
            text = _("This allocation stands twice in the file.")
            row.wrong("toewijzingsnummer", "IMP-20", text)
            return
        if row.is_good:
            known = self._clients.get(row.client_hash or b"")
            self._care[said.key] = _Care(
                contract=contract,
                product=row.product,
                whole=Share(said.period, said.volume, said.frequency, said.budget),
                unit=said.unit,
                client_hash=row.client_hash or b"",
                municipality=town,
                is_sealed=known is not None and known.is_sealed,
                row=row,
            )

    def _contract(self, said: AllocationSaid) -> MunicipalContract | None:
        """As `allocation_checks.contract_for` finds it when the allocation is taken over."""
        rows = self._catalogue.contracts[said.family, said.municipality]
        start = said.period.start
        running = [row for row in rows if Period(row.start_date, row.end_date).contains(start)]
        covering = [row for row in running or rows if self._covers(row, said)]
        return max(covering, key=lambda row: (row.start_date, row.pk), default=None)

    def _covers(self, contract: MunicipalContract, said: AllocationSaid) -> bool:
        if not said.category:
            return True
        agreed = {row.product_id for row in contract.products.all()}
        return any(
            product.pk in agreed
            for (family, category, code), product in self._catalogue.products.items()
            if (family, category) == (said.family, said.category) and said.code in ("", code)
        )

    def _judge_persons_without_care(self) -> None:
        """Nothing is kept of a person without care."""
        cared_for = {care.client_hash for care in self._care.values()}
        for row in self._rows[CLIENTS]:
            if row.is_good and not row.is_known and row.client_hash not in cared_for:
                text = _("No good allocation of this client is in the file. Mend or add it.")
                row.wrong("bsn", "IMP-32", text)

    # Placements

    def _judge_placements(self) -> None:
        numbers = {
            row.said.number
            for row in self._rows[PLACEMENTS]
            if isinstance(row.said, PlacementSaid) and row.said.number
        }
        self._numbers = self._catalogue.numbers(numbers)
        for row in self._rows[PLACEMENTS]:
            if isinstance(row.said, PlacementSaid):
                self._judge_placement(row, row.said)

    def _judge_placement(self, row: Row, said: PlacementSaid) -> None:
        self._find_provider(row, said)
        care = self._care.get(said.allocation)
        if care is None:
            self._missing_care(row, said)
            return
        row.client_hash, row.municipality = care.client_hash, care.municipality
        row.product = care.product or self._catalogue.products.get(
            (said.allocation[0], said.category, said.code)
        )
        row.volume = care.whole.volume if said.volume is None else said.volume
        if row.product is None:
            text = _("The allocation names no product. Fill in which one is delivered.")
            row.wrong("productcode", "IMP-07", text)
            return
        if row.subcontractor is None:
            return
        if self._is_known(row, said, care):
            self._count(row, said, care)
            return
        self._check_number(row, said)
        self._check_period(row, said, care)
        if row.subcontract is not None:
            self._check_paid(row, said, care, row.subcontract, row.product)
        if care.is_sealed and row.subcontract is not None:
            text = _("The data of this client may not be passed on. Only an own team can deliver.")
            row.wrong("uitvoerder", "PLA-07", text)
        self._check_room(row, said, care)
        self._count(row, said, care)

    def _find_provider(self, row: Row, said: PlacementSaid) -> None:
        name = said.provider.casefold()
        if (contract := self._catalogue.subcontracts.get(name)) is not None:
            row.subcontract, row.subcontractor = contract, contract.subcontractor
        elif (team := self._catalogue.teams.get(name)) is not None:
            row.subcontractor = team
        else:
            text = _("There is no subcontract with this number, and no own team with this name.")
            row.wrong("uitvoerder", "IMP-24", text)

    def _missing_care(self, row: Row, said: PlacementSaid) -> None:
        if said.allocation in self._wrong_care:
            text = _("The row of this allocation is wrong. Mend that one first.")
            row.wrong("toewijzingsnummer", "IMP-32", text)
        else:
            text = _("This allocation is neither in the file nor known here. Add it, or mend this.")
            row.wrong("toewijzingsnummer", "IMP-23", text)

    def _is_known(self, row: Row, said: PlacementSaid, care: _Care) -> bool:
        row.is_known = any(
            (one.subcontractor_id, one.start_date)
            == (row.subcontractor.pk if row.subcontractor else 0, said.period.start)
            for one in care.known
        )
        return row.is_known

    def _check_number(self, row: Row, said: PlacementSaid) -> None:
        if said.number is None:
            return
        key = (said.allocation[0], said.number)
        if key in self._numbers:
            text = _("Another placement has this number. A number below stands for one placement.")
            row.wrong("nummer", "IMP-34", text)
        self._numbers.add(key)

    def _check_period(self, row: Row, said: PlacementSaid, care: _Care) -> None:
        if care.whole.period.intersection(said.period) != said.period:
            text = _("The period must lie within the period of the allocation.")
            row.wrong("begindatum", "IMP-28", text)
        if said.period.end is not None and said.period.end < self._as_of:
            text = _("This ended before the day of the take-over. Only care that runs comes along.")
            row.wrong("einddatum", "IMP-31", text)
        if said.started_on is not None and said.started_on > self._as_of:
            text = _("Care that starts after the take-over is reported here. Leave this empty.")
            row.wrong("gestart_op", "IMP-05", text)

    def _check_paid(
        self,
        row: Row,
        said: PlacementSaid,
        care: _Care,
        contract: Subcontract,
        product: Product,
    ) -> None:
        day = max(said.period.start, self._as_of)
        runs = contract.status in Subcontract.RUNNING
        if not (runs and Period(contract.start_date, contract.end_date).contains(day)):
            text = _("This subcontract does not run on the day of the take-over. Start it first.")
            row.wrong("uitvoerder", "IMP-25", text)
        elif contract.municipal_contract_id != care.contract.pk:
            text = _("This subcontract does not fall under the contract of this municipality.")
            row.wrong("uitvoerder", "IMP-25", text)
        elif not (form := self._catalogue.form_on(contract, product, day)):
            text = _("No funding line of this contract pays such a product.")
            row.wrong("productcode", "IMP-26", text)
        elif form == FundingLine.Form.PXQ and not self._price_on(contract, product, day):
            text = _("The contract has no tariff for this product. Add it to sheet tarieven.")
            row.wrong("productcode", "IMP-27", text)

    def _price_on(self, contract: Subcontract, product: Product, day: date) -> bool:
        prices = self._catalogue.prices[contract.pk, product.pk]
        return any(period.contains(day) for period, _amount in prices)

    def _check_room(self, row: Row, said: PlacementSaid, care: _Care) -> None:
        share = Share(said.period, said.volume, care.whole.frequency, said.budget)
        if is_exceeded(care.whole, [*care.shares, share]):
            text = _("More would be placed than the municipality has allocated.")
            row.wrong("volume", "IMP-29", text)
        elif row.is_good:
            care.shares.append(share)

    def _count(self, row: Row, said: PlacementSaid, care: _Care) -> None:
        """Committed euros, where price times quantity is paid."""
        contract, product = row.subcontract, row.product
        if contract is None or product is None:
            return
        day = max(said.period.start, self._as_of)
        if self._catalogue.form_on(contract, product, day) != FundingLine.Form.PXQ:
            return
        are_hours = (care.unit, product.unit) == (_HOUR, _MINUTE)
        prices = self._catalogue.prices[contract.pk, product.pk]
        placed = Placed(
            period=said.period,
            prices=[(when, price * 60 if are_hours else price) for when, price in prices],
            volume=row.volume,
            frequency=care.whole.frequency,
            budget=care.whole.budget if said.budget is None else said.budget,
        )
        row.amounts = by_year(placed, self._years)


def _read(sheet: str, line: Line) -> Row:
    said, faults = _READERS[sheet](line)
    return Row(sheet, line, said, list(faults))


def _is_from(known: Period, said: Period) -> bool:
    """Whether a tariff holds from that very day, or another one lies across it."""
    return known.start == said.start or (
        known.start > said.start and said.end is not None and known.start <= said.end
    )


def _key_of(line: Line) -> AllocationKey:
    """By which placements name it, also where the rest of its row is wrong."""
    number = line["toewijzingsnummer"]
    is_number = number.isascii() and number.isdigit()
    town = cells.town_of(line["gemeente"])
    return line["wet"].lower(), town, int(number[:9]) if is_number else 0


def _known_care(row: Allocation, placed: Iterable[Placement]) -> _Care:
    known = list(placed)
    return _Care(
        contract=row.municipal_contract,
        product=row.product,
        whole=Share(Period(row.start_date, row.end_date), row.volume, row.frequency, row.budget),
        unit=row.unit,
        client_hash=bytes(row.client.bsn_hash or b""),
        municipality=row.municipality,
        is_sealed=row.client.is_sealed,
        known=known,
        shares=[
            Share(Period(one.start_date, one.end_date), one.volume, one.frequency, one.budget)
            for one in known
        ],
    )
