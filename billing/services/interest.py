"""Interest over what was paid late: proposed by one controller, accepted by another, posted.

Rates are national figures that whoever runs the installation records each half-year.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from billing import policies
from billing.models import Adjustment, InterestRate, Payment
from billing.rules import explain, late
from billing.rules.explain import Explanation
from billing.rules.late import Lateness
from billing.selectors.late_payments import rates
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.locks import lock_text
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_nl


@transaction.atomic
def record_rate(*, scope: Scope, start: date, percent: Decimal, source: str) -> InterestRate:
    """Record the rate of a half-year, for all main contractors.

    Raises NotAllowedError for anybody but the system, RuleError BIL-245 for a day on which no
    half-year begins or a rate of nothing, BIL-246 for a half-year of which the rate is known.
    """
    if not scope.is_system:
        raise NotAllowedError(_("Whoever runs the installation records the statutory interest."))
    if start != late.half_year(start) or not 0 < percent < 100:
        raise RuleError(
            "BIL-245",
            _("A rate begins on 1 January or 1 July, and is a percentage above zero."),
        )
    if InterestRate.objects.filter(start_date=start).exists():
        raise RuleError("BIL-246", _("The rate of this half-year is known, and stays."))
    made = InterestRate.objects.create(
        start_date=start, percent=percent, source=source, recorded_at=scope.at
    )
    audit.record(scope, "interest_rate.recorded", made, start=str(start), percent=str(percent))
    return made


@transaction.atomic
def propose(*, scope: Scope, payment: Payment) -> Adjustment:
    """Propose the interest over a late payment, without what an earlier payment of the same
    statement brought, which then came back. Once a payment.

    Raises NotAllowedError for anybody but a controller, RuleError PAY-23 where a rate is not known
    yet, PAY-24 for a payment in time, one that came back, or over which nothing is left to post.
    """
    policies.check_can_prepare(scope, payment.main_contractor_id)
    # A payment is never changed here and so never locked; two who propose wait for each other.
    lock_text(f"interest:{payment.statement_id}")
    rows = Payment.objects.visible_to(scope).select_related("statement")
    payment = rows.defer("statement__pdf", "statement__document").get(pk=payment.pk)
    found = _late(payment)
    before = _posted(scope, payment)
    amount = found.interest - before
    if amount <= 0:
        raise RuleError("PAY-24", _("Nothing is left to post over this payment."))
    why = _why(payment, found, before, amount)
    made = Adjustment.objects.create(
        main_contractor_id=payment.main_contractor_id,
        provider_organisation_id=payment.provider_organisation_id,
        subcontractor_id=payment.statement.subcontractor_id,
        kind=Adjustment.Kind.INTEREST,
        payment=payment,
        month=payment.statement.month,
        amount=amount,
        explanation=why.as_dict(),
        proposed_by_id=scope.user_id,
        proposed_at=scope.at,
    )
    audit.record(scope, "adjustment.proposed", made, amount=str(amount))
    return made


def _late(payment: Payment) -> Lateness:
    last, known = payment.statement.last_day, rates()
    found = late.lateness(payment.amount, last, payment.execution_date, known)
    if payment.failed_at or found is None:
        raise RuleError("PAY-24", _("This payment was in time, or came back. Nothing is due."))
    if lacking := late.unknown(last, payment.execution_date, known):
        raise RuleError(
            "PAY-23",
            _(
                "The statutory interest from %(day)s on is not known here. Ask whoever runs the"
                " installation to record it."
            )
            % {"day": date_nl(lacking)},
        )
    return found


def _posted(scope: Scope, payment: Payment) -> Decimal:
    """What was proposed or accepted over this statement before. Raises RuleError PAY-24 where it
    was over this payment."""
    rows = Adjustment.objects.visible_to(scope).standing()
    if rows.filter(payment=payment).exists():
        raise RuleError("PAY-24", _("Interest over this payment was proposed before."))
    same = rows.filter(payment__statement=payment.statement_id)
    total: Decimal | None = same.aggregate(total=Sum("amount"))["total"]
    return total or ZERO


def _why(payment: Payment, found: Lateness, before: Decimal, amount: Decimal) -> Explanation:
    inputs = (
        explain.text("statement", payment.statement.number),
        explain.euro("total", payment.amount),
        explain.day("until", payment.statement.last_day),
        explain.day("paid", payment.execution_date),
        explain.number("days", found.days),
    )
    if not before:
        return Explanation("adjustment.interest", inputs, amount)
    return Explanation(
        "adjustment.interest_rest", (*inputs, explain.euro("before", before)), amount
    )
