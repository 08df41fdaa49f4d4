"""Whether a contract lets the main contractor refuse a subcontractor's administration office."""

from __future__ import annotations

from hoofdaannemer.core.scope import Scope
from subcontracts.models import Subcontract


def may_be_refused(scope: Scope, organisation_id: int) -> bool:
    """Whether a contract that runs with this organisation provides for it."""
    contracts = Subcontract.objects.visible_to(scope).filter(
        provider_organisation=organisation_id,
        status__in=Subcontract.RUNNING,
        may_refuse_office=True,
    )
    return contracts.exists()
