"""Stretches of care under placements, from the starts and stops as reported."""

from __future__ import annotations

from collections.abc import Iterable

from subcontracts.models import DeliveryStart, Placement
from subcontracts.rules.combining import Spell


def spells_of(rows: Iterable[Placement]) -> list[Spell]:
    """The live spells of these placements, in order."""
    starts = (
        DeliveryStart.objects.live()
        .filter(placement__in=[row.pk for row in rows])
        .prefetch_related("stops")
    )
    return sorted(_spell(start) for start in starts)


def _spell(start: DeliveryStart) -> Spell:
    live = [stop for stop in start.stops.all() if stop.withdrawn_at is None]
    paused = next((stop for stop in live if not stop.is_final), None)
    ended = next((stop for stop in live if stop.is_final), None)
    return Spell(
        begin=start.begin_date,
        placement=start.placement_id,
        paused_on=paused.end_date if paused else None,
        ended_on=ended.end_date if ended else None,
        reason=ended.reason if ended else "",
    )
