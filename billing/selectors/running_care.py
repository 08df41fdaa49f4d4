"""Care under price times quantity that goes on, with what of it was declared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import DateField, Max, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from hoofdaannemer.core.periods import Period
from subcontracts.models import Placement, Steers, Tariff
from subcontracts.rules.committed import Running


def running_care(placements: QuerySet[Placement], rest: Period) -> Iterator[tuple[Any, Running]]:
    """Each of these placements that lives in a period and has a tariff on its first day.

    What was given and not declared yet is still to come as a cost, so that it begins on the first
    day not declared. What is placed where messages are for steering only is left out. Two queries.
    """
    standing = Q(
        declared_lines__is_approved=True,
        declared_lines__is_credit=False,
        declared_lines__is_credited=False,
    )
    rows = (
        placements.filter(status__in=Placement.LIVE, subcontract__isnull=False)
        .filter(Q(end_date=None) | Q(end_date__gte=rest.start), start_date__lte=rest.end)
        .exclude(Steers("subcontract", Value(rest.start, DateField())))
        .annotate(
            declared_until=Max("declared_lines__end_date", filter=standing),
            units=Coalesce(Sum("declared_lines__volume", filter=standing), 0),
            euros=Coalesce(Sum("declared_lines__amount", filter=standing), Decimal(0)),
        )
    )
    found = list(rows)
    tariffs = {
        (row.subcontract_id, row.product_id): row.amount
        for row in Tariff.objects.in_force_on(rest.start).filter(
            subcontract__in={one.subcontract_id for one in found}
        )
    }
    for placed in found:
        tariff = tariffs.get((placed.subcontract_id or 0, placed.product_id))
        if tariff:
            yield placed, _running(placed, tariff, rest)


def _running(placed: Any, tariff: Decimal, rest: Period) -> Running:
    until = placed.declared_until
    begin = until + timedelta(days=1) if until else placed.start_date
    year = Period(min(begin, rest.end or begin), rest.end)
    return Running(
        ahead=Period(placed.start_date, placed.end_date).intersection(year),
        tariff=tariff,
        volume=placed.volume,
        frequency=placed.frequency,
        budget=placed.budget,
        declared_units=placed.units,
        declared=placed.euros,
    )
