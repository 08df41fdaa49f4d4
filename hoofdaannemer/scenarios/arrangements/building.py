"""Sets an arrangement up through the contract services, each step at its own true moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from hoofdaannemer.accounts.models import MainContractor, Organisation
from hoofdaannemer.core.scope import Scope, system
from hoofdaannemer.scenarios.arrangements import downward_building, moments, upward_building
from hoofdaannemer.scenarios.arrangements.downward import Downward, Provider
from hoofdaannemer.scenarios.arrangements.format import Arrangement, Main
from hoofdaannemer.scenarios.arrangements.indexes import SchemeFrom
from subcontracts.models import (
    IndexScheme,
    IndexSeries,
    MunicipalContract,
    Product,
    Subcontract,
    Subcontractor,
)
from subcontracts.services import contracts, index_figures


@dataclass
class Built:
    """One main contractor as it was set up, by the names that the file uses."""

    entry: Main
    main: MainContractor
    products: dict[tuple[str, str], Product] = field(default_factory=dict)
    schemes: dict[str, IndexScheme] = field(default_factory=dict)
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
    _indexes(scope, built)
    return built


def _indexes(scope: Scope, built: Built) -> None:
    """Series with their figures, and the schemes that mix them."""
    series: dict[str, IndexSeries] = {}
    for one in built.entry.index_series:
        row = series[one.name] = index_figures.create_series(
            scope=scope, main_contractor_id=built.main.pk, name=one.name, source=one.source
        )
        for figure in one.figures:
            index_figures.record_figure(
                scope=scope,
                series=row,
                year=figure.year,
                provisional=figure.provisional,
                definitive=figure.definitive,
                source=figure.source,
            )
    for scheme in built.entry.index_schemes:
        first, *later = scheme.terms
        made = built.schemes[scheme.name] = index_figures.create_scheme(
            scope=scope,
            main_contractor_id=built.main.pk,
            name=scheme.name,
            terms=_scheme_terms(first),
            weights={series[one.series]: one.percent for one in first.weights},
        )
        for terms in later:
            index_figures.set_terms(
                scope=scope,
                scheme=made,
                terms=_scheme_terms(terms),
                weights={series[one.series]: one.percent for one in terms.weights},
            )


def _scheme_terms(entry: SchemeFrom) -> index_figures.SchemeTerms:
    names = index_figures.SchemeTerms.__dataclass_fields__
    return index_figures.SchemeTerms(**{name: getattr(entry, name) for name in names})


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
    scope = _scope(built, entry.start_date - timedelta(days=downward_building.SIGNED_BEFORE))
    built.subcontracts[entry.number] = downward_building.subcontract(scope, built, entry)


def _scope(built: Built, day: date) -> Scope:
    return system(moments.at(day), main_contractor_id=built.main.pk)
