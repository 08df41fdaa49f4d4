"""The parties of the canary scenario and their contracts, made through the services."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from billing.services import upward
from hoofdaannemer.accounts.models import MainContractor, Municipality, Organisation
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.scenarios import papers, people
from hoofdaannemer.scenarios.canary.catalogue import (
    GAMMA,
    MUNICIPALITIES,
    ORGANISATIONS,
    RELATIONS,
    TASKS,
    Task,
)
from messaging.exchange.models import Party
from messaging.exchange.services import hubs
from messaging.exchange.services.channels import choose_transport
from messaging.exchange.transports.https import Identity
from messaging.exchange.transports.hubs import Connection
from messaging.models import Channel
from subcontracts.models import (
    FundingLine,
    MunicipalContract,
    Product,
    Professional,
    Subcontract,
    Subcontractor,
)
from subcontracts.services import (
    contracts,
    exchange_terms,
    professionals,
    upward_products,
    upward_terms,
)


@dataclass
class Parties:
    """Everything that was set up, by name."""

    municipalities: dict[str, Municipality] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    mains: dict[str, MainContractor] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    contracts: dict[str, MunicipalContract] = field(default_factory=dict)
    #: By main contractor, in the order of its goods.
    products: dict[str, list[Product]] = field(default_factory=dict)
    #: By main contractor and provider.
    subcontractors: dict[tuple[str, str], Subcontractor] = field(default_factory=dict)
    #: By main contractor, provider and form.
    lines: dict[tuple[str, str, str], FundingLine] = field(default_factory=dict)
    professionals: dict[str, Professional] = field(default_factory=dict)


def build(scope: Scope) -> Parties:
    """Make all parties with their contracts, in force from the first day of the last year."""
    parties = Parties()
    for name, code in MUNICIPALITIES.items():
        parties.municipalities[name] = Municipality.objects.get_or_create(
            code=code, defaults={"name": name}
        )[0]
    for number, (name, numbers) in enumerate(ORGANISATIONS.items(), start=1):
        parties.organisations[name] = Organisation.objects.create(
            name=name,
            kvk=numbers.kvk,
            agb=numbers.agb,
            kind=numbers.kind,
            street=f"Volièrelaan {number}",
            postcode="8881 AA",
            city="Kanariedorp",
        )
    begin = date(scope.today.year - 1, 1, 1)
    for task in TASKS:
        _task(scope, parties, task, begin)
    for relation in RELATIONS:
        _relation(scope, parties, relation, begin)
    return parties


def _task(scope: Scope, parties: Parties, task: Task, begin: date) -> None:
    main = MainContractor.objects.create(
        organisation=parties.organisations[task.main],
        iban=people.iban(900_000_000 + len(parties.mains)),
        bic="INGBNL2A",
    )
    parties.mains[task.main] = main
    _deliver_badly(scope, main.organisation.kvk)
    products = [
        contracts.create_product(
            scope=scope,
            main_contractor_id=main.pk,
            family=task.family,
            category=goods.category,
            code=goods.code,
            name=f"{task.main} {goods.form}",
            unit=goods.unit,
        )
        for goods in task.goods
    ]
    contract = contracts.create_municipal_contract(
        scope=scope,
        main_contractor_id=main.pk,
        terms=contracts.MunicipalTerms(
            number=f"{task.main}-01",
            name=f"{task.main} opdracht",
            family=task.family,
            start_date=begin,
            end_date=date(scope.today.year + 2, 12, 31),
            budget_form=MunicipalContract.BudgetForm.LUMP_SUM_BY_DECISIONS,
            yearly_budget=Decimal("240000.00"),
            planned_decisions=40,
            relay_consent_on=begin,
            relay_consent_reference=f"{task.main} brief",
        ),
        shares={parties.municipalities[name]: share for name, share in task.shares.items()},
        products=products,
    )
    # Before the report of the quarter: what it takes along of subcontractors follows from it.
    upward_terms.set_terms(
        scope=scope,
        contract=contract,
        start_date=begin,
        values={"visibility_of_subs": "figures"},
    )
    exchange_terms.use_messages(
        scope=scope, contract=contract, messages=["301", "305", "307", "315", upward.MESSAGE]
    )
    upward_products.set_upward_tariff(
        scope=scope,
        contract=contract,
        product=products[0],
        amount=task.upward_price,
        months=upward_products.Months(Month.of(begin)),
    )
    parties.tasks[task.main] = task
    parties.contracts[task.main] = contract
    parties.products[task.main] = products


def _relation(scope: Scope, parties: Parties, key: tuple[str, str], begin: date) -> None:
    main, provider = key
    organisation = parties.organisations[provider]
    period = Period(begin)
    subcontractor = contracts.create_subcontractor(
        scope=scope,
        main_contractor_id=parties.mains[main].pk,
        organisation=organisation,
        period=period,
        iban=people.iban(900_000_100 + int(organisation.kvk[-2:])),
    )
    parties.subcontractors[key] = subcontractor
    subcontract = contracts.create_subcontract(
        scope=scope,
        subcontractor=subcontractor,
        municipal_contract=parties.contracts[main],
        terms=contracts.SubcontractTerms(
            number=f"{main}-{provider}",
            start_date=begin,
            consent_on=begin,
            # So little that the notice of its signal is given, and enough for what is declared.
            ceiling=Decimal("60000.00"),
            relay=Subcontract.Relay.MESSAGES,
        ),
    )
    _pay_for(scope, parties, key, subcontract, period)
    papers.concluded(scope, subcontract)
    choose_transport(
        scope=scope,
        main_contractor_id=parties.mains[main].pk,
        party=Party(None, organisation.pk),
        transport=Channel.Transport.MAILBOX,
    )
    _employ(scope, parties, provider, period)


def _deliver_badly(scope: Scope, kvk: str) -> None:
    """A hub brings something that is no envelope: it is kept and listed."""
    nowhere = Path("/nonexistent")
    connection = Connection(
        hub="ggk",
        main_contractor=kvk,
        url="https://hub.example/",
        identity=Identity(nowhere, nowhere),
        timeout=1,
        token_sha256="",
        client_sha256=(),
    )
    hubs.receive(scope=scope, connection=connection, raw=b"<kanarie/>", content_type="text/xml")


def _pay_for(
    scope: Scope,
    parties: Parties,
    key: tuple[str, str],
    subcontract: Subcontract,
    period: Period,
) -> None:
    main, provider = key
    task = parties.tasks[main]
    parties.lines[main, provider, FundingLine.Form.BONUS] = contracts.add_funding_line(
        scope=scope,
        subcontract=subcontract,
        line=contracts.LineTerms(
            name=f"{main}-{provider} bonus",
            form=FundingLine.Form.BONUS,
            period=period,
            products=[],
            parameters={"amount": "1000.00", "judged_by": "cliënttevredenheid"},
        ),
    )
    for goods, product in zip(task.goods, parties.products[main], strict=True):
        parties.lines[main, provider, goods.form] = contracts.add_funding_line(
            scope=scope,
            subcontract=subcontract,
            line=contracts.LineTerms(
                name=f"{main}-{provider} {goods.form}",
                form=goods.form,
                period=period,
                products=[product],
                parameters=goods.parameters,
            ),
        )
        contracts.set_tariff(
            scope=scope, subcontract=subcontract, product=product, amount=task.price, period=period
        )


def _employ(scope: Scope, parties: Parties, provider: str, period: Period) -> None:
    """One employee a provider; the one for both main contractors has a second."""
    if provider in parties.professionals:
        return
    organisation = parties.organisations[provider]
    names = [f"{provider} Medewerker"] + ([f"{provider} Invaller"] if provider == GAMMA else [])
    made = [
        professionals.add_professional(
            scope=scope,
            organisation_id=organisation.pk,
            name=name,
            role="Begeleider",
            period=period,
        )
        for name in names
    ]
    parties.professionals[provider] = made[0]
