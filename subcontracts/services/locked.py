"""Rows of the care chain, locked with what changing them needs."""

from __future__ import annotations

from hoofdaannemer.core.scope import Scope
from subcontracts.models import Allocation


def locked_allocation(scope: Scope, pk: int) -> Allocation:
    """The allocation with what placing it needs, locked."""
    return (
        Allocation.objects.visible_to(scope)
        .select_related("client", "product", "municipality", "municipal_contract")
        .select_for_update(of=("self",))
        .get(pk=pk)
    )
