"""A row of a file with running care, and the care that rows of it are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.periods import Period
from subcontracts.models import (
    AllocatedBy,
    Allocation,
    MunicipalContract,
    Placement,
    Product,
    Subcontract,
    Subcontractor,
)
from subcontracts.rules import importcells as cells
from subcontracts.rules import importreading
from subcontracts.rules.csvfiles import Fault
from subcontracts.rules.importcolumns import ALLOCATIONS, CLIENTS, PLACEMENTS, TARIFFS
from subcontracts.rules.importfile import Line
from subcontracts.rules.importreading import bsn_of, product_of, town_of
from subcontracts.rules.importsaid import AllocationKey, Said
from subcontracts.rules.keys import bsn_key, reference_key
from subcontracts.rules.parts import Share


@dataclass
class Row:
    """A row with what it says, what it is about, and what is wrong with it."""

    sheet: str
    line: Line
    said: Said | None
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
class Care:
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


READERS: Final[Mapping[str, Callable[[Line], cells.Judged]]] = {
    TARIFFS: cells.tariff_of,
    CLIENTS: cells.client_of,
    ALLOCATIONS: cells.allocation_of,
    PLACEMENTS: cells.placement_of,
}


#: Who allocated it, as the file says, is known here as.
ORIGINS: Final[Mapping[str, AllocatedBy]] = {
    importreading.MUNICIPALITY: AllocatedBy.MUNICIPALITY,
    importreading.MANDATE: AllocatedBy.MANDATE,
    importreading.TASK: AllocatedBy.TASK,
}
#: What to do where the contract does not say so (IMP-36).
NOT_AGREED: Final[Mapping[str, str | Promise]] = {
    AllocatedBy.MANDATE: _(
        "Here the municipality allocates. Record the mandate first, or clear this."
    ),
    AllocatedBy.TASK: _(
        "Under this contract care does not follow from a task. Record that first, or clear this."
    ),
}


def read(sheet: str, line: Line) -> Row:
    """A row with what its cells say."""
    said, faults = READERS[sheet](line)
    return Row(sheet, line, said, list(faults))


class CareBook:
    """The care that placements of the file are of, found by what they name it with."""

    def __init__(self) -> None:
        self._care: dict[AllocationKey, list[Care]] = defaultdict(list)
        self._wrong: set[AllocationKey] = set()

    def add(self, key: AllocationKey, care: Care) -> None:
        self._care[key].append(care)

    def add_wrong(self, line: Line) -> None:
        """An allocation that is left out: what is placed of it cannot come along either."""
        self._wrong.add(_key_of(line))

    def is_wrong(self, key: AllocationKey) -> bool:
        return key in self._wrong

    def beside(self, key: AllocationKey, period: Period) -> Care | None:
        """Care that a row of this key would stand beside: nothing is allocated twice at a time."""
        found = self._care.get(key, ())
        return next((one for one in found if key.number or one.whole.period.overlaps(period)), None)

    def of(self, key: AllocationKey, day: date) -> Care | None:
        """The care that is meant; of several under a task the one on this day."""
        found = self._care.get(key, ())
        if len(found) == 1:
            return found[0]
        return next((one for one in found if one.whole.period.contains(day)), None)

    def people(self) -> set[bytes]:
        """By hash the clients that have care."""
        return {one.client_hash for found in self._care.values() for one in found}


def person_of(line: Line) -> bytes | None:
    """By BSN or reference, also where the rest of the row is wrong; nothing without either."""
    bsn, reference = bsn_of(line["bsn"]), line["kenmerk"]
    if len(bsn) == 9:
        return bsn_key(bsn)
    return reference_key(reference) if reference and not bsn else None


def _key_of(line: Line) -> AllocationKey:
    """By which placements name it, also where the rest of its row is wrong."""
    number = line["toewijzingsnummer"]
    is_number = number.isascii() and number.isdigit()
    return AllocationKey.of(
        (line["wet"].lower(), town_of(line["gemeente"])),
        int(number[:9]) if is_number else None,
        person_of(line) or b"",
        product_of(line),
    )


def known_care(row: Allocation, placed: Iterable[Placement]) -> Care:
    """An allocation that is known, with what is or was delivered under it."""
    known = list(placed)
    return Care(
        contract=row.municipal_contract,
        product=row.product,
        whole=Share(Period(row.start_date, row.end_date), row.volume, row.frequency, row.budget),
        unit=row.unit,
        client_hash=bytes(row.client.bsn_hash or reference_key(row.client.pseudonym)),
        municipality=row.municipality,
        is_sealed=row.client.is_sealed,
        known=known,
        shares=[
            Share(Period(one.start_date, one.end_date), one.volume, one.frequency, one.budget)
            for one in known
        ],
    )
