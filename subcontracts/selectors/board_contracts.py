"""What makes a message one of a contract: its objects, its other party, its law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from hoofdaannemer.core.scope import Scope
from messaging.models import Leg
from subcontracts.models import (
    Allocation,
    CareRequest,
    DeliveryStart,
    DeliveryStop,
    MunicipalContract,
    Placement,
    Subcontract,
)
from subcontracts.models.municipalities import ContractMunicipality


@dataclass(frozen=True)
class Belonging:
    """The side on which the contract's messages travel, and what tells them from others."""

    leg: Leg
    #: What a message of the contract is about, by the column of its link.
    objects: Mapping[str, QuerySet[Any]]
    #: From or to the contract's party, under its law or one that is not known.
    party: Q
    #: As `party`, where the message can belong to this contract only.
    sole: Q


def belonging(scope: Scope, contract: MunicipalContract | Subcontract) -> Belonging:
    """How messages of this contract are known."""
    if isinstance(contract, Subcontract):
        return _of_subcontract(scope, contract)
    return _of_municipal(scope, contract)


def _of_municipal(scope: Scope, contract: MunicipalContract) -> Belonging:
    allocations = Allocation.objects.visible_to(scope).filter(municipal_contract=contract)
    placements = Placement.objects.visible_to(scope).filter(allocation__in=allocations)
    requests = CareRequest.objects.visible_to(scope).filter(
        Q(products__municipal_contract=contract) | Q(lines__allocation__in=allocations)
    )
    of_municipalities = ContractMunicipality.objects.visible_to(scope).filter(
        main_contractor=contract.main_contractor_id
    )
    ours = of_municipalities.filter(contract=contract).values("municipality")
    others = of_municipalities.exclude(contract=contract)
    same_law = others.filter(contract__family=contract.family).values("municipality")
    party = Q(municipality__in=ours) & Q(family__in=[contract.family, ""])
    other_law_too = Q(family="", municipality__in=others.values("municipality"))
    return Belonging(
        leg=Leg.UP,
        objects=_objects(scope, allocations, placements, requests),
        party=party,
        sole=~Q(municipality__in=same_law) & ~other_law_too,
    )


def _of_subcontract(scope: Scope, contract: Subcontract) -> Belonging:
    placements = Placement.objects.visible_to(scope).filter(subcontract=contract)
    allocations = Allocation.objects.visible_to(scope).filter(
        pk__in=placements.values("allocation")
    )
    own = CareRequest.objects.visible_to(scope).filter(
        provider_organisation=contract.provider_organisation_id
    )
    requests = own.filter(
        Q(products__municipal_contract=contract.municipal_contract_id)
        | Q(lines__placement__in=placements)
    )
    others = (
        Subcontract.objects.visible_to(scope)
        .filter(
            main_contractor=contract.main_contractor_id,
            provider_organisation=contract.provider_organisation_id,
        )
        .exclude(pk=contract.pk)
    )
    family = contract.municipal_contract.family
    # A handful of contracts: read here, so that the condition is on a column of the message.
    laws = set(others.values_list("municipal_contract__family", flat=True))
    possible = {family, ""} if not laws else {family}
    return Belonging(
        leg=Leg.DOWN,
        objects=_objects(scope, allocations, placements, requests),
        party=Q(provider_organisation=contract.provider_organisation_id, family__in=[family, ""]),
        sole=Q(family__in=sorted(possible - laws)),
    )


def _objects(
    scope: Scope, allocations: Any, placements: Any, requests: Any
) -> dict[str, QuerySet[Any]]:
    starts = DeliveryStart.objects.visible_to(scope).filter(placement__in=placements)
    stops = DeliveryStop.objects.visible_to(scope).filter(start__in=starts)
    return {
        "request": requests.order_by().values("pk"),
        "allocation": allocations.order_by().values("pk"),
        "placement": placements.order_by().values("pk"),
        "start": starts.order_by().values("pk"),
        "stop": stops.order_by().values("pk"),
    }
