"""What happened to care since it was taken over, for which it can no longer be undone.

Whatever another table holds of a placement or allocation is something that happened: a table that
is made later counts by itself. Only what a take-over writes itself is looked into.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, F, Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from hoofdaannemer.core.scope import Scope
from subcontracts.models import (
    Allocation,
    AllocationVersion,
    CareImport,
    CareImportFault,
    CareImportRow,
    Client,
    ClientAccess,
    ClientResidence,
    Deadline,
    DeliveryStart,
    DeliveryStop,
    MessageLink,
    Placement,
    UpwardReport,
)
from subcontracts.models.care_imports import CareImportRowQuerySet
from subcontracts.rules.importcolumns import ALLOCATIONS, PLACEMENTS, TARIFFS

#: Tables that a take-over fills itself; of these it is asked what came later.
_OWN: Final[Mapping[type[Model], frozenset[type[Model]]]] = {
    Placement: frozenset({CareImportRow, Deadline, DeliveryStart}),
    Allocation: frozenset({AllocationVersion, CareImportRow, Deadline, Placement, UpwardReport}),
    Client: frozenset({Allocation, ClientAccess, ClientResidence, Placement}),
}
#: The rule of a row that stays because its care moved on while others were undone.
STAYED: Final = "CON-173"


@dataclass(frozen=True)
class MovedOn:
    """A row of the file whose care is no longer as it was taken over, and why."""

    row: CareImportRow
    reasons: Sequence[str]


def to_undo(scope: Scope, of: CareImport) -> CareImportRowQuerySet:
    """Rows that stand and are not yet looked into. Tariffs belong to the contract and stay."""
    rows = CareImportRow.objects.visible_to(scope).filter(
        care_import=of, status=CareImportRow.Status.TAKEN
    )
    stayed = CareImportFault.objects.visible_to(scope).filter(care_import=of, rule=STAYED)
    return rows.exclude(sheet=TARIFFS).exclude(pk__in=stayed.values("row"))


def moved_on(scope: Scope, rows: CareImportRowQuerySet) -> list[MovedOn]:
    """Those whose care moved on, in the order of the file; a fixed number of questions."""
    placements = rows.filter(sheet=PLACEMENTS).values("placement")
    allocations = rows.filter(sheet=ALLOCATIONS).values("allocation")
    of_placements = _reasons(_at_placements(scope, placements))
    of_allocations = _reasons(_at_allocations(scope, allocations, placements))
    found = rows.filter(
        Q(sheet=PLACEMENTS, placement__in=of_placements)
        | Q(sheet=ALLOCATIONS, allocation__in=of_allocations)
    )
    return [
        MovedOn(
            row,
            of_placements[row.placement_id or 0]
            if row.sheet == PLACEMENTS
            else of_allocations[row.allocation_id or 0],
        )
        for row in found.select_related("placement", "allocation").defer("cells").order_by("pk")
    ]


def known_otherwise(scope: Scope, clients: Collection[int]) -> set[int]:
    """Of which of these clients, by key, something is kept here besides what was undone."""
    about: Any = list(clients)
    rows = Allocation.objects.visible_to(scope).live().filter(client__in=about).order_by()
    found = set(rows.values_list("client", flat=True))
    return found | {pk for pk, _said in _resting(scope, Client, about)}


def _reasons(found: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    by_row: dict[int, list[str]] = defaultdict(list)
    for pk, reason in found:
        if reason not in by_row[pk]:
            by_row[pk].append(reason)
    return by_row


def _resting(scope: Scope, model: type[Model], about: QuerySet[Any]) -> Iterator[tuple[int, str]]:
    """By primary key the name of each other table that holds something of these rows."""
    for relation in model._meta.get_fields(include_hidden=True):
        table: Any = relation.related_model
        is_from_elsewhere = relation.auto_created and not relation.concrete and table
        if not is_from_elsewhere or table in _OWN[model]:
            continue
        name = relation.field.name  # type: ignore[union-attr]
        rows = table._default_manager.visible_to(scope).filter(**{f"{name}__in": about})
        said = _named(table)
        for pk in rows.order_by().values_list(name, flat=True).distinct():
            yield pk, said


def _named(table: type[Model]) -> str:
    """A table as people know it; some only we know."""
    if table is MessageLink:
        return _("a message tells of it")
    name = table._meta.verbose_name
    return str(name) if isinstance(name, Promise) else _("work was done on it elsewhere")


def _at_placements(scope: Scope, about: QuerySet[Any]) -> Iterator[tuple[int, str]]:
    rows = Placement.objects.visible_to(scope).filter(pk__in=about).order_by()
    changed = ~Q(status=Placement.Status.ACCEPTED) | Q(revised_at__isnull=False)
    for pk in rows.filter(changed).values_list("pk", flat=True):
        yield pk, _("the placement was changed")
    for pk in rows.filter(message__isnull=False).values_list("pk", flat=True):
        yield pk, _("software was told of it")
    later = Q(recorded_at__gt=F("placement__offered_at")) | Q(withdrawn_at__isnull=False)
    starts = DeliveryStart.objects.visible_to(scope).filter(later, placement__in=about)
    for pk in starts.order_by().values_list("placement", flat=True):
        yield pk, _("a start of care was reported")
    later = Q(recorded_at__gt=F("start__placement__offered_at")) | Q(withdrawn_at__isnull=False)
    stops = DeliveryStop.objects.visible_to(scope).filter(later, start__placement__in=about)
    for pk in stops.order_by().values_list("start__placement", flat=True):
        yield pk, _("an end of care was reported")
    yield from _resting(scope, Placement, about)


def _at_allocations(
    scope: Scope, about: QuerySet[Any], mine: QuerySet[Any]
) -> Iterator[tuple[int, str]]:
    """`mine`: the placements that go along with them."""
    rows = Allocation.objects.visible_to(scope).filter(pk__in=about).order_by()
    decided = rows.annotate(times=Count("versions")).filter(Q(is_deleted=True) | Q(times__gt=1))
    for pk in decided.values_list("pk", flat=True):
        yield pk, _("the municipality decided anew")
    others = Placement.objects.visible_to(scope).filter(allocation__in=about)
    for pk in others.exclude(pk__in=mine).order_by().values_list("allocation", flat=True):
        yield pk, _("care under it was placed anew")
    told = UpwardReport.objects.visible_to(scope).filter(allocation__in=about)
    told = told.filter(Q(message__isnull=False) | Q(withdrawn_at__isnull=False))
    for pk in told.order_by().values_list("allocation", flat=True):
        yield pk, _("the municipality was told of it")
    yield from _resting(scope, Allocation, about)
