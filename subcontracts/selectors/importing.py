"""The reconciliation of taken-over care: what the file says, what came along, and what did not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.scope import Scope
from subcontracts.models import CareImport, CareImportFault, CareImportRow
from subcontracts.models.care_imports import READERS
from subcontracts.rules.importcolumns import ALLOCATIONS, PLACEMENTS
from subcontracts.rules.importtotals import Compared, Counted, compared
from subcontracts.worklist import WorkItem

_Status = CareImportRow.Status
#: Rows that stand in the chain now.
STANDING = (_Status.TAKEN, _Status.KNOWN)
#: Rows read for the report: without what tells who somebody is.
_RELATED = ("municipality", "product", "subcontractor__provider_organisation", "subcontract")
WORK = _("Care that was taken over, to be accepted")
UNDO_WORK = _("A take-over to be undone")


@dataclass
class Tally:
    """Rows of one kind: how many, units of volume, and committed euros by calendar year."""

    count: int = 0
    volume: int = 0
    amounts: dict[int, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))

    def add(self, row: CareImportRow) -> None:
        self.count += 1
        self.volume += row.volume or 0
        for year, amount in row.amounts.items():
            self.amounts[int(year)] += Decimal(amount)


@dataclass
class Line:
    """One group of the report: in the file, taken over now, known before, and left out."""

    first: str
    product: str
    in_file: Tally = field(default_factory=Tally)
    taken: Tally = field(default_factory=Tally)
    known: Tally = field(default_factory=Tally)
    left_out: Tally = field(default_factory=Tally)

    def add(self, row: CareImportRow, before: bool) -> None:
        """`before`: nothing was carried out yet, and what is good counts as taken over."""
        self.in_file.add(row)
        if row.status == _Status.KNOWN:
            self.known.add(row)
        elif row.status == _Status.TAKEN or (before and row.status == _Status.READY):
            self.taken.add(row)
        else:
            self.left_out.add(row)


@dataclass(frozen=True)
class Reason:
    """Rows that were left out for one rule."""

    sheet: str
    rule: str
    text: str
    count: int


@dataclass(frozen=True)
class Reconciliation:
    """All of it. Allocations by municipality, placements by who delivers."""

    by_municipality: Sequence[Line]
    by_provider: Sequence[Line]
    reasons: Sequence[Reason]
    totals: Sequence[Compared]
    years: Sequence[int]

    @property
    def differs(self) -> bool:
        """Whether something was left out, or a control total is not ours."""
        return bool(self.reasons) or any(one.difference for one in self.totals)


def reconciliation(scope: Scope, of: CareImport) -> Reconciliation:
    """The report, counted from the rows of the file; they no longer change once it is accepted."""
    rows = list(
        CareImportRow.objects.visible_to(scope)
        .filter(care_import=of, sheet__in=[ALLOCATIONS, PLACEMENTS])
        .select_related(*_RELATED)
        .defer("cells")
    )
    before = of.status == CareImport.Status.CHECKED
    years = {int(year) for row in rows for year in row.amounts}
    return Reconciliation(
        by_municipality=_lines(rows, ALLOCATIONS, _town, before),
        by_provider=_lines(rows, PLACEMENTS, _provider, before),
        reasons=_reasons(scope, of),
        totals=compared(of.totals, list(_counted(rows, before))),
        years=sorted(years),
    )


def differs(scope: Scope, of: CareImport) -> bool:
    """Whether somebody has to say why it is right all the same."""
    return reconciliation(scope, of).differs


def _lines(
    rows: Iterable[CareImportRow],
    sheet: str,
    name: Callable[[CareImportRow], str],
    before: bool,
) -> list[Line]:
    found: dict[tuple[str, str], Line] = {}
    for row in rows:
        if row.sheet == sheet:
            key = (name(row), str(row.product) if row.product else "")
            found.setdefault(key, Line(*key)).add(row, before)
    return [found[key] for key in sorted(found)]


def _town(row: CareImportRow) -> str:
    return row.municipality.name if row.municipality else ""


def _provider(row: CareImportRow) -> str:
    if row.subcontractor is None:
        return ""
    name = row.subcontractor.provider_organisation.name
    return f"{name} ({row.subcontract.number})" if row.subcontract else name


def _counted(rows: Iterable[CareImportRow], before: bool) -> Iterator[Counted]:
    standing = (*STANDING, _Status.READY) if before else STANDING
    for row in rows:
        if row.status not in standing:
            continue
        names = [row.subcontract.number] if row.subcontract else []
        if row.subcontractor is not None:
            names.append(row.subcontractor.provider_organisation.name)
        yield Counted(
            sheet=row.sheet,
            municipality=row.municipality.code if row.municipality else "",
            providers=tuple(names),
            category=row.product.category if row.product else "",
            code=row.product.code if row.product else "",
            client=bytes(row.client_hash or b""),
            volume=row.volume or 0,
            amounts={int(year): Decimal(amount) for year, amount in row.amounts.items()},
        )


def _reasons(scope: Scope, of: CareImport) -> list[Reason]:
    rows = CareImportFault.objects.visible_to(scope).filter(care_import=of).order_by()
    counted = rows.values_list("sheet", "rule", "text").annotate(Count("row", distinct=True))
    return [Reason(*one) for one in counted.order_by("sheet", "rule", "text")]


def items(scope: Scope) -> Iterator[WorkItem]:
    """What was taken over, or is to be undone, and waits for a second person."""
    if scope.role not in READERS:
        return
    yield from _undo_items(scope)
    rows = CareImport.objects.visible_to(scope).filter(status=CareImport.Status.DONE)
    for row in rows.without_files().order_by("finished_at", "pk"):
        if scope.user_id in (row.uploaded_by_id, row.confirmed_by_id):
            continue
        yield WorkItem(
            kind=WORK,
            text=row.name,
            url=reverse("care_import_report", args=[row.pk]),
            verb=_("Look at the reconciliation"),
            due=localdate(row.finished_at) if row.finished_at else None,
        )


def _undo_items(scope: Scope) -> Iterator[WorkItem]:
    asked = CareImport.objects.visible_to(scope).filter(
        status=CareImport.Status.ACCEPTED, undo_asked_at__isnull=False
    )
    others = asked.exclude(undo_asked_by=scope.user_id)
    for row in others.without_files().order_by("undo_asked_at", "pk"):
        yield WorkItem(
            kind=UNDO_WORK,
            text=row.name,
            url=reverse("care_import_undo", args=[row.pk]),
            verb=_("Agree to undo it or not"),
            due=localdate(row.undo_asked_at) if row.undo_asked_at else None,
        )
