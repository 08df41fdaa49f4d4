"""Each main contractor drew up the move of one subcontractor's care, and moved nothing yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from hoofdaannemer.core.scope import acting_as
from hoofdaannemer.scenarios.canary.care import Care
from subcontracts.models import CareMove, Placement
from subcontracts.services import moving

AHEAD = timedelta(days=30)


def draw_up(care: Care, at: datetime) -> None:
    """From the contract under which somebody was placed last, a month from now."""
    for main, row in care.parties.mains.items():
        with acting_as(care.cast.scope("contracten", main, at)) as scope:
            day = scope.today + AHEAD
            lasting = Q(end_date=None) | Q(end_date__gte=day)
            placed = (
                Placement.objects.visible_to(scope)
                .live()
                .filter(lasting, main_contractor=row, client__is_sealed=False)
            )
            newest = placed.exclude(subcontract=None).order_by("-pk").select_related("subcontract")
            contract = newest[0].subcontract
            if contract is None:
                raise LookupError(f"nobody is placed with a subcontractor of {main}")
            wish = moving.Wish(
                day=day, reason=CareMove.Reason.MERGER, note=f"{main} voegt praktijken samen"
            )
            moving.prepare(scope=scope, subcontract=contract, wish=wish)
