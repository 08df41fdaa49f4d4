"""Undoing a take-over of running care: asked, agreed to, and carried out client by client.

Nothing is deleted: allocations and placements stay as withdrawn, without a message, and give their
numbers back so that the file can be handed in again. Of a person of whom nothing else is known here
no more is kept than the client number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.nudges import nudge
from hoofdaannemer.core.scope import Scope, acting_as
from subcontracts import import_policies as policies
from subcontracts.models import (
    Allocation,
    CareImport,
    CareImportFault,
    CareImportRow,
    DeliveryStart,
    DeliveryStop,
    Placement,
    UpwardReport,
)
from subcontracts.models.care_imports import CareImportRowQuerySet
from subcontracts.rules.importcolumns import ALLOCATIONS, CLIENTS, PLACEMENTS
from subcontracts.selectors import import_undo as selectors
from subcontracts.services import clients, deadlines, importing, telling
from subcontracts.services.import_groups import work_through

#: Numbers in messages have nine digits at most: from here on they stand in nobody's way.
FREED_FROM: Final = 1_000_000_000
_Row = CareImportRow.Status
_Status = CareImport.Status


@transaction.atomic
def ask(*, scope: Scope, row: CareImport, reason: str) -> CareImport:
    """Have it undone; of an accepted one somebody else agrees first.

    Raises RuleError CON-170 without a reason, CON-171 where care moved on since.
    """
    row = importing.locked(scope, row)
    policies.check_can_undo(scope, row)
    if not reason.strip():
        raise RuleError("CON-170", _("Write why it is undone: it stays with the take-over."))
    _check_is_as_taken(scope, row)
    row.undo_asked_by_id, row.undo_asked_at = scope.user_id or None, scope.at
    row.undo_reason = reason.strip()
    audit.record(scope, "care_import.undo_asked", row)
    if row.status == _Status.DONE:
        _begin(scope, row)
    row.save()
    return row


@transaction.atomic
def agree(*, scope: Scope, row: CareImport) -> CareImport:
    """Agree as a second person. Raises RuleError CON-171 where care moved on, CON-172 for who
    asked.
    """
    row = importing.locked(scope, row)
    policies.check_can_answer_undo(scope, row)
    _check_is_as_taken(scope, row)
    row.undo_agreed_by_id = scope.user_id or None
    audit.record(scope, "care_import.undo_agreed", row)
    _begin(scope, row)
    row.save()
    return row


@transaction.atomic
def refuse(*, scope: Scope, row: CareImport) -> CareImport:
    """Leave it as it is, as a second person; it can be asked again."""
    row = importing.locked(scope, row)
    policies.check_can_answer_undo(scope, row)
    row.undo_asked_by, row.undo_asked_at, row.undo_reason = None, None, ""
    row.save(update_fields=["undo_asked_by", "undo_asked_at", "undo_reason"])
    audit.record(scope, "care_import.undo_refused", row)
    return row


def _check_is_as_taken(scope: Scope, row: CareImport) -> None:
    if selectors.moved_on(scope, selectors.to_undo(scope, row)):
        text = _("Care that was taken over moved on since, so it cannot be undone as a whole.")
        raise RuleError("CON-171", text)


def _begin(scope: Scope, row: CareImport) -> None:
    if CareImport.objects.visible_to(scope).filter(status__in=policies.OPEN).exists():
        text = _("Another take-over of care is open. Finish or discard that one first.")
        raise RuleError("CON-141", text)
    row.status, row.seen_at, row.attempts, row.handled = _Status.UNDOING, None, 0, 0
    row.to_handle = selectors.to_undo(scope, row).count()
    importing.erase(scope, row)
    nudge(importing.SWEEP)


def undo(*, scope: Scope, row: CareImport) -> list[Exception]:
    """Everything that still stands, client by client, each in a transaction of its own.

    `scope` sees what all parties hold of the care, on behalf of who wanted it.
    """
    with acting_as(scope):
        groups: dict[bytes, list[int]] = defaultdict(list)
        for pk, client in selectors.to_undo(scope, row).values_list("pk", "client_hash"):
            groups[bytes(client or b"")].append(pk)
    return work_through(scope, row, groups.values(), _undo_group, _give_up)


def _give_up(scope: Scope, of: CareImport, keys: Sequence[int]) -> None:
    text = _("This failed on our side, so it stays. Tell the manager.")
    _leave(scope, selectors.to_undo(scope, of).filter(pk__in=keys), text)


def _undo_group(scope: Scope, of: CareImport, keys: Sequence[int]) -> None:
    """What was taken over of one client: all of it, or nothing where something happened since."""
    rows = selectors.to_undo(scope, of).filter(pk__in=keys)
    locked = _locked(scope, rows)
    if moved := selectors.moved_on(scope, rows):
        reasons = dict.fromkeys(reason for one in moved for reason in one.reasons)
        text = _("This care moved on meanwhile, so it stays: %(reasons)s.")
        _leave(scope, rows, text % {"reasons": ", ".join(reasons)})
    else:
        for placement in locked.placements:
            _withdraw(scope, placement)
        for allocation in locked.allocations:
            _delete(scope, allocation)
        _withdraw_told(scope, locked)
        _forget_persons(scope, rows, locked)
        rows.update(status=_Row.UNDONE)
    of.handled += len(keys)
    # A sign of life is about the worker, so it is the clock's, not the scope's.
    CareImport.objects.filter(pk=of.pk).update(handled=of.handled, seen_at=timezone.now())


class _Locked:
    """The care of some rows, locked: allocations first, as whoever places does."""

    def __init__(self, scope: Scope, rows: CareImportRowQuerySet) -> None:
        self.placed_under = _allocations(scope, rows.filter(sheet=PLACEMENTS))
        self.allocations = _allocations(scope, rows.filter(sheet=ALLOCATIONS))
        placements = Placement.objects.visible_to(scope).filter(
            pk__in=rows.filter(sheet=PLACEMENTS).values("placement")
        )
        self.placements = list(placements.select_for_update(of=("self",)).order_by("pk"))


def _locked(scope: Scope, rows: CareImportRowQuerySet) -> _Locked:
    list(rows.select_for_update(of=("self",)).values_list("pk"))
    return _Locked(scope, rows)


def _allocations(scope: Scope, rows: CareImportRowQuerySet) -> list[Allocation]:
    found = Allocation.objects.visible_to(scope).filter(pk__in=rows.values("allocation"))
    related = ("client", "municipal_contract")
    return list(found.select_related(*related).select_for_update(of=("self",)).order_by("pk"))


def _leave(scope: Scope, rows: CareImportRowQuerySet, text: str) -> None:
    left = list(rows)
    CareImportFault.objects.bulk_create(
        CareImportFault(
            main_contractor_id=row.main_contractor_id,
            care_import_id=row.care_import_id,
            row=row,
            sheet=row.sheet,
            line=row.line,
            column="–",
            rule=selectors.STAYED,
            text=text[:500],
        )
        for row in left
    )
    audit.record_each(scope, "care_import_row.stayed", [(row, {}) for row in left])


def _withdraw(scope: Scope, placement: Placement) -> None:
    """As if it was never made: nobody below was told of it, so nobody is told now."""
    DeliveryStop.objects.filter(start__placement=placement).update(withdrawn_at=scope.at)
    DeliveryStart.objects.filter(placement=placement).update(withdrawn_at=scope.at)
    was = placement.number
    placement.status, placement.number = Placement.Status.WITHDRAWN, FREED_FROM + placement.pk
    placement.reply_reason = _("The take-over was undone. It had number %(number)s.") % {
        "number": was
    }
    placement.save(update_fields=["status", "number", "reply_reason"])
    deadlines.drop(scope=scope, placement=placement)
    audit.record(scope, "placement.take_over_undone", placement, number=was)


def _delete(scope: Scope, allocation: Allocation) -> None:
    was = allocation.number
    allocation.is_deleted, allocation.number = True, FREED_FROM + allocation.pk
    allocation.save(update_fields=["is_deleted", "number"])
    deadlines.drop_allocations(scope=scope, allocations=[allocation])
    audit.record(scope, "allocation.take_over_undone", allocation, number=was)


def _withdraw_told(scope: Scope, locked: _Locked) -> None:
    """What the earlier administration told is of care that we no longer have.

    An allocation that stays must be placed again, and keeps what was told of the rest of it.
    """
    at = {placement.offered_at for placement in locked.placements}
    UpwardReport.objects.filter(
        allocation__in=locked.placed_under, message=None, recorded_at__in=at, withdrawn_at=None
    ).update(withdrawn_at=scope.at)
    gone = {allocation.pk for allocation in locked.allocations}
    for allocation in locked.placed_under:
        if allocation.pk not in gone:
            telling.told_before(scope=scope, allocation=allocation)
            deadlines.reopen_allocation(scope=scope, allocation=allocation)


def _forget_persons(scope: Scope, rows: CareImportRowQuerySet, locked: _Locked) -> None:
    """Of nobody without care anything is kept, where the person came along with this file."""
    if not rows.filter(sheet=CLIENTS).exists():
        return
    people = {allocation.client.pk: allocation.client for allocation in locked.allocations}
    for client in people.values():
        if not selectors.is_known_otherwise(scope, client):
            clients.forget(scope=scope, client=client)
