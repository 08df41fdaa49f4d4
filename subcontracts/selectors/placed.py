"""What of an allocation is placed, and what is left of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Max, Q

from hoofdaannemer.core.periods import Period
from subcontracts.models import Allocation, Placement
from subcontracts.rules import parts


def placed_of(allocation: Allocation) -> list[Placement]:
    """What is or was delivered under the allocation, with the last day of care of ended ones."""
    return placed_of_many([allocation.pk])[allocation.pk]


def placed_of_many(allocations: Collection[int]) -> dict[int, list[Placement]]:
    """The same of several, by primary key; all of them are present."""
    counted = Q(status__in=Placement.LIVE) | Q(status=Placement.Status.ENDED)
    last_stop = Max(
        "starts__stops__end_date",
        filter=Q(starts__withdrawn_at=None, starts__stops__withdrawn_at=None),
    )
    found: dict[int, list[Placement]] = {pk: [] for pk in allocations}
    rows = Placement.objects.filter(counted, allocation__in=allocations)
    for row in rows.annotate(last_stop=last_stop):
        found[row.allocation_id].append(row)
    return found


def whole_of(allocation: Allocation) -> parts.Share:
    """All there is to place."""
    return parts.Share(
        Period(allocation.start_date, allocation.end_date),
        allocation.volume,
        allocation.frequency,
        allocation.budget,
    )


def share_of(placement: Placement) -> parts.Share:
    """What a placement takes; one that ended takes it until the last day of care."""
    ended = placement.status == Placement.Status.ENDED
    last_day: date | None = getattr(placement, "last_stop", None) if ended else None
    end = last_day or placement.end_date
    return parts.Share(
        Period(placement.start_date, max(end, placement.start_date) if end else None),
        placement.volume,
        placement.frequency,
        placement.budget,
    )


def room_of(allocation: Allocation, placed: Sequence[Placement]) -> parts.Share | None:
    """The first part that can still be placed; None where all is."""
    return parts.room(whole_of(allocation), [share_of(placement) for placement in placed])
