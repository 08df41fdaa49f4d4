"""Terms as stored rows: made when they begin, met or dropped by the event that ends them.

A subcontractor's start or stop also meets the main contractor's term on the other leg, which it
may not see; those callers act on behalf of the main contractor here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.timezone import localdate

from hoofdaannemer.core.scope import Scope
from messaging.models import Leg
from subcontracts.models import Allocation, CareRequest, Deadline, Placement, RequestedProduct
from subcontracts.models.requests import Asked
from subcontracts.rules import terms

_Kind = Deadline.Kind


def of_allocations(*, scope: Scope, allocations: Iterable[Allocation]) -> None:
    """Each client must be placed."""
    Deadline.objects.bulk_create(
        Deadline(
            main_contractor_id=allocation.main_contractor_id,
            kind=_Kind.PLACE,
            leg=Leg.UP,
            allocation=allocation,
            event_date=scope.today,
            due_date=terms.place_due(
                scope.today, allocation.municipal_contract.subcontractor_term_days
            ),
        )
        for allocation in allocations
    )


def of_offer(*, scope: Scope, placement: Placement) -> None:
    """The subcontractor must reply, and report the start and the planned end.

    Where nothing is relayed there is no reply to wait for, and the reports are our own to make.
    """
    Deadline.objects.bulk_create(_of_offer(scope, placement))


def _of_offer(scope: Scope, placement: Placement) -> Iterator[Deadline]:
    days = placement.allocation.municipal_contract.subcontractor_term_days
    if placement.status == Placement.Status.OFFERED:
        reply = _deadline(scope, placement, _Kind.REPLY, Leg.DOWN)
        reply.event_date, reply.due_date = scope.today, placement.reply_due_date
        yield reply
    for kind, event in ((_Kind.START, placement.start_date), (_Kind.STOP, placement.end_date)):
        if event is None:
            continue
        due = terms.report_due(event, scope.today, days)
        for leg, day in ((Leg.DOWN, due.down), (Leg.UP, due.up)):
            row = _deadline(scope, placement, kind, leg)
            row.event_date, row.due_date = event, day
            yield row


def _deadline(scope: Scope, placement: Placement, kind: str, leg: str) -> Deadline:
    is_theirs = leg == Leg.DOWN and not placement.is_kept_here(scope.today)
    return Deadline(
        main_contractor_id=placement.main_contractor_id,
        provider_organisation_id=placement.provider_organisation_id if is_theirs else None,
        kind=kind,
        leg=leg,
        placement=placement,
        allocation_id=placement.allocation_id,
    )


def of_stops(*, scope: Scope, placements: Sequence[Placement]) -> None:
    """Planned ends moved: their terms move along."""
    if not placements:
        return
    Deadline.objects.running().filter(placement__in=placements, kind=_Kind.STOP).update(
        dropped_at=scope.at
    )
    Deadline.objects.bulk_create(
        row for placement in placements for row in _stop_deadlines(scope, placement)
    )


def _stop_deadlines(scope: Scope, placement: Placement) -> Iterator[Deadline]:
    if placement.end_date is None:
        return
    days = placement.allocation.municipal_contract.subcontractor_term_days
    due = terms.report_due(placement.end_date, scope.today, days)
    for leg, day in ((Leg.DOWN, due.down), (Leg.UP, due.up)):
        row = _deadline(scope, placement, _Kind.STOP, leg)
        row.event_date, row.due_date = placement.end_date, day
        yield row


def hand_over(*, scope: Scope, placements: QuerySet[Placement], to_provider: bool) -> int:
    """The relay mode changed: what runs below is from now on the provider's turn, or ours."""
    running = Deadline.objects.running().filter(leg=Leg.DOWN, placement__in=placements)
    if not to_provider:
        others = running.exclude(kind=_Kind.REPLY).exclude(provider_organisation=None)
        return others.order_by().update(provider_organisation=None)
    owner = Placement.objects.filter(pk=OuterRef("placement")).values("provider_organisation")[:1]
    ours = running.filter(provider_organisation=None).order_by()
    return ours.update(provider_organisation=Subquery(owner))


def of_request(*, scope: Scope, request: CareRequest) -> None:
    """The municipality must answer: product by product (OP274), a change as a whole (OP346)."""
    asked: list[Asked] = [*request.products.all()]
    if request.kind == CareRequest.Kind.CHANGE:
        asked.append(request.change)
    due = terms.answer_due(scope.today)
    Deadline.objects.bulk_create(_answer_deadline(one, scope.today, due) for one in asked)


def of_investigation(*, scope: Scope, asked: Asked) -> None:
    """The municipality must decide within eight weeks of the request."""
    sent_at = asked.request.sent_at
    begun = timezone.localdate(sent_at) if sent_at else scope.today
    _answer_deadline(asked, begun, terms.decision_due(begun)).save()


def _answer_deadline(asked: Asked, event: date, due: date) -> Deadline:
    return Deadline(
        main_contractor_id=asked.main_contractor_id,
        kind=_Kind.ANSWER,
        leg=Leg.UP,
        request_id=asked.request_id,
        requested_product=asked if isinstance(asked, RequestedProduct) else None,
        event_date=event,
        due_date=due,
    )


def meet_allocation(*, scope: Scope, allocation: Allocation) -> None:
    """The client was placed."""
    Deadline.objects.running().filter(allocation=allocation, kind=_Kind.PLACE).update(
        met_at=scope.at
    )


def meet_asked(*, scope: Scope, asked: Asked) -> None:
    """The municipality answered about this product, or this change."""
    product = asked if isinstance(asked, RequestedProduct) else None
    Deadline.objects.running().filter(request=asked.request_id, requested_product=product).update(
        met_at=scope.at
    )


def drop_request(*, scope: Scope, request: CareRequest) -> None:
    """No answer is due to a request that counts as never sent."""
    Deadline.objects.running().filter(request=request).update(dropped_at=scope.at)


def meet(*, scope: Scope, placement: Placement, kinds: Iterable[str]) -> None:
    """What was due of a placement happened."""
    Deadline.objects.running().filter(placement=placement, kind__in=list(kinds)).update(
        met_at=scope.at
    )


def meet_start(*, scope: Scope, placement: Placement, begin: date) -> None:
    """The start was reported: the term runs from the day on which care really began (OP271)."""
    days = placement.allocation.municipal_contract.subcontractor_term_days
    offered = localdate(placement.offered_at)
    due = terms.report_due(begin, offered, days)
    running = Deadline.objects.running().filter(placement=placement, kind=_Kind.START)
    for leg, day in ((Leg.DOWN, due.down), (Leg.UP, due.up)):
        running.filter(leg=leg).update(event_date=begin, due_date=day, met_at=scope.at)


def drop(*, scope: Scope, placements: Sequence[Placement]) -> None:
    """Nothing is due any more of placements that were declined or withdrawn."""
    Deadline.objects.running().filter(placement__in=placements).update(dropped_at=scope.at)


def taken_over(
    *, scope: Scope, placements: Sequence[Placement], started: Sequence[Placement]
) -> None:
    """Terms of care that an earlier administration placed: what was due there is not due here.

    The planned end is still to come, and a start that was not reported there.
    """
    Deadline.objects.bulk_create(
        row for placement in placements for row in _of_offer(scope, placement)
    )
    allocations = {placement.allocation_id for placement in placements}
    running = Deadline.objects.running()
    running.filter(allocation__in=allocations, kind=_Kind.PLACE).update(dropped_at=scope.at)
    running.filter(placement__in=started, kind=_Kind.START).update(dropped_at=scope.at)


def drop_allocations(*, scope: Scope, allocations: Sequence[Allocation]) -> None:
    """Nothing is due any more of deleted allocations."""
    Deadline.objects.running().filter(allocation__in=allocations).update(dropped_at=scope.at)


def reopen_allocation(*, scope: Scope, allocation: Allocation) -> None:
    """A placement fell away before care began: the client must be placed again."""
    of_allocations(scope=scope, allocations=[allocation])
