"""What is paid late: the rates that hold, the term of a party, and payments after their term."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Prefetch

from billing.models import Adjustment, InterestRate, PaymentTerm
from billing.models.adjustments import AdjustmentQuerySet
from billing.models.payments import PaymentQuerySet
from billing.rules.late import LEGAL_DAYS, Rates
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Subcontract, Subcontractor


def rates() -> Rates:
    """The statutory interest for trade, oldest first: national figures, so of everybody."""
    rows = InterestRate.objects.order_by("start_date")
    return tuple(rows.values_list("start_date", "percent"))


def term_days(subcontractor: Subcontractor, day: date) -> int:
    """Calendar days within which a statement of this day is paid: the shortest of its contracts.

    Of contracts that run on the day; where none runs any more, of all of them. Thirty days, which
    the law gives at the most towards a small supplier, where nothing was agreed.
    """
    contracts = Subcontract.objects.filter(subcontractor=subcontractor)
    running = list(contracts.running_on(day).values_list("pk", flat=True))
    keys = running or list(contracts.values_list("pk", flat=True))
    agreed = PaymentTerm.objects.in_force_on_day(day).filter(subcontract__in=keys)
    days = dict(agreed.values_list("subcontract", "days"))
    return min((days.get(key, LEGAL_DAYS) for key in keys), default=LEGAL_DAYS)


def late_payments(rows: PaymentQuerySet, scope: Scope) -> PaymentQuerySet:
    """Those that were made after their term and stand, with the interest that was proposed."""
    related = rows.late().select_related("statement", "provider_organisation")
    return related.prefetch_related(
        Prefetch("adjustments", _proposed(scope), to_attr="interest_rows")
    )


def without_interest(rows: PaymentQuerySet, scope: Scope) -> PaymentQuerySet:
    """Those that were made after their term and stand, and over which nobody proposed interest."""
    over_it = _proposed(scope).filter(payment=OuterRef("pk"))
    return rows.late().exclude(Exists(over_it)).select_related("provider_organisation")


def _proposed(scope: Scope) -> AdjustmentQuerySet:
    return Adjustment.objects.visible_to(scope).standing()
