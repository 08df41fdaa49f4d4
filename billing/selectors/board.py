"""Which received declarations are of a contract, for its message board."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from billing.models import Declaration, DeclaredLine
from billing.models.declarations import DeclarationQuerySet
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Subcontract


def declared(scope: Scope, contract: Subcontract | None) -> DeclarationQuerySet:
    """Declarations by message with a line of care placed under the contract; None: under any."""
    lines = DeclaredLine.objects.visible_to(scope).filter(declaration=OuterRef("pk"))
    rows = Declaration.objects.visible_to(scope).filter(message__isnull=False)
    if contract is None:
        return rows.filter(Exists(lines.filter(placement__subcontract__isnull=False)))
    own = rows.filter(
        main_contractor=contract.main_contractor_id,
        provider_organisation=contract.provider_organisation_id,
    )
    return own.filter(Exists(lines.filter(placement__subcontract=contract)))
