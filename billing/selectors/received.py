"""How far invoices came: what waits, was accepted, and was paid; and what a controller must do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from billing.models import Entitlement, InvoiceLine, Payment, ReceivedInvoice, Statement
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.scope import Scope

#: Calendar days before its last day from which an invoice that was not paid is shown.
NEAR_DAYS: Final = 7
#: Rows of a kind on the work list.
MOST: Final = 20
_State = InvoiceLine.State


def _unpaid() -> QuerySet[InvoiceLine]:
    """Accepted care of an outer invoice that no payment stands for yet."""
    paid = Payment.objects.standing().filter(
        statement__lines__entitlement__invoice_line=OuterRef("pk")
    )
    rows = InvoiceLine.objects.standing().filter(invoice=OuterRef("pk"))
    return rows.exclude(Exists(paid))


def with_progress(rows: QuerySet[ReceivedInvoice]) -> QuerySet[Any]:
    """With `waits` and `accepted_lines` (numbers), `accepted` (euros) and `is_unpaid`."""
    signed = Case(When(lines__is_credit=True, then=-F("lines__amount")), default=F("lines__amount"))
    accepted = Q(lines__state=_State.ACCEPTED)
    return rows.annotate(
        waits=Count("lines", filter=Q(lines__state=_State.WAITING)),
        accepted_lines=Count("lines", filter=accepted),
        accepted=Coalesce(Sum(signed, filter=accepted), Value(ZERO)),
        is_unpaid=Exists(_unpaid()),
    )


def waiting(scope: Scope) -> QuerySet[ReceivedInvoice]:
    """Invoices about which a person decides, the nearest term first."""
    rows = ReceivedInvoice.objects.visible_to(scope).light().waiting()
    return rows.select_related("subcontractor__provider_organisation").order_by("due_date", "pk")


def near_their_term(scope: Scope) -> QuerySet[ReceivedInvoice]:
    """Invoices with accepted care that is not paid, of which the term is near or has passed."""
    rows = ReceivedInvoice.objects.visible_to(scope).light()
    return (
        rows.filter(
            Exists(_unpaid()),
            kind=ReceivedInvoice.Kind.INVOICE,
            due_date__lte=scope.today + timedelta(days=NEAR_DAYS),
        )
        .select_related("subcontractor__provider_organisation")
        .order_by("due_date", "pk")
    )


def to_state(scope: Scope, subcontractor_id: int) -> Decimal:
    """Euros of a party's invoices that were accepted and stand on no statement yet."""
    rows = Entitlement.objects.visible_to(scope).without_statement()
    found = rows.filter(subcontractor=subcontractor_id, form=Entitlement.INVOICE).order_by()
    return found.aggregate(total=Sum("amount"))["total"] or ZERO


@dataclass(frozen=True)
class Used:
    """What is gone of an indication: units and euros of what stands."""

    quantity: Decimal
    amount: Decimal


def used_of(scope: Scope, indication_id: int) -> Used:
    """For who reads money."""
    rows = InvoiceLine.objects.visible_to(scope).standing().filter(indication=indication_id)
    found = rows.order_by().aggregate(
        quantity=Sum(F("quantity") - F("credited_quantity")),
        amount=Sum(F("amount") - F("credited_amount")),
    )
    return Used(found["quantity"] or Decimal(0), found["amount"] or ZERO)


@dataclass(frozen=True)
class Paid:
    """A statement on which lines of an invoice stand, and the day of its payment, if any."""

    number: str
    url: str
    pay_date: date | None
    paid_on: date | None


def payments_of(scope: Scope, invoice: ReceivedInvoice) -> Iterator[Paid]:
    """The statements of an invoice, in order."""
    rows = Statement.objects.visible_to(scope).light()
    own = rows.filter(lines__entitlement__invoice_line__invoice=invoice).distinct()
    for row in own.prefetch_related("payments").order_by("month", "pk"):
        days = [one.execution_date for one in row.payments.all() if one.failed_at is None]
        yield Paid(row.number, row.get_absolute_url(), row.pay_date, days[0] if days else None)
