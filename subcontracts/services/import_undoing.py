"""Undoing a take-over of running care: asked, agreed to, and carried out by sets of clients.

Nothing is deleted: allocations and placements stay as withdrawn, without a message, and give their
numbers back so that the file can be handed in again. Of a person of whom nothing else is known here
no more is kept than the client number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
    Client,
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
#: Clients that are undone in one transaction: their care waits for it, so they are few.
AT_ONCE: Final = 50
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
    """Everything that still stands, a set of clients at a time in a transaction of its own.

    `scope` sees what all parties hold of the care, on behalf of who wanted it.
    """
    with acting_as(scope):
        groups: dict[bytes, list[int]] = defaultdict(list)
        standing = selectors.to_undo(scope, row).order_by("pk").values_list("pk", "client_hash")
        for pk, client in standing:
            groups[bytes(client or b"")].append(pk)
    work = list(groups.values())
    return work_through(scope, row, work, _undo_set, _give_up, at_once=AT_ONCE)


def _give_up(scope: Scope, of: CareImport, keys: Sequence[int]) -> None:
    text = _("This failed on our side, so it stays. Tell the manager.")
    _leave(scope, [(row, text) for row in selectors.to_undo(scope, of).filter(pk__in=keys)])


def _undo_set(scope: Scope, of: CareImport, keys: Sequence[int]) -> None:
    """What was taken over of these clients: of each all, or nothing where something happened since.

    The care is locked first. Whatever is recorded of it names it, and so waits until this is done.
    """
    rows = selectors.to_undo(scope, of).filter(pk__in=keys)
    standing = list(rows.defer("cells").select_for_update(of=("self",)).order_by("pk"))
    locked = _Locked(scope, standing)
    stays = _reasons_by_client(scope, rows)
    _leave(scope, [(row, stays[who]) for row in standing if (who := _whose(row)) in stays])
    going = [row for row in standing if _whose(row) not in stays]
    _undo_rows(scope, going, locked.only(going))
    of.handled += len(keys)
    # A sign of life is about the worker, so it is the clock's, not the scope's.
    CareImport.objects.filter(pk=of.pk).update(handled=of.handled, seen_at=timezone.now())


def _whose(row: CareImportRow) -> bytes:
    return bytes(row.client_hash or b"")


def _reasons_by_client(scope: Scope, rows: CareImportRowQuerySet) -> dict[bytes, str]:
    """Why the care of a client stays, by client."""
    found: dict[bytes, dict[str, None]] = defaultdict(dict)
    for one in selectors.moved_on(scope, rows):
        found[_whose(one.row)] |= dict.fromkeys(one.reasons)
    text = _("This care moved on meanwhile, so it stays: %(reasons)s.")
    return {who: text % {"reasons": ", ".join(reasons)} for who, reasons in found.items()}


class _Locked:
    """The care of some rows, locked: allocations first, as whoever places does."""

    def __init__(self, scope: Scope, rows: Iterable[CareImportRow]) -> None:
        rows = list(rows)
        found = Allocation.objects.visible_to(scope).filter(pk__in=_allocations_of(rows))
        related = ("client", "municipal_contract")
        found = found.select_related(*related).select_for_update(of=("self",))
        self.allocations = list(found.order_by("pk"))
        placed = Placement.objects.visible_to(scope).filter(pk__in=_placements_of(rows))
        self.placements = list(placed.select_for_update(of=("self",)).order_by("pk"))

    def only(self, rows: Sequence[CareImportRow]) -> _Care:
        """What of it these rows brought, and what stays of that under which they placed."""
        brought = _allocations_of(rows, ALLOCATIONS)
        placed_under = _allocations_of(rows, PLACEMENTS)
        placements = _placements_of(rows)
        return _Care(
            allocations=[one for one in self.allocations if one.pk in brought],
            staying=[one for one in self.allocations if one.pk in placed_under - brought],
            placements=[one for one in self.placements if one.pk in placements],
        )


@dataclass(frozen=True)
class _Care:
    """Care to be undone; `staying` are allocations under which it was placed, known before."""

    allocations: Sequence[Allocation]
    staying: Sequence[Allocation]
    placements: Sequence[Placement]


def _allocations_of(rows: Iterable[CareImportRow], *sheets: str) -> set[int]:
    return {
        row.allocation_id
        for row in rows
        if row.allocation_id and (not sheets or row.sheet in sheets)
    }


def _placements_of(rows: Iterable[CareImportRow]) -> set[int]:
    return {row.placement_id for row in rows if row.placement_id}


def _leave(scope: Scope, left: Sequence[tuple[CareImportRow, str]]) -> None:
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
        for row, text in left
    )
    audit.record_each(scope, "care_import_row.stayed", [(row, {}) for row, _text in left])


def _undo_rows(scope: Scope, rows: Sequence[CareImportRow], care: _Care) -> None:
    _withdraw(scope, care.placements)
    _delete(scope, care.allocations)
    _withdraw_told(scope, care)
    _forget_persons(scope, rows, care)
    CareImportRow.objects.filter(pk__in=[row.pk for row in rows]).update(status=_Row.UNDONE)


def _withdraw(scope: Scope, placements: Sequence[Placement]) -> None:
    """As if they were never made: nobody below was told of them, so nobody is told now."""
    DeliveryStop.objects.filter(start__placement__in=placements).update(withdrawn_at=scope.at)
    DeliveryStart.objects.filter(placement__in=placements).update(withdrawn_at=scope.at)
    were = [(placement, {"number": placement.number}) for placement in placements]
    text = _("The take-over was undone. It had number %(number)s.")
    for placement, was in were:
        placement.status, placement.number = Placement.Status.WITHDRAWN, FREED_FROM + placement.pk
        placement.reply_reason = text % was
    Placement.objects.bulk_update(placements, ["status", "number", "reply_reason"])
    deadlines.drop(scope=scope, placements=placements)
    audit.record_each(scope, "placement.take_over_undone", were)


def _delete(scope: Scope, allocations: Sequence[Allocation]) -> None:
    were = [(allocation, {"number": allocation.number}) for allocation in allocations]
    for allocation in allocations:
        allocation.is_deleted, allocation.number = True, FREED_FROM + allocation.pk
    Allocation.objects.bulk_update(allocations, ["is_deleted", "number"])
    deadlines.drop_allocations(scope=scope, allocations=allocations)
    audit.record_each(scope, "allocation.take_over_undone", were)


def _withdraw_told(scope: Scope, care: _Care) -> None:
    """What the earlier administration told is of care that we no longer have.

    An allocation that stays must be placed again, and keeps what was told of the rest of it.
    """
    at = {placement.offered_at for placement in care.placements}
    UpwardReport.objects.filter(
        allocation__in=[*care.allocations, *care.staying],
        message=None,
        recorded_at__in=at,
        withdrawn_at=None,
    ).update(withdrawn_at=scope.at)
    telling.told_before(scope=scope, allocations=care.staying)
    for allocation in care.staying:
        deadlines.reopen_allocation(scope=scope, allocation=allocation)


def _forget_persons(scope: Scope, rows: Sequence[CareImportRow], care: _Care) -> None:
    """Of nobody without care anything is kept, where the person came along with this file."""
    came_along = {_whose(row) for row in rows if row.sheet == CLIENTS}
    theirs = _allocations_of(row for row in rows if _whose(row) in came_along)
    people = {one.client_id for one in care.allocations if one.pk in theirs}
    if people:
        found = Client.objects.visible_to(scope).filter(pk__in=people)
        locked = set(
            found.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)
        )
        gone = locked - selectors.known_otherwise(scope, locked)
        clients.forget(scope=scope, clients=gone)
