"""What waits to be paid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import (
    Payment,
    PaymentRun,
    Statement,
)
from billing.selectors import received
from billing.selectors.late_payments import without_interest
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.scope import Scope
from subcontracts.worklist import WorkItem

#: Calendar days before the last day of the term from which an unpaid statement is shown.
NEAR_DAYS: Final = 7


def runs(scope: Scope) -> Iterable[WorkItem]:
    """Payment runs that a colleague prepared."""
    prepared = PaymentRun.objects.visible_to(scope).filter(status=PaymentRun.Status.PREPARED)
    for run in prepared.exclude(prepared_by=scope.user_id).defer("file"):
        yield WorkItem(
            kind=_("Payment runs"),
            text=f"{run.number}, {format_euro(run.total)}",
            url=run.get_absolute_url(),
            verb=_("Release the payments"),
            due=run.execution_date,
        )


def invoices(scope: Scope) -> Iterable[WorkItem]:
    """Invoices about which somebody decides, and those that must be paid soon."""
    for row in received.waiting(scope)[: received.MOST]:
        yield WorkItem(
            kind=_("Invoices"),
            text=_("%(number)s of %(name)s waits for a decision")
            % {"number": row, "name": row.subcontractor},
            url=row.get_absolute_url(),
            verb=_("Judge the invoice"),
            due=row.due_date,
        )
    for row in received.near_their_term(scope)[: received.MOST]:
        yield WorkItem(
            kind=_("Invoices"),
            text=_("%(number)s of %(name)s was accepted and not paid yet")
            % {"number": row, "name": row.subcontractor},
            url=row.get_absolute_url(),
            verb=_("Pay the invoice"),
            due=row.due_date,
        )


def unpaid(scope: Scope) -> Iterable[WorkItem]:
    """Statements whose last day is near or has passed, and that were not paid."""
    near = scope.today + timedelta(days=NEAR_DAYS)
    rows = Statement.objects.visible_to(scope).light().due_by(near).filter(payable__gt=0)
    paid = Payment.objects.standing().filter(statement=OuterRef("pk"))
    for row in rows.exclude(Exists(paid)).select_related("provider_organisation")[:20]:
        yield WorkItem(
            kind=_("Payments"),
            text=_("%(name)s was not paid %(amount)s yet")
            % {"name": row.provider_organisation.name, "amount": format_euro(row.payable)},
            url=row.get_absolute_url(),
            verb=_("Pay the statement"),
            due=row.last_day,
        )


def interest(scope: Scope) -> Iterable[WorkItem]:
    """Payments after their term over which nobody proposed interest yet."""
    for row in without_interest(Payment.objects.visible_to(scope), scope)[: received.MOST]:
        yield WorkItem(
            kind=_("Payments"),
            text=_("%(name)s was paid %(amount)s after its term")
            % {"name": row.provider_organisation.name, "amount": format_euro(row.amount)},
            url=reverse("payment_interest", args=[row.pk]),
            verb=_("Propose the interest"),
        )
