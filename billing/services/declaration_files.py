"""Declarations as files: uploaded, columns pointed out, checked, handed in or thrown away.

What is checked and handed in goes to `services.declarations`, the same as the lines of a 323.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import PurePath

from django.db import transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.models import DeclarationFile, OfficeFile
from billing.rules import filecolumns, officefile
from billing.rules.filecolumns import Layout
from billing.services import column_mappings
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core import sheets
from hoofdaannemer.core.attachments import plain_name
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.nudges import nudge
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.sheets import Sheet

#: The sweep that checks files and hands them in.
SWEEP = "billing.tasks.take_up_declaration_files"
Status = DeclarationFile.Status


@transaction.atomic
def upload(*, scope: Scope, raw: bytes, name: str) -> DeclarationFile:
    """Keep a file. Where its headings were pointed out before, it is checked at once.

    Raises RuleError BIL-140 for what is no table; NotAllowedError for anybody but a subcontractor.
    """
    policies.check_is_provider(scope, scope.organisation_id)
    sheet = begin_of(raw)
    row = _kept(scope, raw, name, hashlib.sha256(raw).hexdigest())
    if known := column_mappings.recall(scope, sheet.heads):
        known.used_at = scope.at
        known.save(update_fields=["used_at"])
        _to_check(row, matched(Layout.of_json(known.layout), sheet))
    return row


@transaction.atomic
def take_part(
    *, scope: Scope, office_file: OfficeFile, raw: bytes, layout: Layout
) -> DeclarationFile:
    """Keep a practice's rows out of an office's file, in place of what came of it before.

    `raw` is as `rules.officefile.part_of` has it; what was handed in stays as it is. Raises
    NotAllowedError for anybody but a subcontractor.
    """
    policies.check_is_provider(scope, scope.organisation_id)
    discard_part(scope=scope, office_file=office_file)
    digest = officefile.part_digest(office_file.digest, scope.organisation_id)
    name = f"{PurePath(office_file.name).stem}.xlsx"
    row = _kept(scope, raw, name, digest, office_file)
    _to_check(row, layout)
    return row


@transaction.atomic
def discard_part(*, scope: Scope, office_file: OfficeFile) -> None:
    """Throw away what a practice has of an office's file, unless it was handed in."""
    mine = DeclarationFile.objects.visible_to(scope).filter(office_file=office_file.pk)
    for earlier in mine.exclude(status__in=[Status.SENDING, Status.SENT]).light():
        discard(scope=scope, file=earlier)


@transaction.atomic
def point_out(*, scope: Scope, file: DeclarationFile, layout: Layout) -> DeclarationFile:
    """Say what the columns mean, remember it for the next file, and have this one checked.

    Raises RuleError BIL-141 and BIL-142 as `column_mappings.remember`, BIL-154 for a file that is
    handed in or being worked at.
    """
    row = _locked(scope, file)
    policies.check_can_map_file(scope, row)
    column_mappings.remember(scope=scope, heads=begin_of_file(row).heads, layout=layout)
    row.uploaded_by_id, row.mandate_id = scope.user_id or None, scope.mandate_id or None
    row.save(update_fields=["uploaded_by", "mandate"])
    _to_check(row, layout)
    return row


@transaction.atomic
def send(*, scope: Scope, file: DeclarationFile, leave_out: bool = False) -> DeclarationFile:
    """Have the lines of a checked file handed in; a worker does it.

    Raises RuleError BIL-155 where no row is good, BIL-156 where some are not and nobody said that
    they are left out.
    """
    row = _locked(scope, file)
    policies.check_can_send_file(scope, row)
    if row.wrong_count and not leave_out:
        raise RuleError(
            "BIL-156",
            _("Some rows cannot be read. Say that the others go on without them, or mend them."),
        )
    row.status, row.leaves_out, row.problem = Status.SENDING, leave_out, ""
    row.sent_by_id, row.mandate_id = scope.user_id or None, scope.mandate_id or None
    row.seen_at, row.attempts, row.handled = None, 0, 0
    row.save(
        update_fields=[
            "status", "leaves_out", "problem", "sent_by", "mandate", "seen_at", "attempts",
            "handled",
        ]
    )  # fmt: skip
    audit.record(
        scope, "declaration_file.confirmed", row, good=row.good_count, left_out=row.wrong_count
    )
    nudge(SWEEP)
    return row


@transaction.atomic
def discard(*, scope: Scope, file: DeclarationFile) -> None:
    """Throw a file away that was not handed in. Raises RuleError BIL-154 for one that was."""
    row = _locked(scope, file)
    policies.check_can_discard_file(scope, row)
    audit.record(scope, "declaration_file.deleted", row)
    row.delete()


def raw_of(row: DeclarationFile) -> bytes:
    """The file as it was received. Raises RuleError BIL-286 once it was erased."""
    if row.erased_at:
        raise RuleError(
            "BIL-286",
            _("This file was erased, for its term is over. What was declared of it stays."),
        )
    return base64.b64decode(row.content)


def table_of_file(row: DeclarationFile) -> Sheet:
    """Its table. Rows of a part have the numbers that they have in the office's file."""
    sheet = table_of(raw_of(row))
    return officefile.as_numbered(sheet) if row.office_file_id else sheet


def begin_of_file(row: DeclarationFile) -> Sheet:
    """The first rows of its table, as above."""
    sheet = begin_of(raw_of(row))
    return officefile.as_numbered(sheet) if row.office_file_id else sheet


def begin_of(raw: bytes) -> Sheet:
    """The first rows of the table in a file. Raises RuleError BIL-140 for what is none."""
    return _table(raw, sheets.begin)


def table_of(raw: bytes) -> Sheet:
    """The table in a file. Raises RuleError BIL-140 for what is none."""
    return _table(raw, sheets.read)


def _table(raw: bytes, reading: Callable[[bytes, sheets.IsKnown], Sheet]) -> Sheet:
    try:
        return reading(raw, filecolumns.is_known)
    except sheets.UnreadableError as error:
        raise RuleError("BIL-140", str(error)) from error


def _kept(
    scope: Scope, raw: bytes, name: str, digest: str, office_file: OfficeFile | None = None
) -> DeclarationFile:
    row = DeclarationFile.objects.create(
        provider_organisation_id=scope.organisation_id,
        name=plain_name(name)[-120:],
        content=base64.b64encode(raw).decode(),
        digest=digest,
        uploaded_by_id=scope.user_id or None,
        uploaded_at=scope.at,
        mandate_id=scope.mandate_id or None,
        office_file=office_file,
    )
    audit.record(scope, "declaration_file.uploaded", row, bytes=len(raw))
    return row


def matched(layout: Layout, sheet: Sheet) -> Layout:
    """The layout with the headings as this file writes them: case and signs may differ."""
    columns = {one: same_head(head, sheet) for one, head in layout.columns.items()}
    return Layout(columns, layout.has_point, layout.month_first, layout.unit)


def same_head(head: str, sheet: Sheet) -> str:
    """A heading as this file writes it."""
    by_plain = {filecolumns.plain(one): one for one in sheet.heads}
    return by_plain.get(filecolumns.plain(head), head)


def _to_check(row: DeclarationFile, layout: Layout) -> None:
    row.layout, row.status, row.problem = layout.as_json, Status.CHECKING, ""
    row.seen_at, row.attempts, row.handled = None, 0, 0
    row.save(update_fields=["layout", "status", "problem", "seen_at", "attempts", "handled"])
    nudge(SWEEP)


def _locked(scope: Scope, file: DeclarationFile) -> DeclarationFile:
    rows = DeclarationFile.objects.visible_to(scope)
    return rows.select_for_update(of=("self",)).get(pk=file.pk)
