"""For whom messages can be made by hand: municipalities in whose contracts somebody works."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from hoofdaannemer.accounts.models import MainContractor, Municipality, Organisation
from hoofdaannemer.core.scope import Scope
from messaging.exchange.entry.registry import Destination
from messaging.istandaard import Family
from subcontracts.models import Authority, ContractMunicipality, MunicipalContract, Subcontract
from subcontracts.selectors.authorities import under_mandate

#: Keys of a main contractor and a municipality.
_Pair = tuple[int, int]


def of_provider(scope: Scope, family: Family) -> list[Destination]:
    """Those of a subcontractor, by its contracts.

    Contracts that ended count too: what was given under them may still be corrected. Empty for an
    organisation without an AGB code, which cannot be a sender; an own team has neither.
    """
    organisation = Organisation.objects.visible_to(scope).filter(pk=scope.organisation_id).first()
    if organisation is None or not organisation.agb:
        return []
    contracts = Subcontract.objects.visible_to(scope).filter(municipal_contract__family=family)
    pairs = _taking_part(contracts.values("municipal_contract"))
    return _destinations(pairs, family, organisation.agb)


def of_staff(scope: Scope, family: Family) -> list[Destination]:
    """Those of the main contractor whose staff acts; the sender is the main contractor."""
    main = MainContractor.objects.select_related("organisation").get(pk=scope.main_contractor_id)
    contracts = MunicipalContract.objects.visible_to(scope).filter(family=family)
    return _destinations(_taking_part(contracts.values("pk")), family, main.agb)


def of_mandate(scope: Scope, family: Family) -> list[Destination]:
    """Those in whose name the main contractor allocates today: the municipality is the sender."""
    rows = Authority.objects.visible_to(scope).filter(municipal_contract__family=family)
    held = under_mandate(rows, scope.today)
    main = MainContractor.objects.select_related("organisation").get(pk=scope.main_contractor_id)
    pairs = _taking_part(MunicipalContract.objects.filter(pk__in=held).values("pk"))
    return [
        replace(one, sender=one.municipality.code, receiver=main.agb)
        for one in _destinations(pairs, family, main.agb)
    ]


def _taking_part(contracts: QuerySet[Any, Any]) -> set[_Pair]:
    rows = ContractMunicipality.objects.filter(contract__in=contracts)
    return set(rows.values_list("main_contractor", "municipality"))


def _destinations(pairs: set[_Pair], family: Family, sender: str) -> list[Destination]:
    mains = MainContractor.objects.select_related("organisation").in_bulk(
        [main for main, _town in pairs]
    )
    towns = Municipality.objects.in_bulk([town for _main, town in pairs])
    found = [
        Destination(
            main_contractor=mains[main],
            municipality=towns[town],
            family=family,
            sender=sender,
            receiver=towns[town].code,
        )
        for main, town in pairs
    ]
    return sorted(found, key=lambda one: (one.municipality.name, one.main_contractor.pk))
