"""Under which contract care may be placed: the one that runs and pays for the product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from subcontracts.models import (
    Allocation,
    FundingLine,
    FundingLineProduct,
    Product,
    Subcontract,
    Subcontractor,
    Tariff,
)
from subcontracts.rules import by_allocation


class Contracts:
    """The running contracts of some subcontractors, with what they pay of some products.

    Read once, for however many allocations are placed with them.
    """

    def __init__(self, subcontractors: Collection[int], products: Collection[int]) -> None:
        self._contracts: dict[tuple[int, int], list[Subcontract]] = defaultdict(list)
        rows = Subcontract.objects.filter(
            status__in=Subcontract.RUNNING, subcontractor__in=subcontractors
        )
        for row in rows.prefetch_related("relay_modes").order_by("-start_date", "-pk"):
            self._contracts[row.subcontractor_id, row.municipal_contract_id].append(row)
        which = {
            "subcontract__in": [row.pk for some in self._contracts.values() for row in some],
            "product__in": products,
        }
        self._lines: dict[tuple[int, int], list[FundingLineProduct]] = defaultdict(list)
        for line in FundingLineProduct.objects.filter(**which).select_related("funding_line"):
            self._lines[line.subcontract_id, line.product_id].append(line)
        self._prices: dict[tuple[int, int], list[Tariff]] = defaultdict(list)
        for price in Tariff.objects.filter(**which).order_by():
            self._prices[price.subcontract_id, price.product_id].append(price)

    def on(
        self, allocation: Allocation, subcontractor: Subcontractor, product: Product, day: date
    ) -> Subcontract | None:
        """The contract under which this may be placed from a day on; none for an own team.

        Raises RuleError PLA-02, PLA-03, PLA-06, and CON-230 to CON-232 where the contract pays what
        was allocated and nothing that it can pay was.
        """
        if not Period(subcontractor.start_date, subcontractor.end_date).contains(day):
            raise RuleError("PLA-02", _("This subcontractor has no running contract on that day."))
        if subcontractor.is_own_team:
            return None
        found = self._contracts[subcontractor.pk, allocation.municipal_contract_id]
        running = (row for row in found if Period(row.start_date, row.end_date).contains(day))
        if (subcontract := next(running, None)) is None:
            raise RuleError("PLA-02", _("This subcontractor has no running contract on that day."))
        self._check_pays(subcontract, allocation, product, day)
        return subcontract

    def _check_pays(
        self, subcontract: Subcontract, allocation: Allocation, product: Product, day: date
    ) -> None:
        key = (subcontract.pk, product.pk)
        lines = self._lines[key]
        covered = (one for one in lines if Period(one.start_date, one.end_date).contains(day))
        if (line := next(covered, None)) is None:
            raise RuleError("PLA-03", _("The contract has no funding line for this product."))
        if line.funding_line.form != FundingLine.Form.PXQ:
            return
        prices = self._prices[key]
        held = (one for one in prices if Period(one.start_date, one.end_date).contains(day))
        if (price := next(held, None)) is None:
            raise RuleError("PLA-06", _("The contract has no tariff for this product."))
        if line.funding_line.is_paid_as_allocated:
            by_allocation.check_payable(_extent(allocation), price.unit)


def _extent(allocation: Allocation) -> by_allocation.Extent:
    return by_allocation.Extent(
        volume=allocation.volume,
        unit=allocation.unit,
        frequency=allocation.frequency,
        budget=allocation.budget,
        end_date=allocation.end_date,
    )
