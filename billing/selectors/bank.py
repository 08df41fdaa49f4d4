"""What the bank said of payments, for lists."""

from __future__ import annotations

from django.db.models import Case, CharField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from billing.models import BankEntry, Payment
from hoofdaannemer.core.scope import Scope


def with_heard(rows: QuerySet[Payment], scope: Scope) -> QuerySet[Payment]:
    """Adds `heard`: the outcome heard last; to who does not read the bank's lines, a failure."""
    entries = BankEntry.objects.visible_to(scope).filter(payment=OuterRef("pk"))
    return rows.annotate(
        heard=Coalesce(
            Subquery(entries.order_by("-pk").values("outcome")[:1]),
            Case(When(failed_at__isnull=False, then=Value(BankEntry.Outcome.RETURNED.value))),
            output_field=CharField(),
        )
    )
