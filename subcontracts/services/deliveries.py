"""Starts and stops of care as reported, and what goes up of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope, on_behalf_of
from messaging.exchange.services import intake
from messaging.models import IncomingMessage
from subcontracts import policies
from subcontracts.models import (
    Allocation,
    Deadline,
    DeliveryStart,
    DeliveryStop,
    Placement,
)
from subcontracts.rules import delivery
from subcontracts.rules.combining import TEMPORARY
from subcontracts.selectors.spells import spells_of
from subcontracts.services import deadlines, links, refused
from subcontracts.services.telling import tell_up, told_before


@transaction.atomic
def report_start(
    *, scope: Scope, placement: Placement, begin: date, incoming: IncomingMessage | None = None
) -> DeliveryStart:
    """Care began. Goes up at once as the main contractor's 305 where it changes the whole.

    Raises RuleError with the code of the standard (TR074, TR326), LEV-01 before acceptance,
    LEV-02 for a day outside the placement, LEV-03 for a day to come.
    """
    placement = _locked(scope, placement)
    policies.check_can_report(scope, placement)
    spells = spells_of([placement])
    if incoming is None:
        check_day(scope, placement, begin)
    # What is wrong with this very start says more than that none can be reported.
    _refuse(delivery.start_problem(spells, begin))
    if incoming is None:
        policies.check_can_report_start(scope, placement, spells)
    start = DeliveryStart.objects.create(
        **_owners(placement),
        placement=placement,
        begin_date=begin,
        recorded_at=scope.at,
        message=incoming,
    )
    links.made(scope, start)
    _follow(placement)
    audit.record(scope, "start.reported", start, begin=begin.isoformat())
    # The term towards the municipality, and what others deliver, are not the provider's to see.
    with on_behalf_of(scope, placement.main_contractor_id) as office:
        deadlines.meet_start(scope=office, placement=placement, begin=begin)
        tell_up(scope=office, allocation_id=placement.allocation_id, cause=start)
    if incoming is None:
        _rejudge(scope, placement)
        refused.reported_here(scope=scope, placement=placement, message_type="305")
    return start


def _rejudge(scope: Scope, placement: Placement) -> None:
    """A stop from software may be waiting for the start that was now reported in the portal."""
    if placement.client.bsn_hash:
        intake.rejudge_parked(
            scope=scope,
            main_contractor_id=placement.main_contractor_id,
            client_hash=bytes(placement.client.bsn_hash),
        )


@dataclass(frozen=True)
class Begun:
    """Care that began under an earlier administration, which told the municipality of it.

    `paused_on`: the last day before a pause that still lasts.
    """

    placement: Placement
    begin: date
    paused_on: date | None = None


@transaction.atomic
def take_over_starts(*, scope: Scope, begun: Sequence[Begun]) -> None:
    """Record the starts of placements that were taken over just now.

    Nothing goes up; what happens to the care from now on does. Raises NotAllowedError for anybody
    but a contract manager, RuleError LEV-02 and LEV-03 as `report_start`.
    """
    for one in begun:
        policies.check_can_manage_contracts(scope, one.placement.main_contractor_id)
        check_day(scope, one.placement, one.begin)
    starts = DeliveryStart.objects.bulk_create(
        DeliveryStart(
            **_owners(one.placement),
            placement=one.placement,
            begin_date=one.begin,
            recorded_at=scope.at,
        )
        for one in begun
    )
    days = [{"begin": start.begin_date.isoformat()} for start in starts]
    audit.record_each(scope, "start.taken_over", zip(starts, days, strict=True))
    _take_over_pauses(scope, begun, starts)
    allocations = {one.placement.allocation_id: one.placement.allocation for one in begun}
    told_before(scope=scope, allocations=list(allocations.values()))


def _take_over_pauses(
    scope: Scope, begun: Sequence[Begun], starts: Sequence[DeliveryStart]
) -> None:
    stops = DeliveryStop.objects.bulk_create(
        DeliveryStop(
            **_owners(one.placement),
            start=start,
            end_date=one.paused_on,
            reason=TEMPORARY,
            recorded_at=scope.at,
        )
        for one, start in zip(begun, starts, strict=True)
        if one.paused_on is not None
    )
    days = [{"end": stop.end_date.isoformat()} for stop in stops]
    audit.record_each(scope, "stop.taken_over", zip(stops, days, strict=True))


@transaction.atomic
def withdraw_start(*, scope: Scope, placement: Placement, begin: date) -> DeliveryStart:
    """Take a start back, as if it was never reported. Raises RuleError TR063, TR071."""
    placement = _locked(scope, placement)
    policies.check_can_report(scope, placement)
    _refuse(delivery.start_withdrawal_problem(spells_of([placement]), begin))
    start = placement.starts.get(begin_date=begin, withdrawn_at=None)
    start.withdrawn_at = scope.at
    start.save(update_fields=["withdrawn_at"])
    links.changed(scope, start)
    audit.record(scope, "start.withdrawn", start, begin=begin.isoformat())
    _follow(placement)
    # What others deliver under the allocation is not the provider's to see.
    with on_behalf_of(scope, placement.main_contractor_id) as office:
        tell_up(scope=office, allocation_id=placement.allocation_id, cause=start)
    return start


@transaction.atomic
def report_stop(
    *,
    scope: Scope,
    placement: Placement,
    stop: delivery.StopKey,
    incoming: IncomingMessage | None = None,
) -> DeliveryStop:
    """Care ended, for a while (reason 20) or for good. Goes up when nobody else delivers.

    Raises RuleError with the code of the standard (TR074, TR382, TR413, TR414, TR415), LEV-03
    for a day to come, LEV-04 for an end before the start.
    """
    placement = _locked(scope, placement)
    policies.check_can_report(scope, placement)
    if stop.end < stop.begin:
        raise RuleError("LEV-04", str(_("Care cannot end before it started.")))
    spells = spells_of([placement])
    if incoming is None and stop.end > scope.today:
        raise RuleError("LEV-03", str(_("You can report it on the day itself, or after it.")))
    _refuse(delivery.stop_problem(spells, stop))
    policies.check_can_report_stop(scope, placement, spells)
    start = placement.starts.get(begin_date=stop.begin, withdrawn_at=None)
    row = DeliveryStop.objects.create(
        **_owners(placement),
        start=start,
        end_date=stop.end,
        reason=stop.reason,
        recorded_at=scope.at,
        message=incoming,
    )
    links.made(scope, row)
    audit.record(scope, "stop.reported", row, end=stop.end.isoformat(), reason=stop.reason)
    _follow(placement)
    # The term towards the municipality, and what others deliver, are not the provider's to see.
    with on_behalf_of(scope, placement.main_contractor_id) as office:
        if row.is_final:
            deadlines.meet(scope=office, placement=placement, kinds=[Deadline.Kind.STOP])
        tell_up(scope=office, allocation_id=placement.allocation_id, cause=row)
    if incoming is None:
        refused.reported_here(scope=scope, placement=placement, message_type="307")
    return row


@transaction.atomic
def withdraw_stop(*, scope: Scope, placement: Placement, stop: delivery.StopKey) -> DeliveryStop:
    """Take a stop back, as if it was never reported. Raises RuleError TR063."""
    placement = _locked(scope, placement)
    policies.check_can_report(scope, placement)
    _refuse(delivery.stop_withdrawal_problem(spells_of([placement]), stop))
    row = DeliveryStop.objects.get(
        start__placement=placement,
        start__begin_date=stop.begin,
        start__withdrawn_at=None,
        end_date=stop.end,
        reason=stop.reason,
        withdrawn_at=None,
    )
    row.withdrawn_at = scope.at
    row.save(update_fields=["withdrawn_at"])
    links.changed(scope, row)
    audit.record(scope, "stop.withdrawn", row, end=stop.end.isoformat())
    _follow(placement)
    # What others deliver under the allocation is not the provider's to see.
    with on_behalf_of(scope, placement.main_contractor_id) as office:
        tell_up(scope=office, allocation_id=placement.allocation_id, cause=row)
    return row


@transaction.atomic
def tell_again(*, scope: Scope, allocation: Allocation) -> bool:
    """Send the municipality again what it returned with errors; whether anything was left to send.

    Raises RuleError MEL-01 where it returned nothing, or all was dealt with.
    """
    policies.check_can_tell_again(scope, allocation, refused.above(scope, allocation))
    sent = tell_up(scope=scope, allocation_id=allocation.pk)
    audit.record(scope, "allocation.told_again", allocation, sent=sent)
    return sent


def check_day(scope: Scope, placement: Placement, begin: date) -> None:
    """What the portal refuses; the standard has no return code for it in a message.

    Raises RuleError LEV-02 for a day outside the placement, LEV-03 for a day to come.
    """
    if begin > scope.today:
        raise RuleError("LEV-03", str(_("You can report it on the day itself, or after it.")))
    if begin < placement.start_date or (placement.end_date and begin > placement.end_date):
        raise RuleError("LEV-02", str(_("Care starts within the period of the placement.")))


def _refuse(rule: str) -> None:
    if rule:
        raise RuleError(rule, str(delivery.TEXTS[rule]))


def _follow(placement: Placement) -> None:
    """Ended where its last stretch of care is, in whatever order the stretches were reported."""
    spells = spells_of([placement])
    is_over = bool(spells) and spells[-1].ended_on is not None
    status = Placement.Status.ENDED if is_over else Placement.Status.ACCEPTED
    if placement.status != status:
        placement.status = status
        placement.save(update_fields=["status"])


def _owners(placement: Placement) -> dict[str, int]:
    return {
        "main_contractor_id": placement.main_contractor_id,
        "provider_organisation_id": placement.provider_organisation_id,
    }


def _locked(scope: Scope, placement: Placement) -> Placement:
    rows = Placement.objects.visible_to(scope).select_related("subcontract")
    return rows.select_for_update(of=("self",)).get(pk=placement.pk)
