"""A declaration as the software of a subcontractor writes it."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from billing.services.staging import StagedLine
from hoofdaannemer.core.periods import Month
from messaging.istandaard import Family, builders, serialize
from messaging.istandaard.model.declaration import ServiceLine
from messaging.istandaard.model.values import Amount, ClosedPeriod, LineReference
from tests.factories import World

_numbers = count(1)


def service_line(line: StagedLine) -> ServiceLine:
    """The line as it stands in a message."""
    return ServiceLine(
        reference=LineReference(number=line.reference, previous=line.previous_reference),
        allocation_number=line.number,
        category=line.category,
        code=line.code,
        product_period=ClosedPeriod(start=line.start, end=line.end),
        delivered_volume=line.volume,
        unit=line.unit,
        tariff=line.tariff,
        submitted_amount=Amount(cents=line.amount, debit_credit="C" if line.is_credit else "D"),
    )


def declaration(world: World, month: Month, *lines: tuple[str, StagedLine]) -> bytes:
    """The 323 of the P*Q subcontractor with these lines, each with the BSN of its client."""
    number = next(_numbers)
    envelope = builders.Envelope(
        family=Family.JW,
        sender=world.pxq.organisation.agb,
        receiver=world.municipality.code,
        number=f"B{number:09d}",
        day=month.last + timedelta(days=5),
    )
    period = ClosedPeriod(start=month.first, end=month.last)
    rows = [(bsn, service_line(line)) for bsn, line in lines]
    return serialize(builders.declaration(envelope, f"N{number}", period, rows))
