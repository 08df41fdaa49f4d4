"""Terms as stored rows: made when they begin, met or dropped by the event that ends them.

A subcontractor's start or stop also meets the main contractor's term on the other leg, which it
may not see; those callers act on behalf of the main contractor here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from hoofdaannemer.core.scope import Scope
from messaging.models import Leg
from subcontracts.models import Allocation, CareRequest, Deadline, Placement, RequestedProduct
from subcontracts.rules import terms

_Kind = Deadline.Kind


def of_allocation(*, scope: Scope, allocation: Allocation) -> None:
    """The client must be placed."""
    Deadline.objects.create(
        main_contractor_id=allocation.main_contractor_id,
        kind=_Kind.PLACE,
        leg=Leg.UP,
        allocation=allocation,
        event_date=scope.today,
        due_date=terms.place_due(
            scope.today, allocation.municipal_contract.subcontractor_term_days
        ),
    )


def of_offer(*, scope: Scope, placement: Placement) -> None:
    """The subcontractor must reply, and report the start and the planned end."""
    allocation = placement.allocation
    days = allocation.municipal_contract.subcontractor_term_days
    reply = _deadline(placement, _Kind.REPLY, Leg.DOWN)
    reply.event_date, reply.due_date = scope.today, placement.reply_due_date
    rows = [reply]
    for kind, event in ((_Kind.START, placement.start_date), (_Kind.STOP, placement.end_date)):
        if event is None:
            continue
        due = terms.report_due(event, scope.today, days)
        for leg, day in ((Leg.DOWN, due.down), (Leg.UP, due.up)):
            row = _deadline(placement, kind, leg)
            row.event_date, row.due_date = event, day
            rows.append(row)
    Deadline.objects.bulk_create(rows)


def _deadline(placement: Placement, kind: str, leg: str) -> Deadline:
    return Deadline(
        main_contractor_id=placement.main_contractor_id,
        provider_organisation_id=(placement.provider_organisation_id if leg == Leg.DOWN else None),
        kind=kind,
        leg=leg,
        placement=placement,
        allocation_id=placement.allocation_id,
    )


def of_stop(*, scope: Scope, placement: Placement) -> None:
    """The planned end moved: its terms move along."""
    Deadline.objects.running().filter(placement=placement, kind=_Kind.STOP).update(
        dropped_at=scope.at
    )
    if placement.end_date is None:
        return
    days = placement.allocation.municipal_contract.subcontractor_term_days
    due = terms.report_due(placement.end_date, scope.today, days)
    rows = []
    for leg, day in ((Leg.DOWN, due.down), (Leg.UP, due.up)):
        row = _deadline(placement, _Kind.STOP, leg)
        row.event_date, row.due_date = placement.end_date, day
        rows.append(row)
    Deadline.objects.bulk_create(rows)


def of_request(*, scope: Scope, request: CareRequest) -> None:
    """The municipality must answer, product by product (OP274)."""
    Deadline.objects.bulk_create(
        _answer_deadline(product, scope.today, terms.answer_due(scope.today))
        for product in request.products.all()
    )


def of_investigation(*, scope: Scope, product: RequestedProduct) -> None:
    """The municipality must decide within eight weeks of the request."""
    sent_at = product.request.sent_at
    begun = timezone.localdate(sent_at) if sent_at else scope.today
    _answer_deadline(product, begun, terms.decision_due(begun)).save()


def _answer_deadline(product: RequestedProduct, event: date, due: date) -> Deadline:
    return Deadline(
        main_contractor_id=product.main_contractor_id,
        kind=_Kind.ANSWER,
        leg=Leg.UP,
        request_id=product.request_id,
        requested_product=product,
        event_date=event,
        due_date=due,
    )


def meet_allocation(*, scope: Scope, allocation: Allocation) -> None:
    """The client was placed."""
    Deadline.objects.running().filter(allocation=allocation, kind=_Kind.PLACE).update(
        met_at=scope.at
    )


def meet_product(*, scope: Scope, product: RequestedProduct) -> None:
    """The municipality answered about this product."""
    Deadline.objects.running().filter(requested_product=product).update(met_at=scope.at)


def drop_request(*, scope: Scope, request: CareRequest) -> None:
    """No answer is due to a request that counts as never sent."""
    Deadline.objects.running().filter(request=request).update(dropped_at=scope.at)


def meet(*, scope: Scope, placement: Placement, kinds: Iterable[str]) -> None:
    """What was due of a placement happened."""
    Deadline.objects.running().filter(placement=placement, kind__in=list(kinds)).update(
        met_at=scope.at
    )


def drop(*, scope: Scope, placement: Placement) -> None:
    """Nothing is due any more of a placement that was declined or withdrawn."""
    Deadline.objects.running().filter(placement=placement).update(dropped_at=scope.at)


def drop_allocation(*, scope: Scope, allocation: Allocation) -> None:
    """Nothing is due any more of a deleted allocation."""
    Deadline.objects.running().filter(allocation=allocation).update(dropped_at=scope.at)


def reopen_allocation(*, scope: Scope, allocation: Allocation) -> None:
    """A placement fell away before care began: the client must be placed again."""
    of_allocation(scope=scope, allocation=allocation)
