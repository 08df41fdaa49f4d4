"""Subcontracts under which nobody is in care, where that may end them after some months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, Max, OuterRef, Q, Subquery

from hoofdaannemer.core.periods import add_months
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Placement, Subcontract


@dataclass(frozen=True)
class WithoutCare:
    """A contract, the first day without care under it, and the day from which it may end."""

    subcontract: Subcontract
    since: date
    may_end_from: date


def without_care(scope: Scope) -> Iterator[WithoutCare]:
    """Contracts that run, say how many months without care end them, and have nobody in care.

    Care that was placed, or is offered, counts up to its last day. One query.
    """
    care = Placement.objects.filter(
        subcontract=OuterRef("pk"), status__in=[*Placement.LIVE, Placement.Status.ENDED]
    )
    goes_on = care.filter(Q(end_date=None) | Q(end_date__gte=scope.today))
    last = care.order_by().values("subcontract").annotate(last=Max("end_date")).values("last")
    rows = (
        Subcontract.objects.visible_to(scope)
        .filter(status__in=Subcontract.RUNNING, inactivity_months__isnull=False)
        .exclude(Exists(goes_on))
        .annotate(last_care=Subquery(last))
        .select_related("provider_organisation")
        .order_by("number", "pk")
    )
    for row in rows:
        months = row.inactivity_months
        if months is None or row.start_date > scope.today:
            continue
        last_care: date | None = getattr(row, "last_care", None)
        since = last_care + timedelta(days=1) if last_care else row.start_date
        yield WithoutCare(row, since, add_months(since, months))
