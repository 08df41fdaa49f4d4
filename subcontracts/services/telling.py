"""What the municipality is told of the starts and stops under an allocation, as one history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from hoofdaannemer.core.scope import Scope
from messaging.models import OutgoingMessage
from subcontracts.models import (
    Allocation,
    CareMoveItem,
    DeliveryStart,
    DeliveryStop,
    Placement,
    UpwardReport,
)
from subcontracts.rules.combining import History, Spell, Start, Stop, changes, combined
from subcontracts.selectors.exchange_terms import exchange_on
from subcontracts.selectors.spells import spells_upward, spells_upward_of_many
from subcontracts.services import refused, sending
from subcontracts.services.locked import locked_allocation


def tell_up(
    *, scope: Scope, allocation_id: int, cause: DeliveryStart | DeliveryStop | None = None
) -> bool:
    """Tell the municipality what changed for the allocation as a whole; whether anything did.

    Acts for the main contractor: it weighs placements that one provider may not see. `cause` is
    what a subcontractor just reported or took back.
    """
    allocation = locked_allocation(scope, allocation_id)
    messages = exchange_on(allocation.municipal_contract, scope.today).messages
    client = allocation.client
    if "305" not in messages or client.is_sealed or not client.bsn:
        return False
    wanted = combined(spells_upward(allocation.placements.all()))
    reports = list(allocation.upward_reports.all())
    told = changes(_known(reports), wanted)
    if not told:
        refused.nothing_left(scope=scope, allocation=allocation)
        return False
    sent = sending.report_up(scope=scope, allocation=allocation, told=told, cause=cause)
    _take_back(scope, reports, sent)
    UpwardReport.objects.bulk_create(
        _report(scope, allocation, fact, message) for fact, message in sent.new.items()
    )
    return True


def told_before(*, scope: Scope, allocations: Sequence[Allocation]) -> None:
    """What is reported of allocations was told by an earlier administration: it is not sent.

    What is reported from now on goes up, compared with this.
    """
    spells = spells_upward_of_many([allocation.pk for allocation in allocations])
    reports: dict[int, list[UpwardReport]] = defaultdict(list)
    for report in UpwardReport.objects.visible_to(scope).filter(allocation__in=allocations):
        reports[report.allocation_id].append(report)
    UpwardReport.objects.bulk_create(
        _report(scope, allocation, fact, None)
        for allocation in allocations
        for fact in _untold(reports[allocation.pk], spells[allocation.pk])
    )


def _untold(reports: Iterable[UpwardReport], spells: Iterable[Spell]) -> list[Start | Stop]:
    told = changes(_known(reports), combined(spells))
    return [*told.new_starts, *told.new_stops]


def _report(
    scope: Scope, allocation: Allocation, fact: Start | Stop, message: OutgoingMessage | None
) -> UpwardReport:
    return UpwardReport(
        main_contractor_id=allocation.main_contractor_id,
        allocation=allocation,
        kind=UpwardReport.Kind.STOP if isinstance(fact, Stop) else UpwardReport.Kind.START,
        begin_date=fact.begin,
        end_date=fact.end if isinstance(fact, Stop) else None,
        reason=fact.reason if isinstance(fact, Stop) else "",
        recorded_at=scope.at,
        message=message,
    )


def fallen_through(*, scope: Scope, placement: Placement) -> None:
    """A placement was declined or withdrawn: what a move to it kept back is told after all."""
    if CareMoveItem.objects.visible_to(scope).filter(new_placement=placement).exists():
        tell_up(scope=scope, allocation_id=placement.allocation_id)


def _fact(report: UpwardReport) -> Start | Stop:
    if report.end_date is None:
        return Start(report.begin_date)
    return Stop(report.begin_date, report.end_date, report.reason)


def _known(reports: Iterable[UpwardReport]) -> History:
    facts = [_fact(report) for report in reports if report.withdrawn_at is None]
    return History(
        tuple(fact for fact in facts if isinstance(fact, Start)),
        tuple(fact for fact in facts if isinstance(fact, Stop)),
    )


def _take_back(scope: Scope, reports: Iterable[UpwardReport], sent: sending.Told) -> None:
    for report in reports:
        if report.withdrawn_at is None and (by := sent.withdrawn.get(_fact(report))):
            report.withdrawn_at, report.withdrawn_by = scope.at, by
            report.save(update_fields=["withdrawn_at", "withdrawn_by"])
