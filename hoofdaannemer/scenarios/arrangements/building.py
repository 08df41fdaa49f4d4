"""Sets an arrangement up through the contract services, each step at its own true moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Final

from hoofdaannemer.accounts.models import MainContractor, Organisation
from hoofdaannemer.core.scope import Scope, system
from hoofdaannemer.scenarios import papers
from hoofdaannemer.scenarios.arrangements import moments, upward_building
from hoofdaannemer.scenarios.arrangements.downward import Clause, Downward, Provider
from hoofdaannemer.scenarios.arrangements.format import Arrangement, Main
from messaging.exchange.models import Channel, Party
from messaging.exchange.services.channels import choose_transport
from subcontracts.models import (
    MunicipalContract,
    Product,
    Subcontract,
    SubcontractClause,
    Subcontractor,
)
from subcontracts.services import clauses, contract_ceilings, contracts, purposes, relays

#: Days before its first day on which a subcontract is signed.
SIGNED_BEFORE: Final = 14


@dataclass
class Built:
    """One main contractor as it was set up, by the names that the file uses."""

    entry: Main
    main: MainContractor
    products: dict[tuple[str, str], Product] = field(default_factory=dict)
    contracts: dict[str, MunicipalContract] = field(default_factory=dict)
    subcontractors: dict[str, Subcontractor] = field(default_factory=dict)
    subcontracts: dict[str, Subcontract] = field(default_factory=dict)

    def product(self, family: str, code: str) -> Product:
        """A product of a law by its code."""
        return self.products[family, code]


def build(arrangement: Arrangement, progress: Callable[[int], None]) -> list[Built]:
    """Set everything up; `progress` hears how many parts are done (see `parts_of`).

    Raises RuleError with the code of the rule that something in it breaks.
    """
    done = 0
    found = []
    for entry in arrangement.main_contractors:
        built = _main(entry)
        steps: list[Callable[[], None]] = [
            *(partial(_upward, built, contract.number) for contract in entry.municipal_contracts),
            *(partial(_provider, built, provider) for provider in entry.providers),
            *(partial(_downward, built, subcontract) for subcontract in entry.subcontracts),
        ]
        for step in steps:
            step()
            done += 1
            progress(done)
        found.append(built)
    return found


def parts_of(arrangement: Arrangement) -> int:
    """How many contracts and providers there are to set up."""
    return sum(
        len(one.municipal_contracts) + len(one.providers) + len(one.subcontracts)
        for one in arrangement.main_contractors
    )


def _main(entry: Main) -> Built:
    first = min(contract.start_date for contract in entry.municipal_contracts)
    scope = system(moments.at(first - timedelta(days=moments.SETTING_UP)))
    organisation = Organisation.objects.create(
        name=entry.name,
        kvk=entry.kvk,
        kind=Organisation.Kind.MAIN_CONTRACTOR,
        agb=entry.agb,
        street=entry.street,
        postcode=entry.postcode,
        city=entry.city,
    )
    main = MainContractor.objects.create(organisation=organisation, iban=entry.iban, bic=entry.bic)
    built = Built(entry, main)
    for one in entry.products:
        built.products[one.family, one.code] = contracts.create_product(
            scope=scope,
            main_contractor_id=main.pk,
            family=one.family,
            category=one.category,
            code=one.code,
            name=one.name,
            unit=one.unit,
        )
    return built


def _upward(built: Built, number: str) -> None:
    entry = next(one for one in built.entry.municipal_contracts if one.number == number)
    products = [built.product(entry.family, code) for code in entry.products]
    built.contracts[number] = upward_building.contract(
        main_contractor_id=built.main.pk, entry=entry, products=products
    )


def _provider(built: Built, entry: Provider) -> None:
    scope = _scope(built, entry.start_date - timedelta(days=moments.SETTING_UP))
    organisation, _is_new = Organisation.objects.get_or_create(
        kvk=entry.kvk,
        defaults={
            "name": entry.name,
            "kind": entry.kind,
            "agb": entry.agb,
            "street": entry.street,
            "postcode": entry.postcode,
            "city": entry.city,
        },
    )
    built.subcontractors[entry.kvk] = contracts.create_subcontractor(
        scope=scope,
        main_contractor_id=built.main.pk,
        organisation=organisation,
        period=entry.period,
        iban=entry.iban,
        account_holder=entry.account_holder,
    )


def _downward(built: Built, entry: Downward) -> None:
    day = entry.start_date - timedelta(days=SIGNED_BEFORE)
    scope = _scope(built, day)
    subcontract = contracts.create_subcontract(
        scope=scope,
        subcontractor=built.subcontractors[entry.provider],
        municipal_contract=built.contracts[entry.municipal_contract],
        terms=_terms(entry),
    )
    _modes(scope, built, entry, subcontract)
    for one in entry.purposes:
        purposes.set_purpose(
            scope=scope, contract=subcontract, purpose=one.purpose, start_date=one.start_date
        )
    _content(scope, built, entry, subcontract)
    _ceilings(scope, subcontract, entry)
    set_clauses = [(one, _clause(scope, subcontract, one)) for one in entry.clauses]
    if entry.is_running:
        subcontract = papers.concluded(scope, subcontract)
    for clause, row in set_clauses:
        if clause.end_date is not None:
            ended = _scope(built, clause.end_date)
            clauses.end_clause(scope=ended, clause=row, end_date=clause.end_date)
    built.subcontracts[entry.number] = subcontract


#: Terms that a file says in another way.
_OF_THE_PLATFORM: Final = ("relay", "ceiling_from")


def _terms(entry: Downward) -> contracts.SubcontractTerms:
    fields = contracts.SubcontractTerms.__dataclass_fields__
    values = {name: getattr(entry, name) for name in fields if name not in _OF_THE_PLATFORM}
    return contracts.SubcontractTerms(**values, relay=entry.relay[0].mode)


def _modes(scope: Scope, built: Built, entry: Downward, subcontract: Subcontract) -> None:
    for one in entry.relay[1:]:
        relays.set_mode(
            scope=scope, subcontract=subcontract, mode=one.mode, start_date=one.start_date
        )
    if any(one.mode == Subcontract.Relay.MESSAGES for one in entry.relay):
        choose_transport(
            scope=scope,
            main_contractor_id=built.main.pk,
            party=Party(None, subcontract.provider_organisation_id),
            transport=Channel.Transport.MAILBOX,
        )


def _content(scope: Scope, built: Built, entry: Downward, subcontract: Subcontract) -> None:
    family = built.entry.above(entry).family
    for line in entry.lines:
        contracts.add_funding_line(
            scope=scope,
            subcontract=subcontract,
            line=contracts.LineTerms(
                name=line.name,
                form=line.form,
                period=line.period,
                products=[built.product(family, code) for code in line.products],
                parameters=line.parameters,
            ),
        )
    for price in entry.tariffs:
        contracts.set_tariff(
            scope=scope,
            subcontract=subcontract,
            product=built.product(family, price.product),
            amount=price.amount,
            period=price.period,
        )


def _ceilings(scope: Scope, subcontract: Subcontract, entry: Downward) -> None:
    for one in entry.ceilings:
        contract_ceilings.set_ceiling(
            scope=scope, subcontract=subcontract, amount=one.amount, start_date=one.start_date
        )


def _clause(scope: Scope, subcontract: Subcontract, entry: Clause) -> SubcontractClause:
    return clauses.set_clause(
        scope=scope,
        subcontract=subcontract,
        facts=clauses.ClauseFacts(
            code=entry.code,
            title=entry.title,
            text=entry.text,
            passes_on=entry.passes_on,
            start_date=entry.start_date,
        ),
    )


def _scope(built: Built, day: date) -> Scope:
    return system(moments.at(day), main_contractor_id=built.main.pk)
