"""What the document of a reconciliation says, counted from the rows of the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.scope import Scope
from subcontracts.import_words import facts_of
from subcontracts.models import CareImport, CareImportRow
from subcontracts.rules.import_paper import Paper, Refused, SheetTotal
from subcontracts.rules.importcolumns import ALLOCATIONS, PLACEMENTS, TAKEN
from subcontracts.selectors.importing import STANDING, Tally, reconciliation

_Status = CareImportRow.Status


def paper_of(scope: Scope, row: CareImport) -> Paper:
    """The document as of now; `row` comes with the people who had a hand in it."""
    of = reconciliation(scope, row)
    before = row.status == CareImport.Status.CHECKED
    here = [tally for line in of.by_provider for tally in (line.taken, line.known)]
    amounts = {
        "amounts_in_file": _by_year(of.years, (line.in_file for line in of.by_provider)),
        "amounts_here": _by_year(of.years, here),
    }
    counted = _counted(scope, row, before)
    return Paper(
        main_contractor=row.main_contractor.organisation.name,
        facts=[(_("File"), row.name), (_("SHA-256"), bytes(row.digest).hex()), *facts_of(row)],
        mark="" if row.accepted_at else _("Not accepted yet."),
        sheets=[
            _sheet_total(sheet, counted[sheet], amounts if sheet == PLACEMENTS else {})
            for sheet in TAKEN
            if sheet in counted
        ],
        totals=of.totals,
        refused=[Refused(one.sheet, one.rule, one.text, one.count) for one in of.reasons],
    )


def _counted(scope: Scope, row: CareImport, before: bool) -> Mapping[str, Mapping[str, int]]:
    """Of each sheet its rows and volume, all and as they stand here; one question."""
    good = [_Status.TAKEN, _Status.READY] if before else [_Status.TAKEN]
    stands = Q(status__in=[*STANDING, *good])
    rows = CareImportRow.objects.visible_to(scope).filter(care_import=row).order_by()
    counted: Any = rows.values("sheet").annotate(
        in_file=Count("pk"),
        taken=Count("pk", filter=Q(status__in=good)),
        known=Count("pk", filter=Q(status=_Status.KNOWN)),
        volume_in_file=Sum("volume", default=0),
        volume_here=Sum("volume", filter=stands, default=0),
    )
    return {one["sheet"]: one for one in counted}


def _sheet_total(
    sheet: str, counted: Mapping[str, int], amounts: Mapping[str, Mapping[int, Decimal]]
) -> SheetTotal:
    has_volume = sheet in (ALLOCATIONS, PLACEMENTS)
    return SheetTotal(
        sheet=sheet,
        in_file=counted["in_file"],
        taken=counted["taken"],
        known=counted["known"],
        volume_in_file=counted["volume_in_file"] if has_volume else None,
        volume_here=counted["volume_here"] if has_volume else None,
        **amounts,
    )


def _by_year(years: Sequence[int], tallies: Iterable[Tally]) -> Mapping[int, Decimal]:
    found = list(tallies)
    return {
        year: reduce(lambda total, one: total + one.amounts[year], found, ZERO) for year in years
    }
