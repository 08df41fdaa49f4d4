"""What contracts mean for choices on pages."""

from __future__ import annotations

from django.db.models import QuerySet

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from subcontracts.models import ContractMunicipality, MunicipalContract, Subcontract


def contracted_municipalities(scope: Scope) -> QuerySet[Municipality]:
    """Municipalities in whose contracts this scope works."""
    taking_part = ContractMunicipality.objects.all()
    if scope.role in SUBCONTRACTOR:
        mine = Subcontract.objects.visible_to(scope).values("municipal_contract")
        taking_part = taking_part.filter(contract__in=mine)
    else:
        taking_part = taking_part.filter(contract__in=MunicipalContract.objects.visible_to(scope))
    return Municipality.objects.filter(pk__in=taking_part.values("municipality"))
