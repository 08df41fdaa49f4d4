"""A row of a file with running care, and the care that rows of it are about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.periods import Period
from subcontracts.models import (
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
from subcontracts.rules.importcells import AllocationKey
from subcontracts.rules.importcolumns import ALLOCATIONS, CLIENTS, PLACEMENTS, TARIFFS
from subcontracts.rules.importfile import Line
from subcontracts.rules.keys import reference_key
from subcontracts.rules.parts import Share


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


def read(sheet: str, line: Line) -> Row:
    """A row with what its cells say."""
    said, faults = READERS[sheet](line)
    return Row(sheet, line, said, list(faults))


def key_of(line: Line) -> AllocationKey:
    """By which placements name it, also where the rest of its row is wrong."""
    number = line["toewijzingsnummer"]
    is_number = number.isascii() and number.isdigit()
    town = importreading.town_of(line["gemeente"])
    return line["wet"].lower(), town, int(number[:9]) if is_number else 0


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
