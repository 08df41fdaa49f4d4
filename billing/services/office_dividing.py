"""Dividing an office's file over its practices: each part is taken in under its own mandate.

One transaction: a worker that is killed leaves the file as it was, and the sweep takes it up again.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from billing.models import OfficeFile, OfficeFileFinding, OfficeFilePart
from billing.models.declaration_files import MOST_ATTEMPTS
from billing.models.office_files import OfficeFileQuerySet
from billing.rules import officefile
from billing.rules.officefile import Divided, OfficeLayout
from billing.selectors.office_files import Part, declaring, numbers, parts_of, taken_before
from billing.services import declaration_files, documents, file_checking
from billing.services.office_files import raw_of
from hoofdaannemer.accounts import selectors as accounts
from hoofdaannemer.accounts.models import OfficeMandate
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core import workbooks
from hoofdaannemer.core.background import left_behind
from hoofdaannemer.core.errors import ConflictError, DomainError
from hoofdaannemer.core.scope import Role, Scope, acting_as
from hoofdaannemer.core.sheets import Sheet

Status = OfficeFile.Status


def waiting(scope: Scope) -> list[int]:
    """Files to divide, or left behind by a worker that was killed."""
    with acting_as(scope):
        return list(_to_take_up(scope).order_by("uploaded_at").values_list("pk", flat=True))


def _to_take_up(scope: Scope) -> OfficeFileQuerySet:
    rows = OfficeFile.objects.visible_to(scope).light()
    rows = rows.filter(status=Status.DIVIDING, attempts__lt=MOST_ATTEMPTS)
    return rows.filter(Q(seen_at=None) | left_behind(scope.at))


def take_up(*, scope: Scope, file_id: int) -> OfficeFile:
    """Divide a file as the person who uploaded it.

    Raises ConflictError where another worker has it, or it was thrown away meanwhile.
    """
    with acting_as(scope):
        rows = _to_take_up(scope).filter(pk=file_id)
        row = rows.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            raise ConflictError(_("Another worker is at this file."))
        row.attempts += 1
        row.seen_at = scope.at
        row.save(update_fields=["attempts", "seen_at"])
    office = Scope(
        role=Role.OFFICE_USER,
        user_id=row.uploaded_by_id or 0,
        organisation_id=row.office_id,
        at=scope.at,
    )
    with translation.override(documents.LANGUAGE):
        with acting_as(scope):
            may_act = accounts.still_acts(office)
        if not may_act:
            return _stopped(scope, row, _("Who uploaded this file left the office."))
        return work(scope=office, file_id=row.pk)


def work(*, scope: Scope, file_id: int) -> OfficeFile:
    """Divide a claimed file, as the person of the office in `scope`."""
    with acting_as(scope):
        row = OfficeFile.objects.visible_to(scope).get(pk=file_id)
    try:
        sheet = declaration_files.table_of(raw_of(row))
        with acting_as(scope):
            return _divide(scope, _current(scope, row), sheet)
    except ConflictError:
        raise
    except DomainError as refusal:
        return _stopped(scope, row, str(refusal))


def check_at_once(*, scope: Scope, file: OfficeFile) -> None:
    """Work at the parts that wait for a worker, each under its mandate, while one waits."""
    for part in _open_parts(scope, file):
        if part.file is not None and part.file.is_busy:
            file_checking.work(scope=part.acting, file_id=part.file.pk)


def _open_parts(scope: Scope, file: OfficeFile) -> list[Part]:
    with acting_as(scope):
        return [one for one in parts_of(scope, file) if one.is_open]


def _current(scope: Scope, row: OfficeFile) -> OfficeFile:
    rows = OfficeFile.objects.visible_to(scope).light().filter(pk=row.pk, status=Status.DIVIDING)
    now = rows.select_for_update(of=("self",)).first()
    if now is None:
        raise ConflictError(_("This file was thrown away, or another worker did it."))
    return now


def _divide(scope: Scope, row: OfficeFile, sheet: Sheet) -> OfficeFile:
    layout = OfficeLayout.of_json(row.layout)
    mandates = {one.pk: one for one in declaring(scope)}
    found = officefile.divide(sheet, layout.practice, numbers(mandates.values()))
    found = _without_taken(scope, row, mandates, found)
    _keep_refused(scope, row, layout, found)
    for part in parts_of(scope, row):
        if part.is_open and part.mandate.pk not in found.rows:
            # With other columns nothing may be left of what went there before.
            with acting_as(part.acting) as acting:
                declaration_files.discard_part(scope=acting, office_file=row)
    gone = OfficeFilePart.objects.visible_to(scope).filter(file=row, mandate__in=mandates)
    gone.exclude(mandate__in=found.rows).delete()
    for key, lines in found.rows.items():
        OfficeFilePart.objects.visible_to(scope).update_or_create(
            file=row, mandate=mandates[key], defaults={"row_count": len(lines)}
        )
        raw = workbooks.book({"declaratie": officefile.part_of(sheet, lines)})
        _take_in(scope, row, mandates[key], raw, layout)
    row.status, row.seen_at, row.refused_count = Status.DIVIDED, None, len(found.refused)
    row.save(update_fields=["status", "seen_at", "refused_count"])
    audit.record(
        scope, "office_file.divided", row, parts=len(found.rows), refused=len(found.refused)
    )
    return row


def _without_taken(
    scope: Scope, row: OfficeFile, mandates: Mapping[int, OfficeMandate], found: Divided
) -> Divided:
    """Refuse what a practice has already: of the same file uploaded again only the rest is new."""
    rows, refused = {}, list(found.refused)
    for key, lines in found.rows.items():
        with acting_as(accounts.scope_under(mandates[key], scope.user_id, scope.at)) as acting:
            before = taken_before(acting, row)
        if before is None:
            rows[key] = lines
        else:
            refused += officefile.taken_before(lines, timezone.localdate(before.uploaded_at))
    return Divided(rows, sorted(refused, key=lambda one: one.line))


def _take_in(
    scope: Scope, row: OfficeFile, mandate: OfficeMandate, raw: bytes, layout: OfficeLayout
) -> None:
    """For the practice, in its scope: it reads nothing of the office's file but these rows."""
    with acting_as(accounts.scope_under(mandate, scope.user_id, scope.at)) as acting:
        declaration_files.take_part(scope=acting, office_file=row, raw=raw, layout=layout.layout)


def _keep_refused(scope: Scope, row: OfficeFile, layout: OfficeLayout, found: Divided) -> None:
    row.findings.visible_to(scope).delete()
    OfficeFileFinding.objects.bulk_create(
        [
            OfficeFileFinding(
                file=row,
                line=one.line,
                column=layout.practice[:200],
                rule=one.rule,
                text=one.text[:500],
            )
            for one in found.refused
        ],
        batch_size=2000,
    )


def _stopped(scope: Scope, row: OfficeFile, why: str) -> OfficeFile:
    with acting_as(scope):
        now = _current(scope, row)
        now.status, now.problem, now.seen_at = Status.MAPPING, why, None
        now.save(update_fields=["status", "problem", "seen_at"])
        return now
