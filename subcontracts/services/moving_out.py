"""Carrying out a move of care: placement by placement, each in a transaction of its own.

A worker that is killed leaves the rest waiting; another takes it up, and nothing moves twice.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.background import left_behind
from hoofdaannemer.core.errors import ConflictError, DomainError, RuleError
from hoofdaannemer.core.scope import Scope, acting_as
from subcontracts.models import Allocation, CareMove, CareMoveItem, Placement, Subcontractor
from subcontracts.rules import moving as rules
from subcontracts.rules.combining import OTHER_PROVIDER
from subcontracts.rules.delivery import StopKey
from subcontracts.rules.parts import Share
from subcontracts.selectors.moving import care_of
from subcontracts.selectors.spells import spells_of
from subcontracts.services import deliveries, moving, placements, relaying
from subcontracts.services.locked import locked_allocation

#: So many failures of ours, and a placement is left for a person to look at.
MOST_ATTEMPTS: Final = 5
_States = CareMoveItem.Status


def waiting(scope: Scope) -> list[int]:
    """Moves to take up: confirmed, or left behind by a worker that was killed."""
    with acting_as(scope):
        rows = CareMove.objects.visible_to(scope).filter(_to_take_up(scope))
        return list(rows.order_by("confirmed_at").values_list("pk", flat=True))


def _to_take_up(scope: Scope) -> Q:
    free = Q(seen_at=None) | left_behind(scope.at)
    return Q(status=CareMove.Status.RUNNING) & free


def take_up(*, scope: Scope, move_id: int) -> CareMove:
    """Move what waits, one after another, as who confirmed it.

    Raises ConflictError where another worker has it; ExceptionGroup at the end where some failed
    through no rule, which are tried again.
    """
    move = _claim(scope, move_id)
    acting = replace(
        scope, user_id=move.confirmed_by_id or 0, main_contractor_id=move.main_contractor_id
    )
    with acting_as(acting):
        rows = move.items.visible_to(acting).filter(status=_States.WAITING)
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
    failures: list[Exception] = []
    for pk in keys:
        try:
            with acting_as(acting):
                _move_item(acting, pk)
        except Exception as failure:  # noqa: BLE001  raised below, after the others
            failures.append(failure)
            with acting_as(acting):
                _count_failure(acting, pk)
    with acting_as(acting):
        move = _finish(acting, move)
    if failures:
        raise ExceptionGroup("placements were not moved", failures)
    return move


def _claim(scope: Scope, move_id: int) -> CareMove:
    with acting_as(scope):
        rows = CareMove.objects.visible_to(scope).filter(_to_take_up(scope), pk=move_id)
        move = rows.select_for_update(skip_locked=True, of=("self",)).first()
        if move is None:
            raise ConflictError(_("Another worker is at this move."))
        move.seen_at = scope.at
        move.save(update_fields=["seen_at"])
        return move


def _finish(scope: Scope, move: CareMove) -> CareMove:
    """Closed, or free to be taken up again where something failed."""
    move = moving.locked(scope, move)
    if not move.items.visible_to(scope).filter(status=_States.WAITING).exists():
        return moving.close(scope=scope, move=move)
    move.seen_at = None
    move.save(update_fields=["seen_at"])
    return move


def _move_item(scope: Scope, pk: int) -> None:
    """Move one placement, or write down why not; nothing where it was dealt with meanwhile."""
    rows = CareMoveItem.objects.visible_to(scope).select_related("destination")
    item = rows.select_for_update(of=("self",)).get(pk=pk)
    if item.status != _States.WAITING:
        return
    item.handled_at = scope.at
    # A sign of life is about the worker, so it is the clock's, not the scope's.
    CareMove.objects.filter(pk=item.move_id).update(seen_at=timezone.now())
    if item.destination is None:
        _close(scope, item, _States.LEFT)
        return
    try:
        with transaction.atomic():
            move_one(scope=scope, item=item, destination=item.destination)
    except DomainError as refusal:
        item.new_placement = None
        item.code, item.text = getattr(refusal, "code", ""), refusal.message[:500]
        _close(scope, item, _States.REFUSED)


def _close(scope: Scope, item: CareMoveItem, status: str) -> None:
    item.status = status
    item.save(update_fields=["status", "code", "text", "handled_at"])
    audit.record(scope, f"care_move_item.{status}", item, code=item.code)


def _count_failure(scope: Scope, pk: int) -> None:
    item = CareMoveItem.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=pk)
    item.attempts += 1
    item.save(update_fields=["attempts"])
    if item.attempts >= MOST_ATTEMPTS and item.status == _States.WAITING:
        item.text = _("This failed on our side. Try it again; if it fails again, tell the manager.")
        _close(scope, item, _States.REFUSED)


def move_one(*, scope: Scope, item: CareMoveItem, destination: Subcontractor) -> Placement:
    """End one placement on the day before and make the next, judged as any placement is.

    Raises RuleError CON-69 to CON-74 where the care cannot leave, and what `placements.place`
    raises where it cannot go there.
    """
    placement = _locked(scope, item.placement_id)
    if destination.pk == placement.subcontractor_id:
        raise _refusal("CON-70")
    care = care_of(placement, item)
    if code := rules.problem(care):
        raise _refusal(code)
    kept, gone = rules.divided(care)
    allocation = locked_allocation(scope, placement.allocation_id)
    placement.allocation = allocation
    _end_here(scope, placement, kept, item)
    new = _begin_there(scope, placement, destination, gone)
    item.new_placement, item.status = new, _States.MOVED
    item.code = item.text = ""
    item.save(update_fields=["new_placement", "status", "code", "text", "handled_at"])
    audit.record(scope, "care_move_item.moved", item, placement=placement.pk, to=new.pk)
    # After the move is on record: for the municipality the care goes on.
    _record_stop(scope, placement, kept)
    return new


def _end_here(scope: Scope, placement: Placement, kept: Share | None, item: CareMoveItem) -> None:
    if kept is None:
        reason = _("The care was moved to another provider before it began.")
        relaying.withdrawn(scope=scope, placement=placement, reason=reason)
        return
    relaying.cut_short(
        scope=scope,
        placement=placement,
        kept=kept,
        reason=rules.TO_OTHER_PROVIDER,
        revision=f"move:{item.pk}",
    )


def _begin_there(
    scope: Scope, placement: Placement, destination: Subcontractor, gone: Share
) -> Placement:
    allocation: Allocation = placement.allocation
    known = set(allocation.placements.values_list("pk", flat=True))
    part = placements.Part(
        period=gone.period, volume=gone.volume, budget=gone.budget, product=placement.product
    )
    new = placements.place(scope=scope, allocation=allocation, subcontractor=destination, part=part)
    if new.pk in known:
        raise _refusal("CON-73")
    return new


def _record_stop(scope: Scope, placement: Placement, kept: Share | None) -> None:
    """Where nothing is relayed the main contractor records the stop itself, once it is past."""
    end = kept.period.end if kept else None
    is_past = end is not None and end <= scope.today
    if end is None or not is_past or not placement.is_kept_here(scope.today):
        return
    for spell in spells_of([placement]):
        if spell.last_day is None:
            stop = StopKey(spell.begin, end, OTHER_PROVIDER)
            deliveries.report_stop(scope=scope, placement=placement, stop=stop)


def _locked(scope: Scope, pk: int) -> Placement:
    rows = Placement.objects.visible_to(scope).select_related(
        "subcontractor", "subcontract", "provider_organisation", "product", "client"
    )
    found = rows.prefetch_related("subcontract__relay_modes")
    return found.select_for_update(of=("self",)).get(pk=pk)


def _refusal(code: str) -> RuleError:
    return RuleError(code, str(rules.TEXTS[code]))
