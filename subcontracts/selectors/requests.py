"""What stands in the way of a request."""

from __future__ import annotations

from django.db.models import QuerySet

from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from subcontracts.models import CareRequest, Placement, RequestedProduct
from subcontracts.selectors.current import Care, care_of


def others_open(scope: Scope, request: CareRequest) -> bool:
    """Whether another request for the client waits for the municipality's answer (TR374)."""
    rows = CareRequest.objects.visible_to(scope).open()
    return rows.filter(**_about(care_of(request))).exclude(pk=request.pk).exists()


def is_open_about(scope: Scope, care: Care) -> bool:
    """Whether a request for this client is open, as far as this scope may know of it.

    To a subcontractor its own is open from when it was handed in.
    """
    open_to = [*CareRequest.OPEN]
    if scope.role in SUBCONTRACTOR:
        open_to.append(CareRequest.Status.RECEIVED)
    rows = CareRequest.objects.visible_to(scope).filter(status__in=open_to)
    return rows.filter(**_about(care)).exists()


def _about(care: Care) -> dict[str, int | str]:
    return {
        "main_contractor": care.main_contractor_id,
        "family": care.family,
        "municipality": care.municipality_id,
        "client": care.client_id,
    }


def was_offered(asked: RequestedProduct) -> bool:
    """Whether what was allocated for this is or was placed with who asked for it."""
    return Placement.objects.filter(
        allocation__requested_product=asked,
        provider_organisation=asked.provider_organisation_id,
    ).exists()


def placed_with_asker(scope: Scope, request: CareRequest) -> QuerySet[Placement]:
    """Placements with who asked of what was allocated for it, as far as this scope may see."""
    return (
        Placement.objects.visible_to(scope)
        .filter(
            allocation__requested_product__request=request,
            provider_organisation=request.provider_organisation_id,
        )
        .order_by("pk")
    )
