"""What a page of settlements shows: the years there are, and lines with what became of them."""

from __future__ import annotations

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from billing.models import Settlement
from billing.selectors.closing import first_closed_seen
from billing.selectors.settling import settled_by_year
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from subcontracts.models.contracts import FundingLineQuerySet


def years(scope: Scope) -> list[int]:
    """The years in which something was closed, the newest first; this year at the least."""
    first = first_closed_seen(scope)
    begin = first.year if first else scope.today.year
    return list(range(scope.today.year, begin - 1, -1))


def usual_year(scope: Scope) -> int:
    """The year that is being settled: the last one, where anything was closed in it."""
    last = scope.today.year - 1
    return last if last in years(scope) else scope.today.year


def lines_of(scope: Scope, year: int) -> FundingLineQuerySet:
    """Lines that are settled by year with their newest settlement of it, as `settled_…`.

    A draft is worked on: who is not of the main contractor sees that it is one, and no figures.
    """
    newest = Settlement.objects.visible_to(scope).filter(funding_line=OuterRef("pk"), year=year)
    newest = newest.order_by("-number")
    told = newest
    if scope.role in SUBCONTRACTOR:
        told = newest.exclude(state=Settlement.State.DRAFT)
    return settled_by_year(scope, year).annotate(
        settled_pk=Subquery(newest.values("pk")[:1]),
        settled_state=Coalesce(Subquery(newest.values("state")[:1]), Value("none")),
        settled_outcome=Subquery(told.values("outcome")[:1]),
        settled_amount=Subquery(told.values("amount")[:1]),
    )
