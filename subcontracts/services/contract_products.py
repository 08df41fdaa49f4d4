"""Products come into a municipal contract and leave it while it runs.

All of it is the contract manager's work (NotAllowedError for anybody else). Turns are added only;
care that was allocated while its product was in the contract goes on until it ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts.models import ContractProduct, MunicipalContract, Product, ProductTurn
from subcontracts.rules.product_turns import covered_on
from subcontracts.selectors.contract_products import runs_of, turns_of_product
from subcontracts.services.upward_terms import check_within, locked


@transaction.atomic
def take_in(
    *,
    scope: Scope,
    contract: MunicipalContract,
    product: Product,
    first_day: date,
    source: str = "",
) -> ProductTurn:
    """Let the contract cover a product from a day on; also one that left it before.

    Raises RuleError CON-42 for a day outside the contract, CON-201 where it is in the contract on
    that day, CON-204 for a product of another law.
    """
    contract = locked(scope, contract)
    check_within(contract, first_day)
    if product.family != contract.family:
        raise RuleError("CON-204", _("Choose a product of the law that the contract is about."))
    row = contract.products.filter(product=product).first()
    if row is not None and covered_on(turns_of_product(row), runs_of(contract), first_day):
        raise RuleError("CON-201", _("This product is in the contract on that day already."))
    if row is None:
        row = ContractProduct.objects.create(
            main_contractor_id=contract.main_contractor_id, contract=contract, product=product
        )
    return _turn(scope, row, first_day, source, is_covered=True)


@transaction.atomic
def take_out(
    *,
    scope: Scope,
    contract: MunicipalContract,
    product: Product,
    last_day: date,
    source: str = "",
) -> ProductTurn:
    """Let a product leave the contract after a day.

    Raises RuleError CON-42 where the day or the day after it is outside the contract, CON-202
    where it is not in the contract on that day, or leaves it already.
    """
    contract = locked(scope, contract)
    check_within(contract, last_day)
    after = last_day + timedelta(days=1)
    check_within(contract, after)
    row = contract.products.filter(product=product).first()
    turns = turns_of_product(row) if row is not None else []
    runs = runs_of(contract)
    if row is None or not covered_on(turns, runs, last_day) or not covered_on(turns, runs, after):
        raise RuleError(
            "CON-202", _("Choose a day on which, and after which, the product is in the contract.")
        )
    return _turn(scope, row, after, source, is_covered=False)


def begin_with(scope: Scope, contract: MunicipalContract, products: Iterable[Product]) -> None:
    """The products with which a new contract begins."""
    owner = {"main_contractor_id": contract.main_contractor_id}
    rows = ContractProduct.objects.bulk_create(
        ContractProduct(**owner, contract=contract, product=product) for product in products
    )
    ProductTurn.objects.bulk_create(
        ProductTurn(
            **owner,
            contract_product=row,
            start_date=contract.start_date,
            is_covered=True,
            recorded_by_id=scope.user_id or None,
            recorded_at=scope.at,
        )
        for row in rows
    )


def _turn(
    scope: Scope, row: ContractProduct, start: date, source: str, *, is_covered: bool
) -> ProductTurn:
    turn = ProductTurn.objects.create(
        main_contractor_id=row.main_contractor_id,
        contract_product=row,
        start_date=start,
        is_covered=is_covered,
        source=source,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    audit.record(
        scope,
        "municipal_contract.product_turned",
        row.contract,
        product=row.product_id,
        start=start.isoformat(),
        covered=is_covered,
    )
    return turn
