"""Small valid messages of every type, and a way to change one thing in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from typing import Any

from messaging.istandaard import Finding, answer, builders, declaration_answer, verdict_of
from messaging.istandaard.model.allocation import AllocatedProduct, Relation
from messaging.istandaard.model.declaration import ServiceLine
from messaging.istandaard.model.delivery import StartProduct, StopProduct
from messaging.istandaard.model.elements import Family
from messaging.istandaard.model.messages import Message
from messaging.istandaard.model.requests import (
    NewProduct,
    ProductToChange,
    Request,
    RequestedProduct,
    UnchangedProduct,
)
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

DAY = date(2026, 3, 10)
BSN, OTHER_BSN = "999900006", "999900018"
MUNICIPALITY, PROVIDER = "0363", "11223344"
CATEGORY = {Family.WMO: "02", Family.JW: "45"}
OTHER_CATEGORY = {Family.WMO: "04", Family.JW: "43"}
PERSON = builders.Person(bsn=BSN, birth_date=date(2010, 5, 4), surname="Jansen", initials="AB")
FORWARD = ("301", "305", "307", "315", "317", "319", "323")
ALL = ("301", "302", "305", "306", "307", "308", "315", "316", "317", "318", "319", "320", "323")


def envelope(family: Family, *, from_municipality: bool) -> builders.Envelope:
    parties = (MUNICIPALITY, PROVIDER) if from_municipality else (PROVIDER, MUNICIPALITY)
    return builders.Envelope(
        family=family, sender=parties[0], receiver=parties[1], number="A1", day=DAY
    )


def message(number: str, family: Family = Family.WMO) -> Message:
    """A message without any finding; a return message holds a finding on its last class."""
    if number == "325":
        line = "/Bericht/Declaratie/Clienten/Client[1]/Prestaties/Prestatie[1]"
        declared: Any = message("323", family)
        verdict = verdict_of(declared, [Finding("TR321", "9321", line, "")])
        return declaration_answer(declared, verdict, identification="R1", date=DAY)
    if number not in FORWARD:
        forward = message(str(int(number) - 1), family)
        place = "/Bericht/Antwoord" if number == "320" else "/Bericht/Client"
        found = [Finding("TR304", "8187", place, "")]
        return answer(forward, found, identification="R1", date=DAY)
    return _FORWARD[number](family)


def _of_301(family: Family) -> Message:
    first = AllocatedProduct(
        number=101,
        provider_reference="REF-1",
        product=Product(category=CATEGORY[family], code="A0001"),
        decided_on=date(2026, 3, 9),
        decided_at=time(9, 30),
        start_date=date(2026, 3, 16),
        end_date=date(2026, 12, 31),
        extent=Extent(volume=120, unit="01", frequency="2"),
    )
    second = AllocatedProduct(
        number=102,
        product=Product(category=OTHER_CATEGORY[family]),
        decided_on=date(2026, 3, 9),
        start_date=date(2026, 3, 16),
        end_date=date(2026, 12, 31),
        budget=250_000,
    )
    relation = Relation(
        number="R1",
        kind="03",
        birth_date=BirthDate(day=date(1970, 1, 1), usage="2"),
        name=FullName(surname=Surname(name="Stichting Curatele"), name_usage="6"),
        contact=builders.dutch_address("1011AB", 1),
    )
    made = builders.allocation(
        envelope(family, from_municipality=True),
        PERSON,
        [first, second],
        [builders.dutch_address("1012CD", 12, street="Damrak", town="Amsterdam")],
        relations=[relation],
    )
    talk = Communication(form="1", language="Farsi")
    return replace(made, client=replace(made.client, communication=talk))


def _of_305(family: Family) -> Message:
    started = StartProduct(
        allocation_number=101,
        product=Product(category=CATEGORY[family], code="A0001"),
        allocation_start_date=date(2026, 3, 1),
        begin_date=date(2026, 3, 2),
    )
    header = envelope(family, from_municipality=False)
    return builders.start(header, PERSON, [started, replace(started, allocation_number=102)])


def _of_307(family: Family) -> Message:
    stopped = StopProduct(
        allocation_number=101,
        product=Product(category=CATEGORY[family], code="A0001"),
        begin_date=date(2026, 3, 2),
        stop_reason="20",
        end_date=date(2026, 3, 9),
    )
    header = envelope(family, from_municipality=False)
    return builders.stop(header, PERSON, [stopped, replace(stopped, allocation_number=102)])


def _of_315(family: Family) -> Message:
    first = RequestedProduct(
        provider_reference="REF-1",
        decision_number=7,
        product=Product(category=CATEGORY[family], code="A0001"),
        decision_start_date=date(2026, 3, 1),
        allocation_start_date=date(2026, 3, 1),
        allocation_end_date=date(2026, 8, 31),
        extent=Extent(volume=4, unit="04", frequency="2"),
        referrer=Referrer(type="02", practitioner_code="01020304"),
        framework_contract="1",
    )
    second = RequestedProduct(
        provider_reference="REF-2",
        product=Product(category=OTHER_CATEGORY[family]),
        allocation_start_date=date(2026, 3, 1),
        allocation_end_date=date(2026, 8, 31),
        budget=100_000,
        referrer=Referrer(type="02", name="Dr. De Wit"),
    )
    return builders.allocation_request(
        envelope(family, from_municipality=False),
        PERSON,
        [first, second],
        guardian_known="1" if family == Family.JW else "",
        comment="Graag spoed.",
    )


def _of_317(family: Family) -> Message:
    request = Request(
        provider_reference="REF-3",
        request_reason="1",
        unchanged_products=(UnchangedProduct(allocation_number=101),),
        products_to_change=(
            ProductToChange(
                allocation_number=102,
                wanted_start_date=date(2026, 4, 1),
                end_date=date(2026, 9, 30),
                extent=Extent(volume=5, unit="04", frequency="2"),
            ),
        ),
        new_products=(
            NewProduct(
                product=Product(category=CATEGORY[family], code="B0001"),
                wanted_start_date=date(2026, 4, 1),
                end_date=date(2026, 9, 30),
                extent=Extent(volume=2, unit="16", frequency="2"),
            ),
            NewProduct(
                product=Product(category=OTHER_CATEGORY[family]),
                wanted_start_date=date(2026, 4, 1),
                end_date=date(2026, 9, 30),
                budget=100,
            ),
        ),
    )
    return builders.change_request(envelope(family, from_municipality=False), BSN, request)


def _of_319(family: Family) -> Message:
    header = envelope(family, from_municipality=True)
    if family == Family.JW:
        return builders.rejection(header, "REF-1", "8", municipality="0344")
    return builders.rejection(header, "REF-1", "3")


def line(family: Family, own_number: str, /, **changes: Any) -> ServiceLine:
    """A debit of € 120,00: 4 hours at € 30,00 in February 2026."""
    declared = ServiceLine(
        reference=LineReference(number=own_number),
        allocation_number=101,
        category=CATEGORY[family],
        code="A0001",
        product_period=ClosedPeriod(start=date(2026, 2, 1), end=date(2026, 2, 28)),
        delivered_volume=4,
        unit="04",
        tariff=3000,
        submitted_amount=Amount(cents=12_000),
    )
    return replace(declared, **changes)


def _of_323(family: Family) -> Message:
    euros = line(
        family,
        "L2",
        allocation_number=102,
        delivered_volume=5000,
        unit="83",
        tariff=None,
        submitted_amount=Amount(cents=5000),
    )
    credit = line(
        family,
        "L3",
        reference=LineReference(number="L3", previous="OLD1"),
        product_period=ClosedPeriod(start=date(2026, 1, 1), end=date(2026, 1, 31)),
        submitted_amount=Amount(cents=12_000, debit_credit="C"),
    )
    other = line(family, "L4", allocation_number=201)
    return builders.declaration(
        envelope(family, from_municipality=False),
        "D2026002",
        ClosedPeriod(start=date(2026, 2, 1), end=date(2026, 2, 28)),
        [(BSN, line(family, "L1")), (BSN, euros), (BSN, credit), (OTHER_BSN, other)],
    )


_FORWARD: dict[str, Callable[[Family], Message]] = {
    "301": _of_301,
    "305": _of_305,
    "307": _of_307,
    "315": _of_315,
    "317": _of_317,
    "319": _of_319,
    "323": _of_323,
}


def changed(thing: Any, changes: dict[str, Any]) -> Any:
    """A copy with values put at dotted paths, such as `client.starts.0.begin_date`."""
    for path, value in changes.items():
        thing = _put(thing, path.split("."), value)
    return thing


def _put(thing: Any, steps: list[str], value: Any) -> Any:
    if not steps:
        return value
    step, *rest = steps
    if isinstance(thing, tuple):
        place = int(step)
        return (*thing[:place], _put(thing[place], rest, value), *thing[place + 1 :])
    return replace(thing, **{step: _put(getattr(thing, step), rest, value)})
