"""Placements in a move of clients whose data stay inside: counted for all, listed for few."""

from __future__ import annotations

from django.db.models import Q

from hoofdaannemer.core.scope import Scope
from subcontracts.models import CareMove, CareMoveItem, Placement
from subcontracts.models.moves import CareMoveItemQuerySet
from subcontracts.models.placements import PlacementQuerySet


def kept_apart(scope: Scope, move: CareMove) -> PlacementQuerySet:
    """Those with care under the contract on the day of the move or later, and those in the move."""
    lasting = Q(end_date=None) | Q(end_date__gte=move.day)
    rows = Placement.objects.visible_to(scope).filter(subcontract=move.subcontract_id)
    here = Q(status__in=Placement.LIVE) & lasting
    sealed = rows.filter(here | Q(pk__in=_in_move(scope, move).values("placement")))
    return sealed.filter(client__is_sealed=True)


def still_to_settle(scope: Scope, move: CareMove) -> PlacementQuerySet:
    """Those about which somebody still has to decide."""
    settled = (CareMoveItem.Status.MOVED, CareMoveItem.Status.SETTLED)
    done = _in_move(scope, move).filter(status__in=settled)
    return kept_apart(scope, move).exclude(pk__in=done.values("placement"))


def items_of(scope: Scope, move: CareMove) -> dict[int, CareMoveItem]:
    """What stands in the move of them, by key of the placement."""
    rows = _in_move(scope, move).filter(placement__client__is_sealed=True)
    return {
        row.placement_id: row for row in rows.select_related("destination__provider_organisation")
    }


def _in_move(scope: Scope, move: CareMove) -> CareMoveItemQuerySet:
    return CareMoveItem.objects.visible_to(scope).filter(move=move)
