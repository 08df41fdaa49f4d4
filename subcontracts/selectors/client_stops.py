"""Which client stops hold where a client would be placed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts.models import Allocation, ClientStop, Placement, Product
from subcontracts.rules.client_stops import is_new
from subcontracts.worklist import WorkItem

KIND = gettext_lazy("Client stops to decide")


def refusals(
    subcontract_ids: Sequence[int], allocation: Allocation, product: Product, day: date
) -> dict[int, str]:
    """Why each subcontract takes no new client from a day on, in words; those that do are absent.

    For a client who is in care there already nothing stands in the way. Two queries, or one where
    no stop holds.
    """
    stops = (
        ClientStop.objects.granted()
        .in_force_on(day)
        .filter(Q(product=None) | Q(product=product), subcontract__in=subcontract_ids)
    )
    held = {stop.subcontract_id: stop for stop in stops.select_related("subcontract")}
    if not held:
        return {}
    known = _in_care(allocation, [stop.subcontract.subcontractor_id for stop in held.values()])
    return {
        pk: sentence(stop)
        for pk, stop in held.items()
        if is_new(day, known.get(stop.subcontract.subcontractor_id, ()))
    }


def sentence(stop: ClientStop) -> str:
    """The stop in a sentence for who would place a client."""
    if stop.end_date is None:
        return _("Takes no new clients since %(day)s (client stop).") % {
            "day": date_long(stop.start_date)
        }
    return _("Takes no new clients up to and including %(day)s (client stop).") % {
        "day": date_long(stop.end_date)
    }


def _in_care(allocation: Allocation, subcontractors: Sequence[int]) -> dict[int, list[Period]]:
    """For which periods the client is or was placed with each of them."""
    found: defaultdict[int, list[Period]] = defaultdict(list)
    rows = Placement.objects.filter(
        client=allocation.client_id,
        subcontractor__in=subcontractors,
        status=Placement.Status.ACCEPTED,
    ).values_list("subcontractor", "start_date", "end_date")
    for subcontractor, start, end in rows:
        found[subcontractor].append(Period(start, end))
    return found


def items(scope: Scope) -> Iterator[WorkItem]:
    """For the work list: what subcontractors asked, before the day from which they asked it."""
    if scope.role != Role.CONTRACT_MANAGER:
        return
    rows = ClientStop.objects.visible_to(scope).waiting()
    for row in rows.select_related("subcontract__provider_organisation", "product"):
        yield WorkItem(
            kind=KIND,
            text=f"{row.subcontract.provider_organisation.name} · {row}",
            url=reverse("client_stop_decide", args=[row.pk]),
            verb=_("Decide"),
            due=row.start_date,
            detail=row.reason,
        )
