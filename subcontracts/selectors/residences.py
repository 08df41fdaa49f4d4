"""Which municipality is responsible for a client, and whether a request addresses that one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from hoofdaannemer.core.scope import Scope
from subcontracts.models import CareRequest, ChangedProduct, ClientResidence
from subcontracts.rules import residence


def history(scope: Scope, client_id: int) -> list[ClientResidence]:
    """What counts now about a client, newest first."""
    rows = ClientResidence.objects.visible_to(scope).standing().filter(client=client_id)
    return list(rows.select_related("municipality", "recorded_by").reverse())


def elsewhere(scope: Scope, request: CareRequest) -> residence.Elsewhere | None:
    """Where a request would have to go instead; None where it is addressed well.

    A request for change may still shorten what began before a move: what counts is the first day
    of what is asked. A fact of one law says nothing of a request under the other.
    """
    # Not by the client's row: who reads requests without knowing of whom may not join it.
    known = history(scope, request.client_id)
    for day in sorted(set(_wanted_days(request))):
        found = residence.on_day(known, day)
        if found is None or found.family != request.family:
            continue
        if found.municipality_id != request.municipality_id:
            return residence.Elsewhere(found.municipality.name, day)
    return None


def _wanted_days(request: CareRequest) -> Iterable[date]:
    if request.kind != CareRequest.Kind.CHANGE:
        return request.products.values_list("start_date", flat=True)
    lines = request.lines.in_force().exclude(what=ChangedProduct.What.UNCHANGED)
    days = lines.values_list("start_date", flat=True)
    return [day for day in days if day is not None]
