"""Files of an office with rows of several practices: uploaded, columns pointed out, handed in.

The office acts for nobody with its file. What comes of a practice's rows is done for the practice,
under its mandate, in a scope of its own: so each act stands in its log and ends with the mandate.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.models import OfficeFile
from billing.rules.filecolumns import signature
from billing.rules.officefile import OfficeLayout
from billing.selectors.office_files import Part, layout_of_last, parts_of, to_send
from billing.services import column_mappings, declaration_files
from billing.services.declaration_files import SWEEP, begin_of, matched, same_head
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.attachments import plain_name
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.nudges import nudge
from hoofdaannemer.core.scope import Role, Scope, acting_as
from hoofdaannemer.core.sheets import Sheet

Status = OfficeFile.Status


@transaction.atomic
def upload(*, scope: Scope, raw: bytes, name: str) -> OfficeFile:
    """Keep a file. Where the last one with these headings was read, it is divided the same way.

    Raises RuleError BIL-140 for what is no table; NotAllowedError for anybody but an office.
    """
    if scope.role != Role.OFFICE_USER:
        raise NotAllowedError(_("Only an administration office does this."))
    sheet = begin_of(raw)
    row = OfficeFile.objects.create(
        office_id=scope.organisation_id,
        name=plain_name(name)[-120:],
        content=base64.b64encode(raw).decode(),
        digest=hashlib.sha256(raw).hexdigest(),
        signature=signature(sheet.heads),
        uploaded_by_id=scope.user_id or None,
        uploaded_at=scope.at,
    )
    audit.record(scope, "office_file.uploaded", row, bytes=len(raw))
    if known := layout_of_last(scope, row):
        practice = same_head(known.practice, sheet)
        _to_divide(row, OfficeLayout(practice, matched(known.layout, sheet)))
    return row


@transaction.atomic
def point_out(*, scope: Scope, file: OfficeFile, layout: OfficeLayout) -> OfficeFile:
    """Say which column names the practice and what the others mean, and divide the file anew.

    Raises RuleError BIL-141 and BIL-142 as for a file of one practice, BIL-283 where no column of
    its own names the practice, BIL-285 and BIL-286 as `policies.check_can_map_office_file`.
    """
    row = _locked(scope, file)
    policies.check_can_map_office_file(scope, row)
    _check_unsent(parts_of(scope, row))
    heads = begin_of_office_file(row).heads
    column_mappings.check(heads, layout.layout)
    if layout.practice not in heads or layout.practice in layout.layout.columns.values():
        text = _("Point out a column that names the practice, and that means nothing else.")
        raise RuleError("BIL-283", text)
    _to_divide(row, layout)
    audit.record(scope, "office_file.mapped", row, columns=len(layout.layout.columns))
    return row


@transaction.atomic
def send(*, scope: Scope, file: OfficeFile) -> Sequence[Part]:
    """Have every part handed in that is checked and of which each row can be read.

    Each goes in the name of its practice, under its mandate; what was handed in is returned. The
    others wait in their practice. Raises RuleError BIL-288 where no part can be handed in, BIL-284
    before the file was divided.
    """
    row = _locked(scope, file)
    policies.check_can_send_office_file(scope, row)
    ready = to_send(parts_of(scope, row))
    if not ready:
        raise RuleError(
            "BIL-288",
            _("No practice has a part that is ready. Open a practice to see what is wrong."),
        )
    for part in ready:
        with acting_as(part.acting) as acting:
            declaration_files.send(scope=acting, file=part.declared)
    row.handed_in_at = row.handed_in_at or scope.at
    # Each practice has its own rows now; nobody needs those of all of them together any more.
    row.content = ""
    row.save(update_fields=["handed_in_at", "content"])
    audit.record(scope, "office_file.handed_in", row, parts=len(ready))
    return ready


@transaction.atomic
def discard(*, scope: Scope, file: OfficeFile) -> None:
    """Throw a file away of which nothing was handed in, with the parts under mandates in force.

    A part whose mandate is over stays with its practice. Raises RuleError BIL-285.
    """
    row = _locked(scope, file)
    policies.check_can_change_office_file(scope, row)
    parts = parts_of(scope, row)
    _check_unsent(parts)
    for part in parts:
        if part.is_open:
            with acting_as(part.acting) as acting:
                declaration_files.discard_part(scope=acting, office_file=row)
    row.findings.visible_to(scope).delete()
    row.status, row.content = Status.DISCARDED, ""
    row.save(update_fields=["status", "content"])
    audit.record(scope, "office_file.deleted", row)


def _check_unsent(parts: Sequence[Part]) -> None:
    """Raises RuleError BIL-285 where a part was handed in from the pages of its practice."""
    if any(part.is_sent for part in parts):
        text = _("A part of this file was handed in. Go on with the others in their practice.")
        raise RuleError("BIL-285", text)


def raw_of(row: OfficeFile) -> bytes:
    """The file as it was received."""
    return base64.b64decode(row.content)


def begin_of_office_file(row: OfficeFile) -> Sheet:
    """The first rows of its table."""
    return begin_of(raw_of(row))


def _to_divide(row: OfficeFile, layout: OfficeLayout) -> None:
    row.layout, row.status, row.problem = layout.as_json, Status.DIVIDING, ""
    row.seen_at, row.attempts = None, 0
    row.save(update_fields=["layout", "status", "problem", "seen_at", "attempts"])
    nudge(SWEEP)


def _locked(scope: Scope, file: OfficeFile) -> OfficeFile:
    rows = OfficeFile.objects.visible_to(scope)
    return rows.select_for_update(of=("self",)).get(pk=file.pk)
