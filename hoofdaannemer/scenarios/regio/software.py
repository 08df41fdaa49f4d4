"""What a large subcontractor's own software sends: 305, 307, 315 and 323 under its own AGB code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING

from hoofdaannemer.core.money import to_cents
from hoofdaannemer.core.periods import Month, Period
from messaging.istandaard import Family, builders, serialize
from messaging.istandaard.model.declaration import ServiceLine
from messaging.istandaard.model.delivery import StartProduct, StopProduct
from messaging.istandaard.model.requests import ProductToChange, Request, RequestedProduct
from messaging.istandaard.model.values import (
    Amount,
    ClosedPeriod,
    Extent,
    LineReference,
    Product,
    Referrer,
)
from subcontracts.models import Placement
from subcontracts.rules.delivery import StopKey
from subcontracts.services.requests import ProductDraft

if TYPE_CHECKING:
    from hoofdaannemer.scenarios.regio.care import Case

_numbers = count(1)


@dataclass(frozen=True)
class Volume:
    """Delivered in a month under a placement: whole units, at a tariff in euros a unit."""

    case: Case
    period: Period
    units: int
    tariff: Decimal


def _envelope(case: Case, day: date) -> builders.Envelope:
    return builders.Envelope(
        family=Family(case.goods.family),
        sender=case.provider.organisation.agb,
        receiver=case.town[0],
        number=f"S{next(_numbers):09d}",
        day=day,
    )


def _person(case: Case) -> builders.Person:
    person = case.person
    return builders.Person(
        bsn=person.bsn,
        birth_date=person.birth_date,
        surname=person.surname,
        prefix=person.prefix,
        initials=person.initials,
        sex=person.sex,
    )


def start_message(case: Case, placement: Placement, begin: date, at: datetime) -> bytes:
    """A 305 about a placement, under the number of the relayed allocation."""
    start = StartProduct(
        allocation_number=placement.number,
        product=Product(category=case.goods.category, code=case.goods.code),
        allocation_start_date=placement.start_date,
        begin_date=begin,
    )
    return serialize(builders.start(_envelope(case, at.date()), _person(case), [start]))


def stop_message(case: Case, placement: Placement, stop: StopKey, at: datetime) -> bytes:
    """A 307 about a placement."""
    product = StopProduct(
        allocation_number=placement.number,
        product=Product(category=case.goods.category, code=case.goods.code),
        allocation_start_date=placement.start_date,
        begin_date=stop.begin,
        stop_reason=stop.reason,
        end_date=stop.end,
    )
    return serialize(builders.stop(_envelope(case, at.date()), _person(case), [product]))


def request_message(case: Case, products: Iterable[ProductDraft], at: datetime) -> bytes:
    """A 315 for the client of a case, with a reference of its own for each product."""
    asked = [
        RequestedProduct(
            provider_reference=f"A{next(_numbers):08d}",
            product=Product(category=one.product.category, code=one.product.code),
            allocation_start_date=one.start_date,
            allocation_end_date=one.end_date,
            extent=Extent(volume=one.volume or 0, unit=one.unit, frequency=one.frequency),
            referrer=Referrer(type=one.referral.type, name=one.referral.name),
        )
        for one in products
    ]
    known = "1" if case.goods.family == "jw" else ""
    envelope = _envelope(case, at.date())
    message = builders.allocation_request(envelope, _person(case), asked, guardian_known=known)
    return serialize(message)


def change_message(case: Case, placement: Placement, first_day: date, at: datetime) -> bytes:
    """A 317 for half as much again under a placement, from a later day on."""
    volume = placement.volume or 0
    wanted = ProductToChange(
        allocation_number=placement.number,
        wanted_start_date=first_day,
        end_date=placement.end_date,
        extent=Extent(
            volume=volume + volume // 2 + 1, unit=placement.unit, frequency=placement.frequency
        ),
    )
    asked = Request(
        provider_reference=f"A{next(_numbers):08d}",
        request_reason="1",
        products_to_change=(wanted,),
    )
    envelope = _envelope(case, at.date())
    return serialize(builders.change_request(envelope, case.person.bsn, asked))


def declaration_message(month: Month, volumes: Iterable[Volume], at: datetime) -> bytes:
    """A 323 of a month; all volumes are of one subcontractor, municipality and law."""
    listed = list(volumes)
    lines = [(volume.case.person.bsn, _line(volume)) for volume in listed]
    period = ClosedPeriod(start=month.first, end=month.last)
    number = f"D{next(_numbers):09d}"
    envelope = _envelope(listed[0].case, at.date())
    return serialize(builders.declaration(envelope, number, period, lines))


def _line(volume: Volume) -> ServiceLine:
    goods, tariff = volume.case.goods, to_cents(volume.tariff)
    return ServiceLine(
        reference=LineReference(number=f"R{next(_numbers):012d}"),
        allocation_number=volume.case.placed.number,
        category=goods.category,
        code=goods.code,
        product_period=ClosedPeriod(
            start=volume.period.start, end=volume.period.end or volume.period.start
        ),
        delivered_volume=volume.units,
        unit=goods.unit,
        tariff=tariff,
        submitted_amount=Amount(cents=volume.units * tariff),
    )
