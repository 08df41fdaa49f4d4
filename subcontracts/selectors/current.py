"""The care that a client has now: what a request for change must name."""

from __future__ import annotations

from dataclasses import dataclass

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Allocation, CareRequest, Placement, RequestedProduct
from subcontracts.models.allocations import AllocationQuerySet
from subcontracts.models.placements import PlacementQuerySet
from subcontracts.rules.raising import Terms


@dataclass(frozen=True, kw_only=True)
class Care:
    """A client's care under one law from one municipality: what one request for change is about.

    `organisation_id` narrows it to what one subcontractor gives.
    """

    main_contractor_id: int
    client_id: int
    municipality_id: int
    family: str
    organisation_id: int | None = None


def care_of(row: Allocation | Placement | CareRequest) -> Care:
    """The care that an allocation, a placement or a request belongs to."""
    from_town = row.allocation if isinstance(row, Placement) else row
    return Care(
        main_contractor_id=row.main_contractor_id,
        client_id=row.client_id,
        municipality_id=from_town.municipality_id,
        family=row.family,
        organisation_id=None if isinstance(row, Allocation) else row.provider_organisation_id,
    )


def allocations(scope: Scope, care: Care) -> AllocationQuerySet:
    """All current allocations, in the order of their numbers (TR349)."""
    rows = Allocation.objects.visible_to(scope).current_on(scope.today)
    return (
        rows.filter(
            main_contractor=care.main_contractor_id,
            client=care.client_id,
            municipality=care.municipality_id,
            family=care.family,
        )
        .select_related("product", "client", "municipality")
        .order_by("number")
    )


def placements(scope: Scope, care: Care) -> PlacementQuerySet:
    """All current placements with one subcontractor, in the order of their numbers."""
    rows = Placement.objects.visible_to(scope).current_on(scope.today)
    return (
        rows.filter(
            main_contractor=care.main_contractor_id,
            client=care.client_id,
            allocation__municipality=care.municipality_id,
            family=care.family,
            provider_organisation=care.organisation_id,
        )
        .select_related("product", "client", "allocation__municipality", "allocation__product")
        .order_by("number")
    )


def terms_of(row: Allocation | Placement | RequestedProduct) -> Terms:
    """Its period and how much care."""
    return Terms(
        period=Period(row.start_date, row.end_date),
        volume=row.volume,
        unit=row.unit,
        frequency=row.frequency,
        budget=row.budget,
    )
