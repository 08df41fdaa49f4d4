"""What municipalities pay by the unit beside the budget of a contract."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Sum

from billing.models import UpwardLine
from hoofdaannemer.core.scope import Scope
from subcontracts.models import MunicipalContract


def paid_by_unit(scope: Scope, contract: MunicipalContract, year: int) -> dict[date, Decimal]:
    """Euros declared and standing, by the first day of the month of care."""
    rows = (
        UpwardLine.objects.visible_to(scope)
        .open()
        .filter(
            allocation__municipal_contract=contract,
            month__range=(date(year, 1, 1), date(year, 12, 1)),
        )
        .order_by()
        .values_list("month")
        .annotate(Sum("amount"))
    )
    return dict(rows)
