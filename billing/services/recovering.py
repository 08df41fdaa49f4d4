"""The lines of recovery plans on a statement, within the transaction that issues it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from billing.models import Entitlement, RecoveryPlan
from billing.rules import recovery
from billing.rules.recovery import Plan, Taken
from billing.rules.statement import Totals
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Subcontractor

Status = RecoveryPlan.Status
Kind = RecoveryPlan.Kind
_TAKES = Q(statement_lines__kind__in=["set_off", "rest"])
_ASIDE = Q(statement_lines__kind="deferral")


def taken_by(
    subcontractor: Subcontractor,
    month: Month,
    before: Totals,
    entitlements: Sequence[Entitlement],
) -> list[Taken]:
    """What plans put aside and take of a statement that comes to `before` without them."""
    return recovery.taken(_plans(subcontractor, month, before, entitlements), before.balance)


def _plans(
    subcontractor: Subcontractor,
    month: Month,
    before: Totals,
    entitlements: Sequence[Entitlement],
) -> Iterator[Plan]:
    stated = {one.pk for one in entitlements}
    carried = -before.carried_in
    for row in _with_sums(subcontractor):
        aside = ZERO
        is_aside = row.kind == Kind.CLAIM or row.aside > 0  # type: ignore[attr-defined]
        if not is_aside and row.status != Status.ENDED:
            if row.kind == Kind.BALANCE and row.total <= carried:
                aside = row.total
                carried -= aside
            elif row.settlement and row.settlement.entitlement_id in stated:
                aside = row.total
        is_aside = is_aside or aside > 0
        yield Plan(
            key=row.pk,
            total=row.total,
            taken=row.taken,  # type: ignore[attr-defined]
            monthly=row.monthly,
            leaves=row.leaves,
            aside=aside,
            may_take=is_aside and row.status == Status.RUNNING and row.first_month <= month.first,
            has_ended=is_aside and row.status == Status.ENDED,
        )


def finish(scope: Scope, subcontractor: Subcontractor) -> None:
    """Close the plans that are paid back."""
    for row in _with_sums(subcontractor):
        if row.taken == row.total:  # type: ignore[attr-defined]
            row.status = Status.FINISHED
            row.save(update_fields=["status"])
            audit.record(scope, "recovery_plan.finished", row, amount=str(row.total))


def _with_sums(subcontractor: Subcontractor) -> list[RecoveryPlan]:
    """Plans in force in their order; `taken` and `aside` are sums of their statement lines."""
    nothing = Decimal(0)
    return list(
        RecoveryPlan.objects.light()
        .in_force()
        .filter(subcontractor=subcontractor)
        .select_related("settlement")
        .defer("settlement__signed_file")
        .annotate(
            taken=Coalesce(Sum("statement_lines__amount", filter=_TAKES), nothing),
            aside=Coalesce(Sum("statement_lines__amount", filter=_ASIDE), nothing),
        )
        .order_by("pk")
    )
