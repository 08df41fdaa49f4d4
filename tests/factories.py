"""Data for tests, made by calling the services, so that no test holds a forbidden state.

`world(system)` makes a main contractor with a youth and a Wmo contract, products, three
subcontractors (P*Q, FTE, trajectory) and an own team. `allocate`, `place` and `start` go on from
there. All of them want the transaction of the `system` fixture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from hoofdaannemer.accounts.models import MainContractor, Municipality, Organisation, User
from hoofdaannemer.core.numbers import is_bsn
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from messaging.istandaard import builders
from messaging.istandaard.model.allocation import AllocatedProduct
from messaging.istandaard.model.elements import Family
from messaging.istandaard.model.messages import AllocationMessage
from messaging.istandaard.model.values import Extent
from messaging.istandaard.model.values import Product as MessageProduct
from subcontracts.models import (
    Allocation,
    ContractCeiling,
    DeliveryStart,
    DeliveryStop,
    FundingLine,
    MunicipalContract,
    Placement,
    Product,
    Professional,
    Subcontract,
    Subcontractor,
)
from subcontracts.rules.delivery import StopKey
from subcontracts.services import (
    allocations,
    contracts,
    deliveries,
    placements,
    professionals,
)

#: The tests' today: a Wednesday without holidays around it.
NOW = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))

_numbers = count(1)


@dataclass(frozen=True)
class Party:
    """A subcontractor or own team with its contract; an own team has none."""

    subcontractor: Subcontractor
    subcontract: Subcontract | None = None
    line: FundingLine | None = None

    @property
    def organisation(self) -> Organisation:
        return self.subcontractor.provider_organisation


@dataclass(frozen=True)
class World:
    """What `world` made; `at` gives scopes in it."""

    main: MainContractor
    municipality: Municipality
    other_municipality: Municipality
    youth: MunicipalContract
    wmo: MunicipalContract
    #: guidance (youth, hours), treatment (youth, minutes), support (Wmo, hours), day (Wmo, parts).
    products: Mapping[str, Product]
    pxq: Party
    fte: Party
    trajectory: Party
    own_team: Party
    system: Scope = field(repr=False)

    def at(self, role: Role, party: Party | None = None, *, at: datetime = NOW) -> Scope:
        """The scope of somebody in this role; of `party` for a subcontractor's role."""
        name = party.organisation.kvk if party else self.main.organisation.kvk
        user, _created = User.objects.get_or_create(
            email=f"{role.value}@{name}.test", defaults={"name": str(role.label)}
        )
        return Scope(
            role=role,
            user_id=user.pk,
            main_contractor_id=0 if party else self.main.pk,
            organisation_id=party.organisation.pk if party else 0,
            at=at,
        )


def moved(scope: Scope, at: datetime = NOW) -> Scope:
    """The same scope at the tests' moment."""
    return scope.moved_to(at)


def organisation(name: str, kind: str = Organisation.Kind.INSTITUTION) -> Organisation:
    """An organisation with numbers of its own."""
    number = next(_numbers)
    own_team = kind == Organisation.Kind.OWN_TEAM
    return Organisation.objects.create(
        name=name,
        kind=kind,
        kvk=f"{90000000 + number:08d}" + ("0001" if own_team else ""),
        agb="" if own_team else f"{73000000 + number:08d}",
        street="Dorpsstraat 1",
        postcode="3811 AA",
        city="Amersfoort",
    )


def office() -> Organisation:
    """The administration office of the tests, to which nobody gave a mandate."""
    found = Organisation.objects.filter(kind=Organisation.Kind.OFFICE).first()
    return found or organisation("Administratiekantoor", Organisation.Kind.OFFICE)


def main_contractor(name: str = "Samen Dichtbij") -> MainContractor:
    """A main contractor without contracts."""
    return MainContractor.objects.create(
        organisation=organisation(name, Organisation.Kind.MAIN_CONTRACTOR),
        iban="NL91ABNA0417164300",
        bic="ABNANL2A",
    )


def municipality(code: str, name: str) -> Municipality:
    """A municipality by its CBS code."""
    return Municipality.objects.get_or_create(code=code, defaults={"name": name})[0]


def products(scope: Scope, main: MainContractor) -> dict[str, Product]:
    """Two youth and two Wmo products with codes of the national list."""
    rows = {
        "guidance": ("jw", "45", "45A04", "Begeleiding individueel", "04"),
        "treatment": ("jw", "54", "54001", "Behandeling", "01"),
        "support": ("wmo", "02", "02A05", "Begeleiding thuis", "04"),
        "day": ("wmo", "07", "07A10", "Dagbesteding", "16"),
    }
    return {
        key: contracts.create_product(
            scope=scope,
            main_contractor_id=main.pk,
            family=family,
            category=category,
            code=code,
            name=name,
            unit=unit,
        )
        for key, (family, category, code, name, unit) in rows.items()
    }


def municipal_contract(
    scope: Scope,
    main: MainContractor,
    family: str,
    shares: Mapping[Municipality, Decimal],
    of: list[Product],
    *,
    consent: bool = True,
) -> MunicipalContract:
    """A municipal contract for 2026, with consent to relay unless `consent` is false."""
    return contracts.create_municipal_contract(
        scope=scope,
        main_contractor_id=main.pk,
        terms=contracts.MunicipalTerms(
            number=f"G-{family}-{next(_numbers)}",
            name=f"Opdracht {family}",
            family=family,
            start_date=date(2025, 1, 1),
            yearly_budget=Decimal("1200000.00"),
            relay_consent_on=date(2025, 1, 1) if consent else None,
            relay_consent_reference="brief 2025-01" if consent else "",
        ),
        shares=shares,
        products=of,
    )


def agree_ceiling(
    subcontract: Subcontract, amount: Decimal | None, start_date: date | None = None
) -> None:
    """Let a contract have this ceiling, from its first day on unless said otherwise."""
    ContractCeiling.objects.create(
        **contracts.owners_of(subcontract),
        subcontract=subcontract,
        amount=amount,
        start_date=start_date or subcontract.start_date,
        recorded_at=NOW,
    )


def party(
    scope: Scope,
    main: MainContractor,
    contract: MunicipalContract,
    name: str,
    form: str,
    of: list[Product],
    *,
    kind: str = Organisation.Kind.INSTITUTION,
    tariff: Decimal | None = Decimal("66.00"),
    parameters: Mapping[str, object] | None = None,
    relay: str = Subcontract.Relay.PORTAL,
    ceiling: Decimal | None = None,
) -> Party:
    """A subcontractor with an active subcontract, one line, and one tariff for each product."""
    whole = Period(date(2025, 1, 1))
    subcontractor = contracts.create_subcontractor(
        scope=scope,
        main_contractor_id=main.pk,
        organisation=organisation(name, kind),
        period=whole,
        iban="NL20INGB0001234567",
    )
    subcontract = contracts.create_subcontract(
        scope=scope,
        subcontractor=subcontractor,
        municipal_contract=contract,
        terms=contracts.SubcontractTerms(
            number=f"O-{next(_numbers):06d}",
            start_date=whole.start,
            consent_on=whole.start,
            ceiling=ceiling,
            relay=relay,
        ),
    )
    line = contracts.add_funding_line(
        scope=scope,
        subcontract=subcontract,
        line=contracts.LineTerms(
            name=form, form=form, period=whole, products=of, parameters=parameters or {}
        ),
    )
    if tariff is not None:
        for product in of:
            contracts.set_tariff(
                scope=scope, subcontract=subcontract, product=product, amount=tariff, period=whole
            )
    return Party(
        subcontractor=subcontractor,
        subcontract=running(scope, subcontract),
        line=line,
    )


def running(scope: Scope, subcontract: Subcontract) -> Subcontract:
    """The draft as it is once it runs; the way there has tests of its own, and takes its time."""
    values = {"status": Subcontract.Status.ACTIVE, "signed_on": scope.today}
    Subcontract.objects.filter(pk=subcontract.pk).update(**values)
    subcontract.refresh_from_db()
    return subcontract


def own_team(scope: Scope, main: MainContractor, name: str = "Team Noord") -> Party:
    """An own team of the main contractor."""
    return Party(
        contracts.create_subcontractor(
            scope=scope,
            main_contractor_id=main.pk,
            organisation=organisation(name, Organisation.Kind.OWN_TEAM),
            period=Period(date(2025, 1, 1)),
        )
    )


def professional(scope: Scope, of: Party, name: str = "Noor de Wit") -> Professional:
    """Somebody who works for the party since 2025."""
    return professionals.add_professional(
        scope=scope,
        organisation_id=of.organisation.pk,
        name=name,
        role="Jeugdzorgwerker",
        period=Period(date(2025, 1, 1)),
    )


def world(system: Scope, *, relay: str = Subcontract.Relay.PORTAL) -> World:
    """The usual main contractor; `relay` is that of the P*Q subcontractor."""
    scope = moved(system)
    main = main_contractor()
    first, second = municipality("0307", "Amersfoort"), municipality("0342", "Soest")
    goods = products(scope, main)
    youth_goods = [goods["guidance"], goods["treatment"]]
    wmo_goods = [goods["support"], goods["day"]]
    youth = municipal_contract(
        scope, main, "jw", {first: Decimal("60"), second: Decimal("40")}, youth_goods
    )
    wmo = municipal_contract(scope, main, "wmo", {first: Decimal("100")}, wmo_goods)
    forms = FundingLine.Form
    return World(
        main=main,
        municipality=first,
        other_municipality=second,
        youth=youth,
        wmo=wmo,
        products=goods,
        pxq=party(scope, main, youth, "Zorg in Beeld", forms.PXQ, youth_goods, relay=relay),
        fte=party(
            scope,
            main,
            wmo,
            "Thuis Verder",
            forms.FTE,
            wmo_goods,
            tariff=None,
            parameters={"fte": "12.0", "price": "98000.00", "tolerance": "5.00"},
        ),
        trajectory=party(
            scope,
            main,
            youth,
            "Praktijk De Brug",
            forms.TRAJECTORY,
            [goods["treatment"]],
            kind=Organisation.Kind.PRACTICE,
            tariff=None,
            parameters={"price": "6000.00", "start_share": "60.00", "nominal_days": 180},
        ),
        own_team=own_team(scope, main),
        system=scope,
    )


# Care


def bsn() -> str:
    """A test number that passes the eleven test and was not used before."""
    return next(_bsns)


def _test_bsns() -> Iterator[str]:
    return (str(number) for number in range(999900006, 999999991) if is_bsn(str(number)))


_bsns = _test_bsns()


def person(surname: str = "Kanarie", *, number: str = "") -> builders.Person:
    """A client as messages name one."""
    return builders.Person(
        bsn=number or bsn(),
        birth_date=date(2012, 5, 4),
        surname=surname,
        initials="A",
        first_names="Anna",
        sex="2",
    )


def allocation_message(
    world: World,
    who: builders.Person,
    *allocated: AllocatedProduct,
    of: Municipality | None = None,
    family: str = "jw",
    on: date | None = None,
) -> AllocationMessage:
    """A 301 from a municipality to the main contractor."""
    number = next(_numbers)
    envelope = builders.Envelope(
        family=Family(family),
        sender=(of or world.municipality).code,
        receiver=world.main.agb,
        number=f"T{number:09d}",
        day=on or NOW.date(),
    )
    contact = builders.dutch_address("3811AA", 12, street="Dorpsstraat", town="Amersfoort")
    return builders.allocation(envelope, who, allocated, [contact])


def allocated(
    product: Product,
    *,
    number: int = 0,
    period: Period = YEAR,
    volume: int | None = 4,
    frequency: str = "2",
    decided: datetime = NOW,
    **others: Any,
) -> AllocatedProduct:
    """One allocation in a 301: four units a week unless said otherwise."""
    moment = timezone.localtime(decided)
    return AllocatedProduct(
        number=number or 1000 + next(_numbers),
        product=MessageProduct(category=product.category, code=product.code),
        decided_on=moment.date(),
        decided_at=moment.time().replace(microsecond=0),
        start_date=period.start,
        end_date=period.end,
        extent=None
        if volume is None
        else Extent(volume=volume, unit=product.unit, frequency=frequency),
        **others,
    )


def allocate(
    world: World,
    product: str = "guidance",
    *,
    who: builders.Person | None = None,
    at: datetime = NOW,
    **others: Any,
) -> Allocation:
    """An allocation as it came from the municipality, for a new client unless `who` is given."""
    good = world.products[product]
    one = allocated(good, decided=at, **others)
    message = allocation_message(
        world, who or person(), one, family=good.family, on=timezone.localdate(at)
    )
    findings = allocations.receive(
        scope=moved(world.system, at),
        main_contractor_id=world.main.pk,
        municipality=world.municipality,
        message=message,
    )
    assert not findings, findings
    return Allocation.objects.get(main_contractor=world.main, family=good.family, number=one.number)


def place(
    world: World,
    allocation: Allocation,
    with_: Party | None = None,
    *,
    accepted: bool = True,
    at: datetime = NOW,
    part: placements.Part | None = None,
) -> Placement:
    """The allocation placed with a party (P*Q unless given), and accepted by it."""
    scope = moved(world.system, at)
    placement = placements.place(
        scope=scope,
        allocation=allocation,
        subcontractor=(with_ or world.pxq).subcontractor,
        part=part,
    )
    return placements.accept(scope=scope, placement=placement) if accepted else placement


def start(
    world: World, placement: Placement, begin: date | None = None, *, at: datetime = NOW
) -> DeliveryStart:
    """Care began: on the placement's first day unless given. Reported to the municipality too."""
    return deliveries.report_start(
        scope=moved(world.system, at), placement=placement, begin=begin or placement.start_date
    )


def stop(
    world: World, start: DeliveryStart, end: date, reason: str = "", *, at: datetime = NOW
) -> DeliveryStop:
    """Care ended, as planned unless a reason is given."""
    planned = {"jw": "31", "wmo": "19"}[start.placement.family]
    return deliveries.report_stop(
        scope=moved(world.system, at),
        placement=start.placement,
        stop=StopKey(start.begin_date, end, reason or planned),
    )
