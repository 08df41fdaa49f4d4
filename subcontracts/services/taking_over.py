"""Placements that an earlier administration made, recorded as they run.

Running care is a fact: no client stop and no lapsed proof keeps it out, and nobody is asked to
accept it. A contract that pays for it must run on the day of the take-over, though it may have
begun after the care. Nothing is sent: not upward, where the start was told, and not below where the
provider knows the placement under a number. Without such a number software is told once, by the
first 301 of `first_relay`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import Allocation, Placement, Subcontractor
from subcontracts.selectors.placed import placed_of
from subcontracts.services import clients, deadlines, deliveries, placements
from subcontracts.services.locked import locked_allocation


@dataclass(frozen=True, kw_only=True)
class Running:
    """How a placement runs: taken over on `as_of`, known below under `number` (None: not known).

    `started_on` and `paused_on`: first day of care, and the last one before a pause that lasts.
    """

    as_of: date
    number: int | None = None
    started_on: date | None = None
    paused_on: date | None = None


@transaction.atomic
def take_over(
    *,
    scope: Scope,
    allocation: Allocation,
    subcontractor: Subcontractor,
    part: placements.Part,
    running: Running,
) -> Placement:
    """Record a placement that runs, with its start.

    The same one taken over twice is made once. Raises RuleError PLA-01 to PLA-04 and PLA-06 to
    PLA-09 as `placements.place` does, as of the day of the take-over; IMP-34 for a number that
    another placement has; LEV-02 and LEV-03 for a start that cannot be.
    """
    allocation = locked_allocation(scope, allocation.pk)
    policies.check_can_manage_contracts(scope, allocation.main_contractor_id)
    policies.check_can_place(scope, allocation)
    before = placed_of(allocation)
    begin = part.period.start if part.period else allocation.start_date
    for one in before:
        if (one.subcontractor_id, one.start_date) == (subcontractor.pk, begin):
            return one
    product, period = placements.checked_part(allocation, part, before)
    placements.check_may_know(allocation, subcontractor)
    day = max(period.start, running.as_of)
    subcontract = placements.contract_on(allocation, subcontractor, product, day)
    placement = Placement.objects.create(
        **placements.owners_of(subcontractor),
        **placements.content_of(allocation, part, product, period),
        subcontractor=subcontractor,
        subcontract=subcontract,
        number=_number(allocation, running),
        is_known_below=running.number is not None,
        status=Placement.Status.ACCEPTED,
        offered_at=scope.at,
        replied_at=scope.at,
        reply_due_date=scope.today,
    )
    clients.give_access(
        scope=scope,
        client=placement.client,
        organisation_id=placement.provider_organisation_id,
    )
    has_started = running.started_on is not None
    deadlines.taken_over(scope=scope, placement=placement, has_started=has_started)
    audit.record(scope, "placement.taken_over", placement, allocation=allocation.pk)
    if running.started_on is not None:
        deliveries.take_over_start(
            scope=scope,
            placement=placement,
            begin=running.started_on,
            paused_on=running.paused_on,
        )
    return placement


def _number(allocation: Allocation, running: Running) -> int:
    if running.number is None:
        return placements.next_number_of(allocation)
    taken = Placement.objects.filter(
        main_contractor=allocation.main_contractor_id,
        family=allocation.family,
        number=running.number,
    )
    if taken.exists():
        text = _("Another placement has this number. A number below stands for one placement.")
        raise RuleError("IMP-34", text)
    return running.number
