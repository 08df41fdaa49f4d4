"""What waits to be paid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.models import (
    Payment,
    PaymentRun,
    Statement,
)
from billing.rules.late import LEGAL_DAYS, last_day
from billing.selectors import received
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.scope import Scope
from subcontracts.worklist import WorkItem

#: Calendar days before the last day by law from which an unpaid statement is shown.
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
    """Statements whose last day by law is near or has passed, and that were not paid."""
    near = scope.at - timedelta(days=LEGAL_DAYS - NEAR_DAYS)
    rows = Statement.objects.visible_to(scope).light().filter(payable__gt=0, issued_at__lte=near)
    paid = Payment.objects.standing().filter(statement=OuterRef("pk"))
    for row in rows.exclude(Exists(paid)).select_related("provider_organisation")[:20]:
        yield WorkItem(
            kind=_("Payments"),
            text=_("%(name)s was not paid %(amount)s yet")
            % {"name": row.provider_organisation.name, "amount": format_euro(row.payable)},
            url=row.get_absolute_url(),
            verb=_("Pay the statement"),
            due=last_day(timezone.localdate(row.issued_at)),
        )
