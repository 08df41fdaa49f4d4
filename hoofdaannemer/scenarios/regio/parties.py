"""The parties of the scenario, made through the contract services a month before it begins."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from hoofdaannemer.accounts.models import MainContractor, Municipality, Organisation
from hoofdaannemer.core.money import round_cents
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.scenarios import papers, people
from hoofdaannemer.scenarios.regio import requirements, temporary, terms
from hoofdaannemer.scenarios.regio.catalogue import (
    FURTHER,
    GOODS,
    OWN_TEAMS,
    PROVIDERS,
    WMO_MUNICIPALITY,
    YOUTH_REGION,
    Further,
    Goods,
    Provider,
)
from subcontracts.models import (
    FundingLine,
    MunicipalContract,
    Product,
    Professional,
    Subcontract,
    Subcontractor,
)
from subcontracts.services import contracts, professionals

#: Invented numbers: trade register, AGB and account of the first organisation.
FIRST_KVK, FIRST_AGB, FIRST_ACCOUNT = 90_100_000, 73_910_000, 100_200_300
#: Of whose trajectories a part of the price depends on the result, and how.
RESULTS_OF = "Gezin Centraal"
RESULT_TERMS = {
    "result_share": "20.00",
    "result_of": "price",
    "result_judge": "main",
    "result_days": "45",
    "result_measure": "Het gezin redt zich een half jaar zonder hulp",
}
#: Agreed for less care than was given since, so that late in a year the signal is reached.
LOW_CEILINGS = {"Praktijk Van Eik": Decimal("50000.00")}


@dataclass(frozen=True)
class Party:
    """A subcontractor or own team as the simulation needs it."""

    provider: Provider
    subcontractor: Subcontractor
    subcontract: Subcontract | None
    line: FundingLine | None
    people: Sequence[Professional]

    @property
    def organisation(self) -> Organisation:
        """The organisation behind it."""
        return self.subcontractor.provider_organisation


@dataclass
class Region:
    """Everything that was set up."""

    main: MainContractor
    youth: MunicipalContract
    wmo: MunicipalContract
    products: Mapping[str, Product]
    parties: list[Party] = field(default_factory=list)

    def offering(self, goods: str) -> list[Party]:
        """Parties that deliver a product, own teams included."""
        return [party for party in self.parties if goods in party.provider.goods]


def build(scope: Scope, first_day: date, dice: random.Random) -> Region:
    """Set up both contracts and all parties, in force from `first_day`."""
    main = MainContractor.objects.create(
        organisation=_organisation("Zorgkompas", "main_contractor", 0),
        iban=people.iban(FIRST_ACCOUNT),
        bic="INGBNL2A",
    )
    products = _products(scope, main)
    region = Region(
        main=main,
        youth=_youth(scope, main, products),
        wmo=_wmo(scope, main, products),
        products=products,
    )
    terms.record(scope, region.youth, region.wmo)
    requirements.demand(scope, region.main, region.products.values(), Period(first_day))
    for number, provider in enumerate(PROVIDERS, start=1):
        region.parties.append(_party(scope, region, provider, number, first_day, dice))
    for number, (name, family, goods) in enumerate(OWN_TEAMS, start=1):
        team = Provider(name, "own_team", family, "", goods, 4)
        region.parties.append(_own_team(scope, region, team, number, first_day, dice))
    return region


def _organisation(name: str, kind: str, number: int) -> Organisation:
    own_team = kind == Organisation.Kind.OWN_TEAM
    return Organisation.objects.create(
        name=name,
        kind=kind,
        kvk=f"{FIRST_KVK:08d}{number:04d}" if own_team else f"{FIRST_KVK + number:08d}",
        agb="" if own_team else f"{FIRST_AGB + number:08d}",
        street=f"Dorpsbrink {number + 1}",
        postcode="3811 ZK" if number % 2 else "7811 ZK",
        city="Amersfoort" if number % 2 else "Emmen",
    )


def _products(scope: Scope, main: MainContractor) -> dict[str, Product]:
    """By key, and by code those that have none."""
    families = {goods.key: goods.family for goods in GOODS}

    def made(family: str, one: Goods | Further) -> Product:
        return contracts.create_product(
            scope=scope,
            main_contractor_id=main.pk,
            family=family,
            category=one.category,
            code=one.code,
            name=one.name,
            unit=one.unit,
        )

    known = {goods.key: made(goods.family, goods) for goods in GOODS}
    return known | {one.code: made(families[one.like], one) for one in FURTHER}


def _of(family: str, products: Mapping[str, Product]) -> list[Product]:
    return [product for product in products.values() if product.family == family]


def _youth(
    scope: Scope, main: MainContractor, products: Mapping[str, Product]
) -> MunicipalContract:
    shares = {
        Municipality.objects.get_or_create(code=code, defaults={"name": name})[0]: share
        for code, name, share in YOUTH_REGION
    }
    return contracts.create_municipal_contract(
        scope=scope,
        main_contractor_id=main.pk,
        terms=contracts.MunicipalTerms(
            number="JR-2024-01",
            name="Jeugdhulp regio Amersfoort",
            family="jw",
            start_date=date(2024, 1, 1),
            end_date=temporary.FIRST_END,
            yearly_budget=Decimal("9600000.00"),
            relay_consent_on=date(2024, 1, 1),
            relay_consent_reference="brief 2023-1204",
            relay_number_first=900_000_000,
            relay_number_last=949_999_999,
        ),
        shares=shares,
        products=_of("jw", products),
    )


def _wmo(scope: Scope, main: MainContractor, products: Mapping[str, Product]) -> MunicipalContract:
    code, name = WMO_MUNICIPALITY
    municipality = Municipality.objects.get_or_create(code=code, defaults={"name": name})[0]
    return contracts.create_municipal_contract(
        scope=scope,
        main_contractor_id=main.pk,
        terms=contracts.MunicipalTerms(
            number="EM-2025-02",
            name="Wmo-ondersteuning Emmen",
            family="wmo",
            start_date=date(2025, 1, 1),
            budget_form=MunicipalContract.BudgetForm.LUMP_SUM_BY_DECISIONS,
            yearly_budget=Decimal("3200000.00"),
            planned_decisions=160,
            variable_share=Decimal("60"),
            corridor=Decimal("5"),
            relay_consent_on=date(2025, 1, 1),
            relay_consent_reference="besluit 2024-331",
            relay_number_first=950_000_000,
            relay_number_last=999_999_999,
        ),
        shares={municipality: Decimal(100)},
        products=_of("wmo", products),
    )


def _party(
    scope: Scope,
    region: Region,
    provider: Provider,
    number: int,
    first_day: date,
    dice: random.Random,
) -> Party:
    organisation = _organisation(provider.name, provider.kind, number)
    contract = region.youth if provider.family == "jw" else region.wmo
    subcontractor = contracts.create_subcontractor(
        scope=scope,
        main_contractor_id=region.main.pk,
        organisation=organisation,
        period=Period(first_day),
        iban=people.iban(FIRST_ACCOUNT + 7 * number),
    )
    subcontract = contracts.create_subcontract(
        scope=scope,
        subcontractor=subcontractor,
        municipal_contract=contract,
        terms=contracts.SubcontractTerms(
            number=f"OC-{number:03d}",
            start_date=first_day,
            consent_on=first_day,
            ceiling=_ceiling(provider),
            relay=provider.relay,
        ),
    )
    line = _line(scope, region, provider, subcontract, first_day)
    subcontract = papers.concluded(scope, subcontract)
    return Party(
        provider, subcontractor, subcontract, line, _people(scope, organisation, provider, dice)
    )


def _ceiling(provider: Provider) -> Decimal | None:
    """A ceiling is for what follows the care; a sum was agreed already."""
    if provider.form in ("fte", "lump_sum"):
        return None
    if provider.name in LOW_CEILINGS:
        return LOW_CEILINGS[provider.name]
    return Decimal(provider.people) * 130_000


def _line(
    scope: Scope,
    region: Region,
    provider: Provider,
    subcontract: Subcontract,
    first_day: date,
) -> FundingLine:
    prices = _prices(region, provider)
    line = contracts.add_funding_line(
        scope=scope,
        subcontract=subcontract,
        line=contracts.LineTerms(
            name=str(FundingLine.Form(provider.form).label),
            form=provider.form,
            period=temporary.period(provider, first_day),
            products=list(prices),
            parameters=_parameters(provider),
        ),
    )
    if provider.form == "pxq":
        for product, usual in prices.items():
            contracts.set_tariff(
                scope=scope,
                subcontract=subcontract,
                product=product,
                amount=_price(usual, provider.size),
                period=Period(first_day),
            )
    temporary.plan(scope, provider, line)
    return line


def _prices(region: Region, provider: Provider) -> dict[Product, Decimal]:
    """The usual price of each product of a provider; an institution delivers the further ones."""
    own = {region.products[one.key]: one.price for one in GOODS if one.key in provider.goods}
    if provider.kind != Organisation.Kind.INSTITUTION:
        return own
    further = [one for one in FURTHER if one.like in provider.goods]
    return own | {region.products[one.code]: one.price for one in further}


def _parameters(provider: Provider) -> dict[str, object]:
    """What a line of this form asks for; the price of a trajectory is that of its first product."""
    if provider.form == "fte":
        return {"fte": f"{provider.size}", "price": "98000.00", "tolerance": "5.00"}
    if provider.form == "lump_sum":
        return {"amount": f"{provider.size}"}
    if provider.form == "trajectory":
        price = next(one.price for one in GOODS if one.key in provider.goods)
        terms_ = {"price": f"{price:.2f}", "start_share": "60.00", "nominal_days": 180}
        return terms_ | (RESULT_TERMS if provider.name == RESULTS_OF else {})
    return {}


def _price(usual: Decimal, above: Decimal) -> Decimal:
    """The usual price plus or minus some percent; whole cents, which messages can carry."""
    return round_cents(usual * (100 + above) / 100)


def _own_team(
    scope: Scope, region: Region, team: Provider, number: int, first_day: date, dice: random.Random
) -> Party:
    organisation = _organisation(team.name, team.kind, number)
    subcontractor = contracts.create_subcontractor(
        scope=scope,
        main_contractor_id=region.main.pk,
        organisation=organisation,
        period=Period(first_day),
    )
    return Party(team, subcontractor, None, None, _people(scope, organisation, team, dice))


def _people(
    scope: Scope, organisation: Organisation, provider: Provider, dice: random.Random
) -> list[Professional]:
    role = "Jeugdprofessional" if provider.family == "jw" else "Begeleider"
    return [
        professionals.add_professional(
            scope=scope,
            organisation_id=organisation.pk,
            name=people.full_name(dice),
            role=role,
            period=Period(date(2024, 1, 1)),
        )
        for _number in range(provider.people)
    ]
