"""Who was in care under a funding line, and on which days: what places and profiles are paid by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from billing.rules import occupancy
from hoofdaannemer.core.periods import Month, Period
from subcontracts.models import DeliveryStart, DeliveryStop, FundingLine, MessagePurpose, Placement
from subcontracts.selectors.purposes import steering

_Status = Placement.Status


@dataclass(frozen=True)
class ClientCare:
    """The placements of one client on the products of a line, each with its days of care."""

    placements: Sequence[tuple[Placement, Sequence[Period]]]

    @property
    def spells(self) -> list[Period]:
        return [spell for _placement, spells in self.placements for spell in spells]

    def first_in(self, period: Period) -> Placement | None:
        """The placement under which care ran first in a period."""
        running = [
            (shared.start, placement.pk, placement)
            for placement, spells in self.placements
            for spell in spells
            if (shared := spell.intersection(period))
        ]
        return min(running, key=lambda one: one[:2])[2] if running else None


def care_of(line: FundingLine, counted: str) -> Mapping[int, ClientCare]:
    """Care by client, on the days that a product was paid by the line.

    `counted` is `placed` for the days of accepted placements, else days from reported starts to
    reported stops. A client counts under a line whatever the number of placements.
    """
    covered: defaultdict[int, list[Period]] = defaultdict(list)
    for one in line.line_products.all():
        covered[one.product_id].append(Period(one.start_date, one.end_date))
    found: defaultdict[int, list[tuple[Placement, Sequence[Period]]]] = defaultdict(list)
    for placement in _placements(line, covered):
        running = _placed(placement) if counted == "placed" else _delivered(placement)
        if spells := occupancy.covered(running, covered[placement.product_id]):
            found[placement.client_id].append((placement, spells))
    return {client: ClientCare(placed) for client, placed in found.items()}


def _placements(line: FundingLine, products: Collection[int]) -> Iterable[Placement]:
    live_stops = DeliveryStop.objects.live().order_by("end_date", "pk")
    return (
        Placement.objects.filter(subcontract=line.subcontract_id, product__in=products)
        .exclude(status__in=[_Status.DECLINED, _Status.WITHDRAWN])
        .order_by("pk")
        .prefetch_related(
            Prefetch("starts", DeliveryStart.objects.live().order_by("begin_date", "pk")),
            Prefetch("starts__stops", live_stops),
        )
    )


def _placed(placement: Placement) -> list[Period]:
    if placement.status == _Status.OFFERED:
        return []
    return [Period(placement.start_date, placement.end_date)]


def _delivered(placement: Placement) -> list[Period]:
    return occupancy.delivered(
        (start.begin_date, [stop.end_date for stop in start.stops.all()])
        for start in placement.starts.all()
    )


def steered_months(line: FundingLine, months: Iterable[Month]) -> set[Month]:
    """Months in which messages are for steering only, so that no day of care feeds an amount.

    Judged on the first day of the month on which the line holds.
    """
    if not MessagePurpose.objects.exists():
        return set()
    first: dict[Month, date] = {month: max(month.first, line.start_date) for month in months}
    steered = steering({(line.subcontract_id, day) for day in first.values()})
    return {month for month, day in first.items() if (line.subcontract_id, day) in steered}
