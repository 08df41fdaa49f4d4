"""Stretches of care under placements, from the starts and stops as reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from subcontracts.models import CareMoveItem, DeliveryStart, Placement
from subcontracts.rules.combining import Handover, Spell, handed_over


def spells_of(rows: Iterable[Placement]) -> list[Spell]:
    """The live spells of these placements, in order."""
    starts = (
        DeliveryStart.objects.live()
        .filter(placement__in=[row.pk for row in rows])
        .prefetch_related("stops")
    )
    return sorted(_spell(start) for start in starts)


def spells_upward(rows: Iterable[Placement]) -> list[Spell]:
    """The spells of all placements of an allocation as they count towards the municipality."""
    placed = list(rows)
    spells = spells_of(placed)
    # Where one alone delivers nothing was moved, and nobody needs to look.
    return handed_over(spells, handovers_of(placed)) if len(placed) > 1 else spells


def spells_upward_of_many(allocations: Collection[int]) -> dict[int, list[Spell]]:
    """The same of several allocations, by primary key; all of them are present."""
    placed: dict[int, list[Placement]] = {pk: [] for pk in allocations}
    rows = list(Placement.objects.filter(allocation__in=allocations))
    for row in rows:
        placed[row.allocation_id].append(row)
    spells: dict[int, list[Spell]] = defaultdict(list)
    for spell in spells_of(rows):
        spells[spell.placement].append(spell)
    several = [row for some in placed.values() if len(some) > 1 for row in some]
    moved = handovers_of(several) if several else []
    return {pk: _upward(some, spells, moved) for pk, some in placed.items()}


def _upward(
    placed: Sequence[Placement], spells: Mapping[int, list[Spell]], moved: Iterable[Handover]
) -> list[Spell]:
    keys = {row.pk for row in placed}
    mine = [one for one in moved if {one.before, one.after} & keys]
    return handed_over(sorted(spell for pk in keys for spell in spells.get(pk, ())), mine)


def handovers_of(rows: Iterable[Placement]) -> list[Handover]:
    """From which of these placements the care was moved to which, and still is."""
    return [
        Handover(day, before, after)
        for day, before, after in CareMoveItem.objects.standing()
        .filter(placement__in=[row.pk for row in rows])
        .values_list("day", "placement", "new_placement")
        if after is not None
    ]


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
