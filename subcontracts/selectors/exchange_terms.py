"""Which messages and numbers are in use under a municipal contract, on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery

from hoofdaannemer.core.scope import Scope
from subcontracts.models import ExchangeTerms, MunicipalContract


def exchange_on(contract: MunicipalContract, day: date) -> ExchangeTerms:
    """What holds on a day; before the contract, what it begins with.

    Prefetch `exchange_terms` for several contracts.
    """
    first, *later = contract.exchange_terms.all()
    held = [row for row in later if row.start_date <= max(day, contract.start_date)]
    return held[-1] if held else first


def using(message: str, day: date) -> QuerySet[MunicipalContract]:
    """Contracts under which a message is in use with the municipalities on a day."""
    held = ExchangeTerms.objects.filter(
        Q(start_date__lte=day) | Q(start_date__lte=OuterRef("start_date")), contract=OuterRef("pk")
    ).order_by("-start_date", "-pk")
    rows = MunicipalContract.objects.alias(used=Subquery(held.values("messages")[:1]))
    return rows.filter(used__contains=message)


def exchange_recorded(scope: Scope, contract: MunicipalContract) -> Sequence[ExchangeTerms]:
    """Everything that was recorded, the newest day first."""
    rows = ExchangeTerms.objects.visible_to(scope).filter(contract=contract)
    return list(rows.select_related("recorded_by").order_by("-start_date", "-pk"))
