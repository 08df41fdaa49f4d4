"""Taking over running care from a file: handed in, confirmed, and accepted by a second person.

Contract manager's work; accepting is a controller's too. `import_checking` and `import_taking` are
what a worker does between these steps.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.nudges import nudge
from hoofdaannemer.core.scope import Scope
from subcontracts import import_policies as policies
from subcontracts.import_pdf import reconciliation_pdf
from subcontracts.models import CareImport, CareImportRow
from subcontracts.rules import importfile, importtotals
from subcontracts.rules.importcolumns import TOTALS
from subcontracts.selectors import importing as selectors
from subcontracts.selectors.import_paper import paper_of

SWEEP: Final = "subcontracts.tasks.take_over_care"
_Status = CareImport.Status
#: A take-over is prepared, and its rest is mended, around the day itself.
_BEFORE, _AFTER = timedelta(days=92), timedelta(days=366)


@transaction.atomic
def hand_in(*, scope: Scope, raw: bytes, name: str, as_of: date) -> CareImport:
    """Keep a file as it was received and have it checked. Nothing is taken over yet.

    Raises RuleError CSV-01 to CSV-04 for a file that cannot be read, IMP-12 for a wrong control
    total, CON-140 for a day of take-over that is far off, CON-141 while another one is open.
    """
    policies.check_can_hand_in(scope, CareImport.objects.visible_to(scope))
    if not scope.today - _AFTER <= as_of <= scope.today + _BEFORE:
        raise RuleError(
            "CON-140",
            _("The day of the take-over lies within the past year or the next three months."),
        )
    sheets = importfile.read(raw)
    row = CareImport.objects.create(
        main_contractor_id=scope.main_contractor_id,
        name=name[-120:],
        as_of=as_of,
        content=base64.b64encode(raw).decode(),
        digest=hashlib.sha256(raw).digest(),
        totals=importtotals.kept_of(sheets[TOTALS]),
        uploaded_by_id=scope.user_id or None,
        uploaded_at=scope.at,
        to_handle=sum(len(lines) for sheet, lines in sheets.items() if sheet != TOTALS),
    )
    audit.record(scope, "care_import.handed_in", row, rows=row.to_handle)
    nudge(SWEEP)
    return row


@transaction.atomic
def discard(*, scope: Scope, row: CareImport) -> CareImport:
    """Give up a file of which nothing was taken over; its contents are erased."""
    row = locked(scope, row)
    policies.check_can_discard(scope, row)
    row.status = _Status.DISCARDED
    erase(scope, row)
    row.save(update_fields=["status", "content"])
    audit.record(scope, "care_import.discarded", row)
    return row


@transaction.atomic
def confirm(*, scope: Scope, row: CareImport) -> CareImport:
    """Have the good rows taken over. Raises RuleError CON-142 where there is none, CON-143 before
    the day of the take-over.
    """
    row = locked(scope, row)
    policies.check_can_confirm(scope, row)
    if scope.today < row.as_of:
        raise RuleError("CON-143", _("Care is taken over on the day itself, or after it."))
    ready = row.rows.visible_to(scope).filter(status=CareImportRow.Status.READY).count()
    if not ready:
        raise RuleError("CON-142", _("No row of this file is good and new: nothing to take over."))
    row.status, row.handled, row.to_handle = _Status.RUNNING, 0, ready
    row.confirmed_by_id, row.confirmed_at = scope.user_id or None, scope.at
    row.seen_at, row.attempts = None, 0
    row.save()
    audit.record(scope, "care_import.confirmed", row, rows=ready)
    nudge(SWEEP)
    return row


@transaction.atomic
def accept(*, scope: Scope, row: CareImport, note: str = "") -> CareImport:
    """Accept the reconciliation as a second person, which closes the take-over.

    The reconciliation is kept as a document; the file and the cells are erased, for what was taken
    over stands in the chain. Raises RuleError
    CON-144 for who handed it in or confirmed it, CON-145 where rows were left out or a control
    total differs and nothing is said about it.
    """
    row = locked(scope, row)
    policies.check_can_accept(scope, row)
    if not note.strip() and selectors.differs(scope, row):
        raise RuleError(
            "CON-145",
            _("Rows were left out, or a control total differs. Write why that is right."),
        )
    row.status, row.accepted_at = _Status.ACCEPTED, scope.at
    row.accepted_by_id, row.accepted_note = scope.user_id or None, note.strip()
    row.paper = reconciliation_pdf(paper_of(scope, row))
    erase(scope, row)
    row.save()
    audit.record(scope, "care_import.accepted", row)
    return row


def erase(scope: Scope, row: CareImport) -> None:
    """The file and its cells; the caller saves the row."""
    row.content = ""
    row.rows.visible_to(scope).update(cells="")


def locked(scope: Scope, row: CareImport) -> CareImport:
    """The import, locked; without the file."""
    rows = CareImport.objects.visible_to(scope).without_files()
    return rows.select_for_update(of=("self",)).get(pk=row.pk)
