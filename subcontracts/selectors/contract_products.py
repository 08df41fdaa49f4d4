"""Which products a municipal contract covers, when, and what goes on under one that leaves it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import (
    Allocation,
    ContractProduct,
    FundingLineProduct,
    MunicipalContract,
    Product,
    ProductTurn,
)
from subcontracts.rules.product_turns import Turn, spans


def turns_of_product(row: ContractProduct) -> list[Turn]:
    """When it was taken in and out. Prefetch `turns` for several."""
    return [(one.start_date, one.is_covered) for one in row.turns.all()]


def runs_of(contract: MunicipalContract) -> Period:
    """The days on which a contract runs."""
    return Period(contract.start_date, contract.end_date)


def covered_products(
    scope: Scope, contract: MunicipalContract
) -> list[tuple[Product, list[Period]]]:
    """Each product that is in the contract or was, by name, with its periods in it."""
    rows = ContractProduct.objects.visible_to(scope).filter(contract=contract)
    every = rows.select_related("product").prefetch_related("turns")
    return [
        (row.product, spans(turns_of_product(row), runs_of(contract)))
        for row in every.order_by("product__name", "pk")
    ]


def turns_recorded(scope: Scope, contract: MunicipalContract) -> Sequence[ProductTurn]:
    """Every turn that was recorded, the newest day first."""
    rows = ProductTurn.objects.visible_to(scope).filter(contract_product__contract=contract)
    related = rows.select_related("contract_product__product", "recorded_by")
    return list(related.order_by("-start_date", "-pk"))


def allocated_beyond(scope: Scope, contract: MunicipalContract, product: Product, day: date) -> int:
    """Allocations of a product under the contract that last until a day or longer."""
    rows = Allocation.objects.visible_to(scope).filter(
        municipal_contract=contract, product=product, is_deleted=False
    )
    return rows.in_force_during(Period(day)).count()


def lines_beyond(scope: Scope, contract: MunicipalContract, product: Product, day: date) -> int:
    """Subcontracts under the contract that pay for a product on a day or later."""
    rows = FundingLineProduct.objects.visible_to(scope).filter(
        subcontract__municipal_contract=contract, product=product
    )
    within = rows.in_force_during(Period(day)).order_by()
    return within.values("subcontract").distinct().count()
