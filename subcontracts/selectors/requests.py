"""What stands in the way of a request."""

from __future__ import annotations

from hoofdaannemer.core.scope import Scope
from subcontracts.models import CareRequest


def others_open(scope: Scope, request: CareRequest) -> bool:
    """Whether another request for the client waits for the municipality's answer (TR374)."""
    rows = CareRequest.objects.visible_to(scope).open()
    return (
        rows.filter(
            main_contractor=request.main_contractor_id,
            family=request.family,
            municipality=request.municipality_id,
            client=request.client_id,
        )
        .exclude(pk=request.pk)
        .exists()
    )
