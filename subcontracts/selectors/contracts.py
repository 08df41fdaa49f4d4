"""What contracts mean for choices on pages."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from subcontracts.models import ContractMunicipality, MunicipalContract, Product, Subcontract


def contracted_municipalities(scope: Scope) -> QuerySet[Municipality]:
    """Municipalities in whose contracts this scope works: that take part today, or will."""
    taking_part = ContractMunicipality.objects.filter(
        Exists(ContractMunicipality.objects.taking_part_on(scope.today).filter(pk=OuterRef("pk")))
        | Q(shares__division__start_date__gt=scope.today)
    )
    if scope.role in SUBCONTRACTOR:
        mine = Subcontract.objects.visible_to(scope).values("municipal_contract")
        taking_part = taking_part.filter(contract__in=mine)
    else:
        taking_part = taking_part.filter(contract__in=MunicipalContract.objects.visible_to(scope))
    return Municipality.objects.filter(pk__in=taking_part.values("municipality"))


def priced_products(subcontract: Subcontract) -> QuerySet[Product]:
    """Products of its funding lines that have a tariff: those in euros are their own amount."""
    rows = Product.objects.filter(line_products__subcontract=subcontract).distinct()
    return rows.exclude(unit=Product.EUROS).order_by("category", "code")
