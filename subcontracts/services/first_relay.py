"""The first 301s of a contract that turned to standard messages: for what runs already.

By itself on the first day, and not by a button: from that day on the software reports about these
placements, and cannot about what it never received.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.locks import lock_text
from hoofdaannemer.core.scope import Scope, acting_as
from subcontracts.models import Placement, Subcontract
from subcontracts.services import relaying, sending


def never_sent(scope: Scope) -> QuerySet[Placement]:
    """Running placements, and those to come, of which no message told.

    Not what the provider knew already when the care was taken over from an earlier administration.
    """
    lasting = Q(end_date=None) | Q(end_date__gte=scope.today)
    rows = (
        Placement.objects.visible_to(scope)
        .live()
        .filter(lasting, message=None, is_known_below=False)
    )
    return rows.filter(client__is_sealed=False).exclude(subcontract=None)


def clients_to_send(scope: Scope, subcontract: Subcontract) -> int:
    """How many 301s the contract's turn to standard messages brings, one a client."""
    rows = never_sent(scope).filter(subcontract=subcontract)
    by_client = rows.values("client", "allocation__municipality")
    return by_client.order_by().distinct().count()


def send_first(*, scope: Scope) -> int:
    """Tell software about what it delivers and was never sent; returns how many 301s went out.

    Under contracts that relay by message today, each client in a transaction of its own. Asked
    again it does nothing. One client's failure stops no other: raises ExceptionGroup at the end.
    """
    with acting_as(scope):
        due = list(_due(scope))
    sent, failures = 0, []
    for keys in due:
        try:
            with acting_as(scope):
                sent += _send(scope, keys)
        except Exception as failure:  # noqa: BLE001  raised below, after the others
            failures.append(failure)
    if failures:
        raise ExceptionGroup("first allocation messages were not sent", failures)
    return sent


def _due(scope: Scope) -> Iterable[list[int]]:
    """Placements to tell of, by the message that tells of them: keys of those of one client."""
    by_message = Subcontract.objects.visible_to(scope).filter(
        relay_modes__mode=Subcontract.Relay.MESSAGES, status__in=Subcontract.RUNNING
    )
    of_client: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for row in _ready(never_sent(scope).filter(subcontract__in=by_message)):
        if relaying.uses_messages(row, row.allocation, scope.today):
            who = (row.main_contractor_id, row.provider_organisation_id, row.client_id)
            of_client[*who, row.allocation.municipality_id].append(row.pk)
    return of_client.values()


def _ready(rows: QuerySet[Placement]) -> QuerySet[Placement]:
    """With what a 301 says of them."""
    return (
        rows.select_related(
            *("subcontract", "product", "client", "provider_organisation"),
            *("allocation__client", "allocation__municipality", "allocation__municipal_contract"),
            "allocation__requested_product",
        )
        .prefetch_related(
            "subcontract__relay_modes", "allocation__municipal_contract__relay_consents"
        )
        .order_by("number")
    )


def _send(scope: Scope, keys: Sequence[int]) -> int:
    """One 301 with everything of the client, as each goes (OP087); whether it still had to go."""
    lock_text("first relay")
    new = list(_ready(never_sent(scope).filter(pk__in=keys)))
    if not new:
        return 0
    first = new[0]
    every = relaying.together(scope, first)
    for row in every:
        if row.pk in keys:
            # What is sent for the first time has no change since the delivery before (IV099).
            row.change_reason = ""
    message = sending.relay(
        scope=scope,
        allocation=first.allocation,
        placements=every,
        key=f"placement:{first.pk}:first",
    )
    Placement.objects.filter(pk__in=keys).update(message=message)
    audit.record_many(scope, "placement.sent", new)
    return 1
