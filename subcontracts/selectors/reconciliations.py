"""Our side of a reconciliation: all under the municipality's code, as messages say it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hoofdaannemer.accounts.models import MainContractor, Municipality
from hoofdaannemer.core.export import Column
from hoofdaannemer.core.scope import CARE, Scope
from subcontracts.models import (
    AllocatedBy,
    Allocation,
    ContractMunicipality,
    Difference,
    Placement,
    Reconciliation,
)
from subcontracts.models.municipalities import ContractMunicipalityQuerySet
from subcontracts.rules.combining import Spell
from subcontracts.rules.reconciling import COLUMNS, Key, Record, day_text
from subcontracts.selectors.spells import spells_of
from subcontracts.worklist import WorkItem

KIND: Final = gettext_lazy("Difference with a municipality")
MOST: Final = 10


@dataclass(frozen=True)
class Held:
    """One of our records, with the row that it comes from."""

    record: Record
    allocation: Allocation | None = None
    placement: Placement | None = None


def held(
    scope: Scope, main_contractor_id: int, municipality: Municipality, family: str
) -> list[Held]:
    """Current and coming allocations, and the placements that were relayed of them.

    What was relayed under the municipality's code is in its case system by the copies. What
    followed from a task is in no case system.
    """
    return [
        *_issued(scope, main_contractor_id, municipality, family),
        *_relayed(scope, main_contractor_id, municipality, family),
    ]


def unlisted(
    scope: Scope, main_contractor_id: int, municipality: Municipality, family: str
) -> set[Key]:
    """Receiver and number of what is about clients that may not be listed, whatever a file says."""
    main = MainContractor.objects.select_related("organisation").get(pk=main_contractor_id)
    sealed = {"main_contractor": main, "family": family, "client__is_sealed": True}
    allocations = Allocation.objects.visible_to(scope).filter(municipality=municipality, **sealed)
    placements = Placement.objects.visible_to(scope).filter(
        allocation__municipality=municipality, **sealed
    )
    relayed = placements.values_list("provider_organisation__agb", "number")
    return {*((main.agb, row.number) for row in allocations), *relayed}


def _issued(
    scope: Scope, main_contractor_id: int, municipality: Municipality, family: str
) -> Iterable[Held]:
    main = MainContractor.objects.select_related("organisation").get(pk=main_contractor_id)
    rows = list(
        Allocation.objects.visible_to(scope)
        .current_on(scope.today)
        .filter(
            main_contractor=main_contractor_id,
            municipality=municipality,
            family=family,
            client__is_sealed=False,
        )
        .exclude(origin=AllocatedBy.TASK)
        .select_related("client", "product")
    )
    placed = list(Placement.objects.visible_to(scope).filter(allocation__in=rows))
    allocation_of = {row.pk: row.allocation_id for row in placed}
    spells = defaultdict(list)
    for spell in spells_of(placed):
        spells[allocation_of[spell.placement]].append(spell)
    for row in rows:
        yield Held(_record(row, main.agb, spells[row.pk]), allocation=row)


def _relayed(
    scope: Scope, main_contractor_id: int, municipality: Municipality, family: str
) -> Iterable[Held]:
    rows = list(
        Placement.objects.visible_to(scope)
        .filter(
            Q(end_date=None) | Q(end_date__gte=scope.today),
            status__in=(*Placement.LIVE, Placement.Status.ENDED),
            main_contractor=main_contractor_id,
            allocation__municipality=municipality,
            family=family,
            message__sent_copy__isnull=False,
            client__is_sealed=False,
        )
        .select_related("client", "product", "provider_organisation")
    )
    spells = defaultdict(list)
    for spell in spells_of(rows):
        spells[spell.placement].append(spell)
    for row in rows:
        yield Held(_record(row, row.provider_organisation.agb, spells[row.pk]), placement=row)


def _record(row: Allocation | Placement, receiver: str, spells: Iterable[Spell]) -> Record:
    known = sorted(spells, key=lambda spell: spell.begin)
    product = row.product
    ended = [spell.ended_on for spell in known]
    last = max((day for day in ended if day is not None), default=None)
    return Record(
        receiver,
        row.number,
        {
            "bsn": row.client.bsn or "",
            "categorie": product.category if product else getattr(row, "category", ""),
            "code": product.code if product else "",
            "ingangsdatum": day_text(row.start_date),
            "einddatum": day_text(row.end_date),
            "volume": "" if row.volume is None else str(row.volume),
            "eenheid": row.unit,
            "frequentie": row.frequency,
            "begindatum_zorg": day_text(known[0].begin if known else None),
            "einddatum_zorg": day_text(_stopped(last, ended)),
        },
    )


def _stopped(last: date | None, ended: list[date | None]) -> date | None:
    """The last day of care where all of it ended."""
    return None if None in ended else last


def _value(name: str) -> Callable[[Record], object]:
    return lambda record: record.values[name]


#: Our own list in the columns of the file.
OUR_LIST: Final = (
    Column("ontvanger", lambda record: record.receiver),
    Column("toewijzing", lambda record: record.number),
    *(Column(name, _value(name)) for name in COLUMNS if name not in ("ontvanger", "toewijzing")),
)


def choices(scope: Scope) -> ContractMunicipalityQuerySet:
    """Municipalities for which we allocate or allocated under a mandate, each law once."""
    rows = ContractMunicipality.objects.visible_to(scope).filter(
        contract__authorities__allocated_by=AllocatedBy.MANDATE
    )
    latest = rows.order_by("municipality_id", "contract__family", "-contract_id")
    once = latest.distinct("municipality_id", "contract__family").values("pk")
    return (
        ContractMunicipality.objects.visible_to(scope)
        .filter(pk__in=once)
        .select_related("municipality", "contract")
    )


def items(scope: Scope) -> Iterator[WorkItem]:
    """Comparisons with differences that nobody explained, for the work list."""
    if scope.role not in CARE:
        return
    open_ones = (
        Difference.objects.visible_to(scope)
        .open()
        .order_by("-reconciliation")
        .values("reconciliation")
        .annotate(count=Count("pk"))
    )
    counts = {one["reconciliation"]: one["count"] for one in open_ones[:MOST]}
    rows = Reconciliation.objects.visible_to(scope).filter(pk__in=counts)
    for row in rows.select_related("municipality").defer("content"):
        text = ngettext("%(count)s difference", "%(count)s differences", counts[row.pk])
        yield WorkItem(
            kind=KIND,
            text=str(row),
            url=f"{reverse('reconciliation_detail', args=[row.pk])}?state=open",
            verb=_("Explain"),
            detail=text % {"count": counts[row.pk]},
        )
