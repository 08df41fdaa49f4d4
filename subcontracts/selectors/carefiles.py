"""The light CSV format: placements as rows of a file, and the rows that were not taken.

The columns of both files are documented in docs/light-csv.md, and stay as they are: a new one
comes at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from hoofdaannemer.core.export import Column
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Placement, Subcontract
from subcontracts.rules.carefile import COLUMNS
from subcontracts.selectors import refusedrows


def contracts_by_file(scope: Scope) -> list[Subcontract]:
    """The running contracts that relay in this way today."""
    running = Subcontract.objects.visible_to(scope).filter(status__in=Subcontract.RUNNING)
    return [
        row
        for row in running.prefetch_related("relay_modes")
        if row.relay_on(scope.today) == Subcontract.Relay.CSV
    ]


def placements_for_file(
    scope: Scope, *, since: datetime | None, until: datetime
) -> QuerySet[Placement]:
    """What was offered or changed after `since`, up to `until`; without it, all that runs.

    Sealed clients are never in a file.
    """
    rows = (
        Placement.objects.visible_to(scope)
        .filter(subcontract__in=[row.pk for row in contracts_by_file(scope)])
        .filter(client__is_sealed=False)
        .exclude(status=Placement.Status.DECLINED)
        .annotate(changed_at=Coalesce("revised_at", "offered_at"))
        .filter(changed_at__lte=until)
        .select_related(
            *("client", "product", "main_contractor__organisation"), "allocation__municipality"
        )
        .order_by("changed_at", "pk")
    )
    if since is not None:
        return rows.filter(changed_at__gt=since)
    still = Q(end_date=None) | Q(end_date__gte=scope.today)
    return rows.filter(still, status__in=Placement.LIVE)


def clients_in(rows: QuerySet[Placement]) -> QuerySet[Placement, int]:
    """Of whom the file tells who they are."""
    told = rows.exclude(status=Placement.Status.WITHDRAWN).order_by()
    return told.values_list("client", flat=True)


def _known(read: Callable[[Any], object]) -> Callable[[Any], object]:
    """Who it is, unless the placement was taken back: then one no longer knows."""
    return lambda row: "" if row.status == Placement.Status.WITHDRAWN else read(row.client)


PLACEMENTS: Final = (
    Column("hoofdaannemer_kvk", lambda row: row.main_contractor.organisation.kvk),
    Column("wet", lambda row: row.family),
    Column("plaatsing", lambda row: row.number),
    Column("status", lambda row: row.status),
    Column("gewijzigd_op", lambda row: row.changed_at),
    Column("reden_wijziging", lambda row: row.change_reason),
    Column("reageren_voor", lambda row: row.reply_due_date),
    Column("gemeente", lambda row: row.allocation.municipality.code),
    Column("bsn", _known(lambda client: client.bsn or "")),
    Column("geboortedatum", _known(lambda client: client.birth_date)),
    Column("achternaam", _known(lambda client: client.surname)),
    Column("voorvoegsel", _known(lambda client: client.prefix)),
    Column("voorletters", _known(lambda client: client.initials)),
    Column("productcategorie", lambda row: row.product.category),
    Column("productcode", lambda row: row.product.code),
    Column("begindatum", lambda row: row.start_date),
    Column("einddatum", lambda row: row.end_date),
    Column("volume", lambda row: row.volume),
    Column("eenheid", lambda row: row.unit),
    Column("frequentie", lambda row: row.frequency),
    Column("budget", lambda row: row.budget),
    # Left open, so that the file can be filled in and handed in.
    Column("soort", lambda _row: ""),
    Column("begindatum_zorg", lambda _row: ""),
    Column("einddatum_zorg", lambda _row: ""),
    Column("reden", lambda _row: ""),
)


REFUSED: Final = refusedrows.columns(COLUMNS)
