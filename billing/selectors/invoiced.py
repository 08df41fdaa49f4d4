"""Care that was invoiced without a subcontract, as a cost of the task to which it belongs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from billing.models import Entitlement
from hoofdaannemer.core.scope import Scope
from subcontracts.models import MunicipalContract


def invoiced_under(
    scope: Scope, contract: MunicipalContract, year: int
) -> list[tuple[str, Decimal]]:
    """Party and euros of a year, by name.

    An indication that rests on an allocation belongs to its contract. One that does not belongs
    to the contract of its law with the client's municipality.
    """
    rows = (
        _of(scope, contract)
        .filter(month__range=(date(year, 1, 1), date(year, 12, 1)))
        .order_by()
        .values_list("provider_organisation__name")
        .annotate(total=Sum("amount"))
    )
    return sorted((name, total) for name, total in rows if total)


def invoiced_by_month(scope: Scope, contract: MunicipalContract, year: int) -> dict[date, Decimal]:
    """Euros by the first day of the month of care."""
    rows = (
        _of(scope, contract)
        .filter(month__range=(date(year, 1, 1), date(year, 12, 1)))
        .order_by()
        .values_list("month")
        .annotate(total=Sum("amount"))
    )
    return dict(rows)


def _of(scope: Scope, contract: MunicipalContract) -> QuerySet[Entitlement]:
    indication = "invoice_line__indication"
    municipalities = contract.municipalities.order_by().values("municipality")
    return Entitlement.objects.visible_to(scope).filter(
        Q(**{f"{indication}__allocation__municipal_contract": contract})
        | Q(
            **{
                f"{indication}__allocation": None,
                f"{indication}__product__family": contract.family,
                f"{indication}__client__municipality__in": municipalities,
            }
        ),
        form=Entitlement.INVOICE,
    )
