"""What the rows of a file with running care say, once their cells were read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hoofdaannemer.core.periods import Period
from subcontracts.rules.keys import person_key


@dataclass(frozen=True)
class AllocationKey:
    """By what placements name an allocation: its number, or under a task client and product.

    Of one client and product a day tells which, for they never run side by side (MAN-06).
    """

    family: str
    municipality: str
    number: int | None
    person: bytes = b""
    category: str = ""
    code: str = ""

    @classmethod
    def of(
        cls,
        where: tuple[str, str],
        number: int | None,
        person: bytes,
        product: tuple[str, str],
    ) -> AllocationKey:
        """`where`: law and municipality. Client and product tell nothing where a number does."""
        if number is not None:
            return cls(*where, number)
        return cls(*where, None, person, *product)


@dataclass(frozen=True, kw_only=True)
class ClientSaid:
    """A person; the address is four lines, or empty. Without a BSN a reference says who."""

    bsn: str
    reference: str
    surname: str
    prefix: str
    initials: str
    birth_date: date
    sex: str
    address: str

    @property
    def person(self) -> bytes:
        """By which the rows of one client belong together."""
        return person_key(self.bsn, self.reference)


@dataclass(frozen=True, kw_only=True)
class AllocationSaid:
    """An allocation of a client; without code it is of a category, without both of anything.

    What follows from a task has no number, and always a code.
    """

    family: str
    municipality: str
    number: int | None
    bsn: str
    reference: str
    category: str
    code: str
    #: Who allocated it, in the words of `importreading`.
    granted_by: str
    decided_on: date
    period: Period
    volume: int | None
    unit: str
    frequency: str
    budget: Decimal | None

    @property
    def person(self) -> bytes:
        """By which the rows of one client belong together."""
        return person_key(self.bsn, self.reference)

    @property
    def key(self) -> AllocationKey:
        """By what placements name it."""
        where = self.family, self.municipality
        return AllocationKey.of(where, self.number, self.person, (self.category, self.code))


@dataclass(frozen=True, kw_only=True)
class PlacementSaid:
    """Who delivers an allocation, or a part of it; since when, and under which number below.

    BSN or reference of the client where the allocation has no number; else they may be empty.
    """

    allocation: AllocationKey
    bsn: str
    reference: str
    provider: str
    category: str
    code: str
    period: Period
    volume: int | None
    budget: Decimal | None
    started_on: date | None
    paused_on: date | None
    number: int | None

    @property
    def person(self) -> bytes | None:
        """By which the rows of one client belong together, where the row names one."""
        return person_key(self.bsn, self.reference) if self.bsn or self.reference else None


@dataclass(frozen=True, kw_only=True)
class TariffSaid:
    """Euros a unit of a product under a subcontract."""

    contract: str
    category: str
    code: str
    unit: str
    amount: Decimal
    period: Period


Said = ClientSaid | AllocationSaid | PlacementSaid | TariffSaid
