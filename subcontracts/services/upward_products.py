"""Products that a municipality pays by the unit, and its tariffs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import ContractProduct, MunicipalContract, Product, UpwardTariff

EUROS: Final = "83"


@dataclass(frozen=True)
class Months:
    """Whole months; without `last` it goes on."""

    first: Month
    last: Month | None = None


@transaction.atomic
def declare_product(
    *, scope: Scope, contract: MunicipalContract, product: Product, months: Months
) -> ContractProduct:
    """Record that the municipality pays a product of the contract by the unit in these months.

    Raises RuleError CON-10 for a product that the contract does not cover.
    """
    policies.check_can_manage_contracts(scope, contract.main_contractor_id)
    row = (
        ContractProduct.objects.visible_to(scope)
        .select_for_update(of=("self",))
        .filter(contract=contract, product=product)
        .first()
    )
    if row is None:
        raise RuleError("CON-10", _("This product is not in the municipal contract."))
    row.declared_from = months.first.first
    row.declared_until = months.last.last if months.last else None
    row.save(update_fields=["declared_from", "declared_until"])
    audit.record(scope, "municipal_contract.product_declared", contract, product=product.pk)
    return row


@transaction.atomic
def set_upward_tariff(
    *,
    scope: Scope,
    contract: MunicipalContract,
    product: Product,
    amount: Decimal | None,
    months: Months,
) -> UpwardTariff:
    """Set what the municipality pays a unit; an earlier open tariff ends the month before.

    A product that was not declared yet is from then on. Raises RuleError CON-10 for a product
    outside the contract, CON-11 for a tariff that does not fit the unit, CON-05 where a later
    tariff already holds.
    """
    policies.check_can_manage_contracts(scope, contract.main_contractor_id)
    if (product.unit == EUROS) != (amount is None) or (amount is not None and amount <= 0):
        raise RuleError(
            "CON-11",
            _("Give a tariff of more than zero; only a product in euros has none."),
        )
    covered = ContractProduct.objects.visible_to(scope).filter(contract=contract, product=product)
    row = covered.first()
    if row is None or row.declared_from is None:
        declare_product(
            scope=scope, contract=contract, product=product, months=Months(months.first)
        )
    elif months.first.first < row.declared_from:
        row.declared_from = months.first.first
        row.save(update_fields=["declared_from"])
    UpwardTariff.objects.visible_to(scope).filter(
        contract=contract, product=product, end_date=None, start_date__lt=months.first.first
    ).update(end_date=months.first.first - timedelta(days=1))
    try:
        with transaction.atomic():
            tariff = UpwardTariff.objects.create(
                main_contractor_id=contract.main_contractor_id,
                contract=contract,
                product=product,
                amount=amount,
                unit=product.unit,
                start_date=months.first.first,
                end_date=months.last.last if months.last else None,
            )
    except IntegrityError as error:
        raise RuleError(
            "CON-05", _("Another tariff already holds for this product in this period.")
        ) from error
    audit.record(scope, "upward_tariff.set", tariff, product=product.pk, amount=str(amount or ""))
    return tariff
