"""What a worker does with a file: check it, take over its good rows, or undo that.

Tariffs first, then clients, fifty at a time in a transaction of their own: a worker that is killed
leaves the rest ready, another takes it up, and nothing is taken over twice. Each row is judged
again by the services that carry it out; what they refuse is left out with their reason. A set that
fails all the same is tried client by client.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
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
#: Clients, or tariffs, that are taken over in one transaction.
AT_ONCE: Final = 50
#: A row that cannot be taken over, and why.
_Refused = tuple[CareImportRow, DomainError]
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
            groups[_group_of(pk, sheet, client)].append(pk)
    # What is paid depends on tariffs, so these are written before any care is judged.
    priced = [keys for key, keys in groups.items() if isinstance(key, int)]
    people = [keys for key, keys in groups.items() if not isinstance(key, int)]
    return [
        failure
        for some in (priced, people)
        for failure in work_through(scope, of, some, _take_set, _give_up, at_once=AT_ONCE)
    ]


def _group_of(pk: int, sheet: str, client_hash: bytes | memoryview | None) -> object:
    """What stands together: the rows of a client, or one tariff."""
    return pk if sheet == TARIFFS else bytes(client_hash or b"")


def _give_up(scope: Scope, of: CareImport, keys: Sequence[int]) -> None:
    text = _("This failed on our side. Hand it in again; if it fails again, tell the manager.")
    _leave_out(scope, [(row, RuleError("IMP-41", text)) for row in _locked_rows(scope, keys)])
    _handled(of, len(keys))


def _take_set(scope: Scope, of: CareImport, keys: Sequence[int]) -> None:
    """What stands in the file about some clients, or some tariffs."""
    rows = _locked_rows(scope, keys)
    try:
        with transaction.atomic():
            refused = _take_rows(scope, of, rows)
    except DomainError as refusal:
        if len({_group_of(row.pk, row.sheet, row.client_hash) for row in rows}) > 1:
            raise  # each is then tried by itself, so that the others come along
        refused = [(row, refusal) for row in rows]
    _leave_out(scope, refused)
    _handled(of, len(keys))


def _take_rows(scope: Scope, of: CareImport, rows: Sequence[CareImportRow]) -> list[_Refused]:
    """All that can be taken over of them; which are refused, and why."""
    refused: list[_Refused] = []
    taking = Taking(scope, of, rows)
    for sheet, some in groupby(rows, key=attrgetter("sheet")):
        for row in some:
            try:
                taking.take(row)
            except DomainError as refusal:
                refused.append((row, refusal))
        taking.write(sheet)
    return [*refused, *taking.close()]


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


def _leave_out(scope: Scope, refused: Sequence[_Refused]) -> None:
    """They stay as they stood in the file, with the reason."""
    CareImportRow.objects.filter(pk__in=[row.pk for row, _why in refused]).update(status=_Row.WRONG)
    codes = [getattr(refusal, "code", "IMP-40") for _row, refusal in refused]
    CareImportFault.objects.bulk_create(
        CareImportFault(
            main_contractor_id=row.main_contractor_id,
            care_import_id=row.care_import_id,
            row=row,
            sheet=row.sheet,
            line=row.line,
            column=_COLUMN_OF[row.sheet],
            rule=code,
            text=refusal.message.removesuffix(f" ({code})")[:500],
        )
        for (row, refusal), code in zip(refused, codes, strict=True)
    )
    left_out = [(row, {"code": code}) for (row, _why), code in zip(refused, codes, strict=True)]
    audit.record_each(scope, "care_import_row.left_out", left_out)


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
