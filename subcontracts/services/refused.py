"""Reports and requests that came back with errors: they count as never sent (OP286).

Above, the municipality returned ours: the main contractor mends it. Below, we returned a
subcontractor's: its sender does. Each leaves the work list when a corrected one was accepted, or
when what it told no longer holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope
from messaging.exchange import selectors
from messaging.exchange.services import settling
from messaging.istandaard.model.delivery import StartProduct, StopProduct
from messaging.istandaard.model.messages import StartMessage, StopMessage
from messaging.models import IncomingMessage, IncomingQuerySet, OutgoingMessage
from subcontracts.models import Allocation, CareRequest, Placement, UpwardReport
from subcontracts.rules import messagekeys
from subcontracts.services import sending


def above(scope: Scope, allocation: Allocation) -> Sequence[OutgoingMessage]:
    """Reports about the allocation that the municipality returned, and nobody dealt with."""
    return list(sending.reports_about(scope, allocation).refused().defer("content"))


def returned_above(*, scope: Scope, message: OutgoingMessage) -> None:
    """The municipality returned a 305 or 307: what it told was not, what it took back stands."""
    reports = UpwardReport.objects.filter(message=message, withdrawn_at=None)
    for report in reports.select_for_update(of=("self",)).order_by("pk"):
        report.withdrawn_at = scope.at
        report.save(update_fields=["withdrawn_at"])
        audit.record(scope, "upward_report.refused", report)
    taken_back = UpwardReport.objects.filter(withdrawn_by=message)
    for report in taken_back.select_for_update(of=("self",)).order_by("pk"):
        if not _is_told_anew(report):
            report.withdrawn_at = report.withdrawn_by = None
            report.save(update_fields=["withdrawn_at", "withdrawn_by"])
            audit.record(scope, "upward_report.restored", report)


def _is_told_anew(report: UpwardReport) -> bool:
    """A later message told the same again, before the answer to this one came."""
    return UpwardReport.objects.filter(
        allocation=report.allocation_id,
        kind=report.kind,
        begin_date=report.begin_date,
        withdrawn_at=None,
    ).exists()


def accepted_above(*, scope: Scope, message: OutgoingMessage) -> None:
    """The municipality took a report: it told all that an earlier one of its kind failed to."""
    allocation = Allocation.objects.visible_to(scope).get(
        pk=messagekeys.allocation_of_report(message.key)
    )
    earlier = sending.reports_about(scope, allocation).refused()
    settling.corrected(
        scope=scope,
        refused=earlier.filter(message_type=message.message_type, pk__lt=message.pk),
    )


def nothing_left(*, scope: Scope, allocation: Allocation) -> None:
    """All is told, so what came back no longer holds; unless an answer is still to come."""
    reports = sending.reports_about(scope, allocation)
    if not reports.filter(accepted_at=None, refused_at=None).exists():
        settling.corrected(scope=scope, refused=reports.refused())


def request_received_above(*, scope: Scope, request: CareRequest) -> None:
    """The municipality has a request, or it is not sent any more: earlier tries need nobody."""
    tries = OutgoingMessage.objects.visible_to(scope).filter(
        main_contractor=request.main_contractor_id,
        key__startswith=messagekeys.request_key(request.pk),
    )
    settling.corrected(scope=scope, refused=tries.refused())


def requested_below(*, scope: Scope, request: CareRequest) -> None:
    """A subcontractor's request was kept: its refused ones for this client need nobody."""
    if request.client.bsn_hash is None:
        return
    sent = IncomingMessage.objects.visible_to(scope).filter(
        main_contractor=request.main_contractor_id,
        provider_organisation=request.provider_organisation_id,
        family=request.family,
        message_type=request.kind,
        client_hash=bytes(request.client.bsn_hash),
    )
    settling.corrected(scope=scope, refused=sent.refused())


def reported_here(*, scope: Scope, placement: Placement, message_type: str) -> None:
    """A start or stop was reported in the portal, instead of by a corrected message."""
    _mended(scope, placement, message_type, {placement.number})


def accepted_below(*, scope: Scope, message_type: str, placements: Iterable[Placement]) -> None:
    """A subcontractor's 305 or 307 about these placements of one client was taken."""
    taken = {placement.number: placement for placement in placements}
    for placement in list(taken.values())[:1]:
        _mended(scope, placement, message_type, set(taken))


def _mended(scope: Scope, placement: Placement, message_type: str, numbers: set[int]) -> None:
    """Deal with refused messages about this client of which every placement is reported by now."""
    sent = _sent_below(scope, placement, message_type)
    for row in sent.refused():
        later = sent.filter(state=IncomingMessage.State.HANDLED, pk__gt=row.pk)
        done = numbers.union(*(_numbers_in(one) for one in later))
        # A number that is none of the client's placements is what was wrong.
        if not _own(scope, placement, _numbers_in(row)) - done:
            settling.corrected(scope=scope, refused=sent.filter(pk=row.pk))


def _sent_below(scope: Scope, placement: Placement, message_type: str) -> IncomingQuerySet:
    if placement.client.bsn_hash is None:
        return IncomingMessage.objects.none()
    return IncomingMessage.objects.visible_to(scope).filter(
        main_contractor=placement.main_contractor_id,
        provider_organisation=placement.provider_organisation_id,
        family=placement.family,
        message_type=message_type,
        client_hash=bytes(placement.client.bsn_hash),
    )


def _numbers_in(row: IncomingMessage) -> set[int]:
    message = selectors.document_of(row).message
    records: Sequence[StartProduct | StopProduct] = ()
    if isinstance(message, StartMessage):
        records = message.client.starts
    elif isinstance(message, StopMessage):
        records = message.client.stops
    return {one.allocation_number for one in records if one.allocation_number}


def _own(scope: Scope, placement: Placement, numbers: set[int]) -> set[int]:
    rows = Placement.objects.visible_to(scope).filter(
        main_contractor=placement.main_contractor_id,
        provider_organisation=placement.provider_organisation_id,
        client=placement.client_id,
        number__in=numbers,
    )
    return set(rows.values_list("number", flat=True))
