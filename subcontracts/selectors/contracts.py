"""What contracts mean for choices on pages."""

from __future__ import annotations

from django.db.models import QuerySet

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from subcontracts.models import ContractMunicipality, MunicipalContract, Subcontract


def contracted_municipalities(scope: Scope) -> QuerySet[Municipality]:
    """Municipalities in whose contracts this scope works."""
    if scope.role in SUBCONTRACTOR:
        contracts = Subcontract.objects.visible_to(scope).values("municipal_contract")
    else:
        contracts = MunicipalContract.objects.visible_to(scope).values("pk")
    return Municipality.objects.filter(
        pk__in=ContractMunicipality.objects.filter(contract__in=contracts).values("municipality")
    )
