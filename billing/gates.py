"""What this app answers when contracts and allocations ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from billing.models import DeclaredLine, Entitlement
from subcontracts.models import Allocation


def spent(subcontract_ids: Sequence[int], year: int) -> Mapping[int, Decimal]:
    """Euros entitled to in a calendar year, by subcontract."""
    rows = (
        Entitlement.objects.filter(
            funding_line__subcontract__in=subcontract_ids,
            month__range=(date(year, 1, 1), date(year, 12, 1)),
        )
        .order_by()
        .values_list("funding_line__subcontract")
        .annotate(total=Sum("amount"))
    )
    return dict(rows)


def has_standing_lines(allocation: Allocation) -> bool:
    """Whether approved lines that were not credited rest on an allocation (TR385)."""
    return (
        DeclaredLine.objects.approved()
        .filter(placement__allocation=allocation, is_credit=False, is_credited=False)
        .exists()
    )
