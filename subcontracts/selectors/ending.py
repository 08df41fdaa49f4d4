"""What must still happen of a subcontract that ends, before it is closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts import gates
from subcontracts.models import (
    CareMove,
    DeliveryStart,
    DeliveryStop,
    Placement,
    Subcontract,
    SubcontractNotice,
)
from subcontracts.worklist import WorkItem

#: How long the page of a contract names what a notice that was taken back has cost.
LOST_SHOWN: Final = timedelta(days=60)
WORK = gettext_lazy("Contracts that have ended")


@dataclass(frozen=True)
class Todo:
    """One line of the list: done or not, in words, and where it is settled."""

    text: str
    url: str = ""
    blocks: bool = True


def todos(scope: Scope, contract: Subcontract) -> list[Todo]:
    """All there is to do, with what is in order already; in a fixed number of queries."""
    return [
        *_end(scope, contract),
        *_care(scope, contract),
        *_moves(scope, contract),
        *_starts(scope, contract),
        *(Todo(one.text, one.url) for one in gates.loose_ends(scope, contract)),
    ]


def _end(scope: Scope, contract: Subcontract) -> Iterator[Todo]:
    if contract.end_date is None:
        yield Todo(_("The contract has no last day"))
    elif contract.end_date >= scope.today:
        text = _("The contract lasts up to and including %(day)s")
        yield Todo(text % {"day": date_long(contract.end_date)})
    else:
        text = _("The contract ended on %(day)s")
        yield Todo(text % {"day": date_long(contract.end_date)}, blocks=False)


def _care(scope: Scope, contract: Subcontract) -> Iterator[Todo]:
    """Placements that outlast the contract."""
    if contract.end_date is None:
        return
    longer = Q(end_date=None) | Q(end_date__gt=contract.end_date)
    rows = Placement.objects.visible_to(scope).live().filter(longer, subcontract=contract)
    if not (count := rows.count()):
        yield Todo(_("No care lasts longer than the contract"), blocks=False)
        return
    text = ngettext(
        "%(count)s placement lasts longer than the contract: move the care",
        "%(count)s placements last longer than the contract: move the care",
        count,
    )
    yield Todo(text % {"count": count}, reverse("subcontract_move", args=[contract.pk]))


def _moves(scope: Scope, contract: Subcontract) -> Iterator[Todo]:
    open_ones = (CareMove.Status.DRAFT, CareMove.Status.RUNNING, CareMove.Status.REMAINDER)
    rows = CareMove.objects.visible_to(scope).filter(subcontract=contract, status__in=open_ones)
    for row in rows:
        text = _("A move of care is %(status)s") % {"status": row.get_status_display()}
        yield Todo(text, reverse("care_move_detail", args=[row.pk]))


def _starts(scope: Scope, contract: Subcontract) -> Iterator[Todo]:
    """Care that began and of which no final stop was reported."""
    final = DeliveryStop.objects.live().exclude(reason="20").filter(start=OuterRef("pk"))
    rows = (
        DeliveryStart.objects.visible_to(scope)
        .live()
        .filter(
            ~Exists(final), placement__subcontract=contract, placement__status__in=Placement.LIVE
        )
    )
    count = rows.order_by().values("placement").distinct().count()
    if not count:
        yield Todo(_("The end of all care was reported"), blocks=False)
        return
    text = ngettext(
        "%(count)s placement without a report of the end of care",
        "%(count)s placements without a report of the end of care",
        count,
    )
    yield Todo(text % {"count": count}, reverse("placement_list"))


def notice_of(scope: Scope, contract: Subcontract) -> SubcontractNotice | None:
    """The notice that stands."""
    rows = SubcontractNotice.objects.visible_to(scope).standing().light()
    return rows.filter(subcontract=contract).first()


def lost_with(scope: Scope, contract: Subcontract) -> list[str]:
    """What did not come back with the notice that was taken back lately, in words."""
    rows = SubcontractNotice.objects.visible_to(scope).filter(subcontract=contract).light()
    newest = rows.order_by("-pk").first()
    if newest is None or newest.withdrawn_at is None:
        return []
    return newest.lost if newest.withdrawn_at > scope.at - LOST_SHOWN else []


def items(scope: Scope) -> Iterator[WorkItem]:
    """Contracts whose last day has passed and that are not closed, for who closes them."""
    if scope.role != Role.CONTRACT_MANAGER:
        return
    rows = Subcontract.objects.visible_to(scope).filter(
        status__in=Subcontract.RUNNING, end_date__lt=scope.today
    )
    for row in rows.select_related("provider_organisation").order_by("end_date", "pk"):
        yield WorkItem(
            kind=WORK,
            text=f"{row.number} · {row.provider_organisation.name}",
            url=reverse("subcontract_detail", args=[row.pk]),
            verb=gettext_lazy("Close it"),
            due=row.end_date,
        )
