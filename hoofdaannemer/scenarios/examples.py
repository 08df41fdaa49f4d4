"""The example messages of `docs/examples`, made from the message model; a test holds them equal.

Municipalities and products are those of scenario `regio`; people are invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time
from typing import Final

from messaging.istandaard import Family, builders, serialize
from messaging.istandaard.model.allocation import AllocatedProduct, Relation
from messaging.istandaard.model.declaration import ServiceLine
from messaging.istandaard.model.messages import (
    AllocationMessage,
    AllocationRequestMessage,
    DeclarationMessage,
)
from messaging.istandaard.model.requests import RequestedProduct
from messaging.istandaard.model.values import (
    Amount,
    BirthDate,
    ClosedPeriod,
    Communication,
    Extent,
    FullName,
    LineReference,
    Product,
    Referrer,
    Surname,
)

#: AGB codes of the main contractor and of two subcontractors with software of their own.
MAIN, YOUTH_PROVIDER, WMO_PROVIDER = "73910000", "73910010", "73910025"
YOUTH_TOWN, WMO_TOWN = "0307", "0114"
#: Test numbers that the scenario leaves alone.
CHILD, ADULT, ASKING, OTHER_CHILD = "999980002", "999980014", "999980026", "999980038"
#: The first numbers that a main contractor gives to placements that it relays.
PLACEMENT, OTHER_PLACEMENT = 900_000_000, 900_000_001
APRIL: Final = ClosedPeriod(start=date(2026, 4, 1), end=date(2026, 4, 30))
MARCH: Final = ClosedPeriod(start=date(2026, 3, 1), end=date(2026, 3, 31))
TARIFF_CENTS: Final = 182


def documents() -> Mapping[str, bytes]:
    """The bytes of each example by its file name."""
    return {
        "JW301.xml": serialize(_youth_allocation()),
        "JW323.xml": serialize(_declaration()),
        "WMO301.xml": serialize(_wmo_allocation()),
        "WMO315.xml": serialize(_request()),
    }


def _envelope(
    family: Family, sender: str, receiver: str, number: str, day: date
) -> builders.Envelope:
    return builders.Envelope(
        family=family, sender=sender, receiver=receiver, number=number, day=day
    )


def _allocated(
    number: int, category: str, code: str, extent: Extent, *, start: date, end: date
) -> AllocatedProduct:
    return AllocatedProduct(
        number=number,
        product=Product(category=category, code=code),
        decided_on=date(2026, 3, 27),
        decided_at=time(10, 15),
        start_date=start,
        end_date=end,
        extent=extent,
    )


def _relation(number: str, kind: str, born: date, name: FullName, street: str) -> Relation:
    return Relation(
        number=number,
        priority=int(number),
        kind=kind,
        birth_date=BirthDate(day=born),
        sex="2",
        name=name,
        contact=builders.dutch_address("3811ZZ", 7, street=street, town="Amersfoort", kind="03"),
    )


def _youth_allocation() -> AllocationMessage:
    """A child with two relations, two addresses, a language and two products."""
    child = builders.Person(
        bsn=CHILD,
        birth_date=date(2013, 9, 21),
        surname="Voorbeeldman",
        prefix="van",
        first_names="Jip",
        initials="J",
        sex="1",
    )
    family_name = Surname(name="Voorbeeldman", prefix="van")
    mother = FullName(surname=family_name, first_names="Els", initials="E", name_usage="1")
    uncle = FullName(
        surname=Surname(name="Proefstra"), first_names="Anne", initials="A", name_usage="1"
    )
    first, last = date(2026, 4, 1), date(2026, 12, 31)
    message = builders.allocation(
        _envelope(Family.JW, YOUTH_TOWN, MAIN, "030700000001", date(2026, 3, 27)),
        child,
        [
            _allocated(
                30_700_001, "45", "45A04", Extent(volume=3, unit="04", frequency="2"),
                start=first, end=last,
            ),
            _allocated(
                30_700_002, "54", "54001", Extent(volume=240, unit="01", frequency="4"),
                start=first, end=last,
            ),
        ],
        [
            builders.dutch_address("3811ZZ", 7, street="Bedenkpad", town="Amersfoort"),
            builders.dutch_address("3811ZZ", 9, street="Bedenkpad", town="Amersfoort", kind="03"),
        ],
        relations=[
            _relation("1", "12", date(1984, 2, 3), mother, "Bedenkpad"),
            _relation("2", "09", date(1979, 11, 30), uncle, "Verzinlaan"),
        ],
    )  # fmt: skip
    client = replace(
        message.client,
        communication=Communication(form="1", language="Fries"),
        comment="Voorbeeld: bel eerst de ouder.",
    )
    return replace(message, client=client)


def _wmo_allocation() -> AllocationMessage:
    """An adult with a partner's name, one relation and two products."""
    adult = builders.Person(
        bsn=ADULT,
        birth_date=date(1958, 6, 12),
        surname="Probeersema",
        partner_name="Testinga",
        first_names="Fokje",
        initials="F",
        sex="2",
        name_usage="4",
    )
    partner = FullName(
        surname=Surname(name="Testinga"), first_names="Durk", initials="D", name_usage="1"
    )
    relation = replace(
        _relation("1", "03", date(1956, 1, 8), partner, "Verzinwijk"), priority=1, sex="1"
    )
    first, last = date(2026, 4, 1), date(2026, 9, 30)
    message = builders.allocation(
        _envelope(Family.WMO, WMO_TOWN, MAIN, "011400000001", date(2026, 3, 27)),
        adult,
        [
            _allocated(
                11_400_001, "02", "02A05", Extent(volume=2, unit="04", frequency="2"),
                start=first, end=last,
            ),
            _allocated(
                11_400_002, "07", "07A10", Extent(volume=4, unit="16", frequency="2"),
                start=first, end=last,
            ),
        ],
        [builders.dutch_address("7811ZZ", 21, street="Verzinwijk", town="Emmen")],
        relations=[relation],
    )  # fmt: skip
    return replace(
        message,
        client=replace(message.client, communication=Communication(form="1", language="Drents")),
    )


def _request() -> AllocationRequestMessage:
    """A subcontractor asks for two products, after a referral by a general practitioner."""
    asking = builders.Person(
        bsn=ASKING, birth_date=date(1971, 3, 5), surname="Bedenksma", initials="B", sex="1"
    )
    referrer = Referrer(type="02", name="Dr. Verzonnen")
    asked = [
        RequestedProduct(
            provider_reference=f"VB-AANVRAAG-{place}",
            product=Product(category=category, code=code),
            allocation_start_date=date(2026, 5, 1),
            allocation_end_date=date(2026, 10, 31),
            extent=Extent(volume=2, unit=unit, frequency="2"),
            referrer=referrer,
        )
        for place, (category, code, unit) in enumerate(
            (("02", "02A05", "04"), ("07", "07A10", "16")), start=1
        )
    ]
    envelope = _envelope(Family.WMO, WMO_PROVIDER, WMO_TOWN, "VB315000001", date(2026, 4, 14))
    return builders.allocation_request(envelope, asking, asked)


def _declaration() -> DeclarationMessage:
    """Two clients, three lines; one of a month before."""
    lines = [
        (CHILD, _line("VB001", PLACEMENT, APRIL, 480)),
        (OTHER_CHILD, _line("VB002", OTHER_PLACEMENT, APRIL, 300)),
        (OTHER_CHILD, _line("VB003", OTHER_PLACEMENT, MARCH, 240)),
    ]
    envelope = _envelope(Family.JW, YOUTH_PROVIDER, YOUTH_TOWN, "VB323000001", date(2026, 5, 6))
    return builders.declaration(envelope, "VB202604", APRIL, lines)


def _line(reference: str, allocation: int, period: ClosedPeriod, minutes: int) -> ServiceLine:
    return ServiceLine(
        reference=LineReference(number=reference),
        allocation_number=allocation,
        category="54",
        code="54001",
        product_period=period,
        delivered_volume=minutes,
        unit="01",
        tariff=TARIFF_CENTS,
        submitted_amount=Amount(cents=minutes * TARIFF_CENTS),
    )
