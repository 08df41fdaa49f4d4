"""The dry run of a file with running care: every row judged and kept, nothing taken over."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from typing import Final

from django.utils import timezone

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope, acting_as
from subcontracts.models import CareImport, CareImportFault, CareImportRow
from subcontracts.rules import importfile
from subcontracts.selectors.import_care import Row
from subcontracts.selectors.import_catalogue import Catalogue
from subcontracts.selectors.import_judging import judged

#: Rows written in one transaction: the page shows how far it is.
BATCH: Final = 1000
_Status = CareImportRow.Status


def check(*, scope: Scope, import_id: int) -> None:
    """Judge all rows and keep them with what is wrong. Begun anew after a crash."""
    with acting_as(scope):
        row = CareImport.objects.visible_to(scope).get(pk=import_id)
        sheets = importfile.read(base64.b64decode(row.content))
        found = judged(Catalogue(scope), sheets, row.as_of)
        row.faults.visible_to(scope).delete()
        row.rows.visible_to(scope).delete()
    for done, some in _batches(found):
        with acting_as(scope):
            _keep(row, some)
            # A sign of life is about the worker, so it is the clock's, not the scope's.
            CareImport.objects.filter(pk=row.pk).update(handled=done, seen_at=timezone.now())
    with acting_as(scope):
        rows = CareImport.objects.visible_to(scope).filter(pk=import_id)
        row = rows.without_files().select_for_update(of=("self",)).get()
        if row.status != CareImport.Status.RECEIVED:
            return  # discarded meanwhile
        row.status, row.seen_at = CareImport.Status.CHECKED, None
        row.save(update_fields=["status", "seen_at"])
        wrong = sum(not one.is_good for one in found)
        audit.record(scope, "care_import.checked", row, rows=len(found), wrong=wrong)


def _batches(found: Sequence[Row]) -> Iterator[tuple[int, Sequence[Row]]]:
    for first in range(0, len(found), BATCH):
        yield min(first + BATCH, len(found)), found[first : first + BATCH]


def _keep(of: CareImport, some: Sequence[Row]) -> None:
    kept = CareImportRow.objects.bulk_create(_row(of, one) for one in some)
    CareImportFault.objects.bulk_create(
        CareImportFault(
            main_contractor_id=of.main_contractor_id,
            care_import=of,
            row=row,
            sheet=one.sheet,
            line=one.line.number,
            column=fault.column,
            rule=fault.rule,
            text=fault.text[:500],
        )
        for row, one in zip(kept, some, strict=True)
        for fault in one.faults
    )


def _row(of: CareImport, one: Row) -> CareImportRow:
    known = _Status.KNOWN if one.is_known else _Status.READY
    return CareImportRow(
        main_contractor_id=of.main_contractor_id,
        care_import=of,
        sheet=one.sheet,
        line=one.line.number,
        cells=json.dumps(one.line.in_order(one.sheet)),
        status=known if one.is_good else _Status.WRONG,
        client_hash=one.client_hash,
        municipality=one.municipality,
        product=one.product,
        subcontractor=one.subcontractor,
        subcontract=one.subcontract,
        volume=one.volume,
        amounts={str(year): str(amount) for year, amount in one.amounts.items()},
    )
