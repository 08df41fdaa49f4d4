"""What a worker does with a file: check it, take over its good rows, or undo that.

Tariffs first, then client by client, each in a transaction of its own: a worker that is killed
leaves the rest ready, another takes it up, and nothing is taken over twice. Each row is judged
again by the services that carry it out; what they refuse is left out with their reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.background import left_behind
from hoofdaannemer.core.errors import ConflictError, DomainError, RuleError
from hoofdaannemer.core.scope import Scope, acting_as
from subcontracts.models import CareImport, CareImportFault, CareImportRow
from subcontracts.models.care_imports import MOST_ATTEMPTS, CareImportQuerySet
from subcontracts.rules.importcolumns import ALLOCATIONS, CLIENTS, PLACEMENTS, TARIFFS
from subcontracts.selectors.import_undo import to_undo
from subcontracts.services import import_checking, import_undoing, importing
from subcontracts.services.import_groups import work_through
from subcontracts.services.import_rows import Taking

#: A row of which the sheet says something else than where a refusal of the services belongs.
_COLUMN_OF: Final = {
    TARIFFS: "begindatum",
    CLIENTS: "bsn",
    ALLOCATIONS: "toewijzingsnummer",
    PLACEMENTS: "uitvoerder",
}
_Row = CareImportRow.Status
_Status = CareImport.Status


def waiting(scope: Scope) -> list[int]:
    """Imports to take up: to be checked, confirmed, or left behind by a worker that was killed."""
    with acting_as(scope):
        rows = _to_take_up(scope)
        return list(rows.order_by("uploaded_at").values_list("pk", flat=True))


def _to_take_up(scope: Scope) -> CareImportQuerySet:
    rows = CareImport.objects.visible_to(scope).filter(status__in=CareImport.BUSY)
    # A file that cannot be checked would keep the worker busy for ever.
    rows = rows.exclude(status=_Status.RECEIVED, attempts__gte=MOST_ATTEMPTS)
    return rows.filter(seen_at=None) | rows.filter(left_behind(scope.at))


def take_up(*, scope: Scope, import_id: int) -> CareImport:
    """Check a file that came in, take over what was confirmed, or undo that.

    Raises ConflictError where another worker has it; ExceptionGroup at the end where some clients
    failed through no rule, which are tried again.
    """
    row = _claim(scope, import_id)
    acting = replace(
        scope,
        user_id=_wanted_by(row) or 0,
        main_contractor_id=row.main_contractor_id,
    )
    failures: list[Exception] = []
    if row.status == _Status.RECEIVED:
        import_checking.check(scope=acting, import_id=row.pk)
    elif row.status == _Status.RUNNING:
        failures = _take_all(acting, row)
        _finish(acting, row)
    else:
        failures = import_undoing.undo(scope=acting, row=row)
        _finish_undoing(acting, row)
    with acting_as(acting):
        row = CareImport.objects.visible_to(acting).without_files().get(pk=row.pk)
    if failures:
        raise ExceptionGroup("running care was not taken over", failures)
    return row


def _wanted_by(row: CareImport) -> int | None:
    if row.status == _Status.UNDOING:
        return row.undo_agreed_by_id or row.undo_asked_by_id
    return row.confirmed_by_id or row.uploaded_by_id


def _claim(scope: Scope, import_id: int) -> CareImport:
    with acting_as(scope):
        rows = _to_take_up(scope).filter(pk=import_id).without_files()
        row = rows.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            raise ConflictError(_("Another worker is at this file."))
        row.seen_at, row.attempts = scope.at, row.attempts + 1
        row.save(update_fields=["seen_at", "attempts"])
        return row


def _take_all(scope: Scope, of: CareImport) -> list[Exception]:
    with acting_as(scope):
        ready = of.rows.visible_to(scope).filter(status=_Row.READY).order_by("pk")
        groups: dict[object, list[int]] = defaultdict(list)
        for pk, sheet, client in ready.values_list("pk", "sheet", "client_hash"):
            # Tariffs stand by themselves, and come first as in the order of the rows.
            groups[pk if sheet == TARIFFS else bytes(client or b"")].append(pk)
    return work_through(scope, of, groups.values(), _take_group, _give_up)


def _give_up(scope: Scope, of: CareImport, keys: Sequence[int]) -> None:
    text = _("This failed on our side. Hand it in again; if it fails again, tell the manager.")
    for row in _locked_rows(scope, keys):
        _leave_out(scope, row, "IMP-41", text)
    _handled(of, len(keys))


def _take_group(scope: Scope, of: CareImport, keys: Sequence[int]) -> None:
    """What stands in the file about one client, or one tariff."""
    rows = _locked_rows(scope, keys)
    taking = Taking(scope, of)
    for row in rows:
        try:
            with transaction.atomic():
                taking.take(row)
        except DomainError as refusal:
            code = getattr(refusal, "code", "IMP-40")
            _leave_out(scope, row, code, refusal.message.removesuffix(f" ({code})"))
    try:
        taking.close()
    except RuleError as refusal:
        if taking.person_row is not None:
            text = refusal.message.removesuffix(f" ({refusal.code})")
            _leave_out(scope, taking.person_row, refusal.code, text)
    _handled(of, len(keys))


def _locked_rows(scope: Scope, keys: Sequence[int]) -> list[CareImportRow]:
    """Those that are still ready, in the order of the sheets."""
    rows = CareImportRow.objects.visible_to(scope).filter(pk__in=keys, status=_Row.READY)
    related = ("municipality", "product", "subcontractor", "subcontract__municipal_contract")
    found = rows.select_related(*related).select_for_update(of=("self",)).order_by("pk")
    return list(found)


def _handled(of: CareImport, count: int) -> None:
    of.handled += count
    # A sign of life is about the worker, so it is the clock's, not the scope's.
    CareImport.objects.filter(pk=of.pk).update(handled=of.handled, seen_at=timezone.now())


def _leave_out(scope: Scope, row: CareImportRow, code: str, text: str) -> None:
    row.status, row.allocation, row.placement = _Row.WRONG, None, None
    row.save(update_fields=["status", "allocation", "placement"])
    CareImportFault.objects.create(
        main_contractor_id=row.main_contractor_id,
        care_import_id=row.care_import_id,
        row=row,
        sheet=row.sheet,
        line=row.line,
        column=_COLUMN_OF[row.sheet],
        rule=code,
        text=text[:500],
    )
    audit.record(scope, "care_import_row.left_out", row, code=code)


def _finish(scope: Scope, of: CareImport) -> None:
    """To be accepted, or free to be taken up again where something failed."""
    with acting_as(scope):
        row = importing.locked(scope, of)
        row.seen_at = None
        if row.rows.visible_to(scope).filter(status=_Row.READY).exists():
            row.save(update_fields=["seen_at"])
            return
        row.status, row.finished_at = _Status.DONE, scope.at
        row.save(update_fields=["status", "seen_at", "finished_at"])
        audit.record(scope, "care_import.done", row)


def _finish_undoing(scope: Scope, of: CareImport) -> None:
    """Undone, or free to be taken up again where something failed."""
    with acting_as(scope):
        row = importing.locked(scope, of)
        row.seen_at = None
        if to_undo(scope, row).exists():
            row.save(update_fields=["seen_at"])
            return
        row.status, row.undone_at = _Status.UNDONE, scope.at
        row.save(update_fields=["status", "seen_at", "undone_at"])
        audit.record(scope, "care_import.undone", row)
