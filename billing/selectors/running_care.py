"""Care under price times quantity that goes on, with what of it was declared."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import DateField, Max, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from billing.models import Entitlement
from hoofdaannemer.core.periods import Month, Period
from subcontracts.models import FundingLine, FundingLineProduct, Placement, Steers, Tariff
from subcontracts.rules.committed import Running


def running_care(placements: QuerySet[Placement], rest: Period) -> Iterator[tuple[Any, Running]]:
    """Each of these placements that lives in a period and has a tariff on its first day.

    What was given in this year and not declared yet is still to come as a cost, so that it begins
    on the first day of the year not declared. What is placed where messages are for steering only
    is left out. What is paid as it was allocated is to come from the month after the last that was
    recorded. At most four queries.
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
    allocated = _allocated({one.subcontract_id for one in found if one.subcontract_id}, rest.start)
    recorded = _recorded(
        [one.pk for one in found if (one.subcontract_id, one.product_id) in allocated]
    )
    for placed in found:
        key = (placed.subcontract_id or 0, placed.product_id)
        if not (tariff := tariffs.get(key)):
            continue
        if key in allocated:
            yield placed, _as_allocated(placed, tariff, rest, recorded.get(placed.pk))
        else:
            yield placed, _running(placed, tariff, rest)


def _allocated(contracts: Collection[int], day: date) -> set[tuple[int, int]]:
    """Contract and product of what is paid as it was allocated."""
    rows = FundingLineProduct.objects.in_force_on(day).filter(
        subcontract__in=contracts,
        funding_line__in=FundingLine.objects.paid_as_allocated().values("pk"),
    )
    return set(rows.values_list("subcontract", "product"))


def _recorded(placements: Sequence[int]) -> Mapping[int, date]:
    """The last day of the last month that was recorded, by placement."""
    if not placements:
        return {}
    rows = Entitlement.objects.as_allocated().filter(placement__in=placements, corrected_by=None)
    months = rows.order_by().values_list("placement").annotate(Max("month"))
    return {placement: Month.of(month).last for placement, month in months}


def _as_allocated(placed: Any, tariff: Decimal, rest: Period, until: date | None) -> Running:
    whole = Period(placed.start_date, placed.end_date)
    is_known = until is not None and rest.end is not None and until >= rest.end
    return Running(
        ahead=None if is_known else _ahead(placed, until, rest),
        tariff=tariff,
        volume=placed.volume,
        frequency=placed.frequency,
        budget=placed.budget,
        paid_over=whole,
    )


def _ahead(placed: Any, until: date | None, rest: Period) -> Period | None:
    """From the first day of the year of which nothing is known, to its end."""
    begin = until + timedelta(days=1) if until else placed.start_date
    begin = max(begin, date(rest.start.year, 1, 1))
    year = Period(min(begin, rest.end or begin), rest.end)
    return Period(placed.start_date, placed.end_date).intersection(year)


def _running(placed: Any, tariff: Decimal, rest: Period) -> Running:
    return Running(
        ahead=_ahead(placed, placed.declared_until, rest),
        tariff=tariff,
        volume=placed.volume,
        frequency=placed.frequency,
        budget=placed.budget,
        declared_units=placed.units,
        declared=placed.euros,
    )
