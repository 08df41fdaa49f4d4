"""The municipality's side of the traffic: it decides, sends 301s, and answers what it receives.

Everything goes through real messages: bytes are built here and handed to the in-tray.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count

from hoofdaannemer.scenarios.people import Person
from messaging.istandaard import (
    Family,
    Finding,
    Verdict,
    answer,
    builders,
    declaration_answer,
    declaration_rows,
    parse,
    serialize,
)
from messaging.istandaard.model.allocation import AllocatedProduct
from messaging.istandaard.model.messages import DeclarationMessage
from messaging.istandaard.model.values import Extent, Product


@dataclass(frozen=True)
class Decision:
    """What the municipality allocates: product, extent (units of WJ756/WJ757) and period."""

    category: str
    code: str
    start_date: date
    end_date: date | None
    volume: int
    unit: str
    frequency: str
    reference: str = ""
    #: Code list RedenWijziging; empty for a first delivery.
    change_reason: str = ""


@dataclass
class Municipality:
    """One municipality towards one main contractor in one law."""

    code: str
    name: str
    family: Family
    provider_agb: str
    first_number: int
    _identifications: count[int] = field(default_factory=lambda: count(1))
    _allocated: int = 0

    def allocate(self, person: Person, decision: Decision, at: datetime) -> tuple[int, bytes]:
        """Return the allocation number and the 301, decided at `at` (local time)."""
        number = self.first_number + self._allocated
        self._allocated += 1
        return number, self.deliver(number, person, decision, at)

    def deliver(self, number: int, person: Person, decision: Decision, at: datetime) -> bytes:
        """Return the 301 of a new or changed allocation, decided at `at` (local time)."""
        product = AllocatedProduct(
            number=number,
            provider_reference=decision.reference,
            product=Product(category=decision.category, code=decision.code),
            decided_on=at.date(),
            decided_at=at.time().replace(microsecond=0),
            start_date=decision.start_date,
            end_date=decision.end_date,
            change_reason=decision.change_reason,
            extent=Extent(volume=decision.volume, unit=decision.unit, frequency=decision.frequency),
        )
        message = builders.allocation(
            self._envelope(at.date()),
            builders.Person(
                bsn=person.bsn,
                birth_date=person.birth_date,
                surname=person.surname,
                prefix=person.prefix,
                first_names=person.given,
                initials=person.initials,
                sex=person.sex,
            ),
            [product],
            [
                builders.dutch_address(
                    person.postcode, person.house_number, street=person.street, town=person.town
                )
            ],
        )
        return serialize(message)

    def reply(self, raw: bytes, day: date) -> bytes:
        """Return the error-free return message to one of ours. Raises ValueError if unreadable."""
        message = parse(raw).message
        if message is None:
            raise ValueError("the municipality cannot read our message")
        return serialize(answer(message, [], identification=self._next(), date=day))

    def refuse(self, raw: bytes, day: date, finding: Finding) -> bytes:
        """Return the message that returns one of ours with an error."""
        message = parse(raw).message
        if message is None:
            raise ValueError("the municipality cannot read our message")
        return serialize(answer(message, [finding], identification=self._next(), date=day))

    def award(self, raw: bytes, day: date, *, rejected: Mapping[int, str]) -> bytes:
        """Return the 325 to a declaration of ours; lines by their place with the return code."""
        message = parse(raw).message
        if not isinstance(message, DeclarationMessage):
            raise ValueError("the municipality cannot read our declaration")
        lines = [
            (row, (rejected[row.line],))
            for row in declaration_rows(message)
            if row.line in rejected
        ]
        verdict = Verdict(lines=lines)
        return serialize(
            declaration_answer(message, verdict, identification=self._next(), date=day)
        )

    def _envelope(self, day: date) -> builders.Envelope:
        return builders.Envelope(
            family=self.family,
            sender=self.code,
            receiver=self.provider_agb,
            number=self._next(),
            day=day,
        )

    def _next(self) -> str:
        return f"{self.code}{next(self._identifications):08d}"
