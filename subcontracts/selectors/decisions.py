"""Formal decisions about an allocation or a request, their history, and what is due soon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.scope import CARE, Scope
from subcontracts.models import Allocation, CareRequest, FormalDecision, Objection
from subcontracts.worklist import WorkItem

KIND: Final = gettext_lazy("Objections to be decided")
#: An objection stands on the work list from so long before its answer is due.
SOON: Final = timedelta(weeks=2)
MOST: Final = 50
ABOUT: Final = (
    *("client", "allocation__municipality", "version"),
    *("requested_product__request__municipality", "requested_product__product"),
    "requested_change__request__municipality",
)


def about_allocation(scope: Scope, allocation: Allocation) -> QuerySet[Any]:
    """The decisions about an allocation as last recorded, newest first, as lists show them."""
    return listed(scope).filter(allocation=allocation)


def about_request(scope: Scope, request: CareRequest) -> QuerySet[Any]:
    """The decisions about anything that was asked in a request."""
    about = Q(requested_product__request=request) | Q(requested_change__request=request)
    return listed(scope).filter(about)


def listed(scope: Scope) -> QuerySet[Any]:
    """Decisions as last recorded, with what a list shows of the objections to them."""
    rows = FormalDecision.objects.visible_to(scope).standing()
    return with_objections(scope, rows.select_related(*ABOUT))


def with_objections(scope: Scope, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Decisions with `is_disputed`, `last_outcome` of an objection and when one is `due`."""
    mine = Objection.objects.visible_to(scope).standing().filter(decision=OuterRef("pk"))
    waiting = mine.open().order_by("due_date")
    settled = mine.exclude(outcome="").order_by("-outcome_date", "-pk")
    found: QuerySet[Any] = rows.annotate(
        is_disputed=Exists(waiting),
        due=Subquery(waiting.values("due_date")[:1]),
        last_outcome=Subquery(settled.values("outcome")[:1]),
    )
    return found


def recordings(scope: Scope, decision: FormalDecision) -> list[FormalDecision]:
    """How a decision was recorded over time, the given row first and then backward."""
    found = [decision]
    rows = FormalDecision.objects.visible_to(scope).select_related("recorded_by")
    while (before := found[-1].replaces_id) is not None:
        found.append(rows.get(pk=before))
    return found


def as_it_stands(scope: Scope, decision: FormalDecision) -> FormalDecision:
    """The row that stands for a decision, which may be another by now."""
    rows = FormalDecision.objects.visible_to(scope)
    while (after := rows.filter(replaces=decision).first()) is not None:
        decision = after
    return decision


def follower(scope: Scope, decision: FormalDecision) -> FormalDecision | None:
    """The decision that followed it, as it stands; it may name an earlier recording."""
    rows = FormalDecision.objects.visible_to(scope).standing()
    return rows.filter(follows__in=recordings(scope, decision)).first()


def is_followed(scope: Scope, decision: FormalDecision) -> bool:
    """Whether a new decision followed."""
    return follower(scope, decision) is not None


def items(scope: Scope) -> Iterator[WorkItem]:
    """Objections whose answer is due within two weeks, or late: what a coordinator asks after."""
    if scope.role not in CARE:
        return
    rows = Objection.objects.visible_to(scope).open().filter(client__is_sealed=False)
    near = rows.filter(due_date__lte=scope.today + SOON).order_by("due_date", "pk")
    of_decision = [f"decision__{name}" for name in ABOUT]
    for row in near.select_related("client", *of_decision)[:MOST]:
        yield WorkItem(
            kind=KIND,
            text=f"{row.client} · {row.decision.municipality}",
            url=reverse("decision_detail", args=[row.decision_id]),
            verb=_("Record outcome"),
            due=row.due_date,
            detail=_("objection of %(day)s") % {"day": f"{row.received_date:%d-%m-%Y}"},
        )
