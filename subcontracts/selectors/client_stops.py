"""Which client stops hold where a client would be placed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts.models import ClientStop, Placement, Product
from subcontracts.rules.client_stops import is_new
from subcontracts.worklist import WorkItem

KIND = gettext_lazy("Client stops to decide")


def kept_out(
    subcontract_ids: Iterable[int], product: Product, clients: Iterable[int | None], day: date
) -> dict[tuple[int, int | None], str]:
    """Whom client stops keep out from a day on, by subcontract and client, with the reason.

    For a client who is in care there already nothing stands in the way. Two queries, or one where
    no stop holds; without a client nothing is asked.
    """
    everybody = {client for client in clients if client is not None}
    if not everybody:
        return {}
    rows = (
        ClientStop.objects.granted()
        .in_force_on(day)
        .filter(Q(product=None) | Q(product=product), subcontract__in=subcontract_ids)
    )
    stops = list(rows.select_related("subcontract"))
    if not stops:
        return {}
    known = _in_care(everybody, [stop.subcontract.subcontractor_id for stop in stops])
    return {
        (stop.subcontract_id, client): sentence(stop)
        for stop in stops
        for client in everybody
        if is_new(day, known.get((stop.subcontract.subcontractor_id, client), ()))
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


def _in_care(
    clients: Iterable[int], subcontractors: Iterable[int]
) -> dict[tuple[int, int], list[Period]]:
    """For which periods each client is or was placed with each of them."""
    found: defaultdict[tuple[int, int], list[Period]] = defaultdict(list)
    rows = Placement.objects.filter(
        client__in=clients,
        subcontractor__in=subcontractors,
        status=Placement.Status.ACCEPTED,
    ).values_list("subcontractor", "client", "start_date", "end_date")
    for subcontractor, client, start, end in rows:
        found[subcontractor, client].append(Period(start, end))
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
