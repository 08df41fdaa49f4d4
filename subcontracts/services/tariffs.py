"""Tariffs of contracts, several at once: decided beside those that hold, then written together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import Product, Subcontract, Tariff


class Pricing:
    """Sets prices of these products under these contracts."""

    def __init__(self, scope: Scope, priced: Collection[tuple[Subcontract, Product]]) -> None:
        contracts = {contract.pk for contract, _product in priced}
        products = {product.pk for _contract, product in priced}
        self._scope = scope
        # As they stand now: an offer may have been made meanwhile.
        self._now = Subcontract.objects.only("status").in_bulk(contracts)
        self._held: dict[tuple[int, int], list[Tariff]] = defaultdict(list)
        rows = Tariff.objects.filter(subcontract__in=contracts, product__in=products)
        for row in rows.order_by("pk"):
            self._held[row.subcontract_id, row.product_id].append(row)
        self._new: list[Tariff] = []
        self._ended: list[Tariff] = []

    def decide(
        self, subcontract: Subcontract, product: Product, amount: Decimal, period: Period
    ) -> Tariff:
        """The tariff, still to be written; an earlier open one ends the day before.

        Raises RuleError CON-04 for a price that is not above zero, CON-05 where a later tariff
        already covers part of the period, CON-27 while the contract is on offer or signed.
        """
        policies.check_can_manage_contracts(self._scope, subcontract.main_contractor_id)
        policies.check_not_on_offer(self._now[subcontract.pk])
        if amount <= 0:
            raise RuleError("CON-04", _("A tariff is more than zero."))
        held = self._held[subcontract.pk, product.pk]
        followed = [one for one in held if one.end_date is None and one.start_date < period.start]
        if any(_overlaps(one, period) for one in held if one not in followed):
            raise already_held()
        for one in followed:
            one.end_date = period.start - timedelta(days=1)
            if one.pk is not None:
                self._ended.append(one)
        tariff = Tariff(
            main_contractor_id=subcontract.main_contractor_id,
            provider_organisation_id=subcontract.provider_organisation_id,
            subcontract=subcontract,
            product=product,
            amount=amount,
            unit=product.unit,
            start_date=period.start,
            end_date=period.end,
        )
        held.append(tariff)
        self._new.append(tariff)
        return tariff

    def write(self) -> None:
        """Record all that was decided."""
        Tariff.objects.bulk_update(self._ended, ["end_date"])
        rows = Tariff.objects.bulk_create(self._new)
        audit.record_each(
            self._scope,
            "tariff.set",
            ((row, {"product": row.product_id, "amount": str(row.amount)}) for row in rows),
        )
        self._new, self._ended = [], []


def _overlaps(held: Tariff, period: Period) -> bool:
    return Period(held.start_date, held.end_date).overlaps(period)


def already_held() -> RuleError:
    """CON-05, also where somebody else was first."""
    return RuleError("CON-05", _("Another tariff already holds for this product in this period."))
