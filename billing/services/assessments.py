"""Outcomes that a controller establishes, and what they entitle to: bonuses, settled subsidies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from billing import policies
from billing.forms import bonus, fixed, subsidy
from billing.forms.base import decimal
from billing.models import Assessment, Entitlement
from billing.models.entitlements import EntitlementQuerySet
from billing.rules import explain
from billing.rules import subsidy as subsidy_rules
from billing.rules.explain import Explanation
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from subcontracts.models import FundingLine, Subcontract, Subcontractor

#: Forms of which a part waits for an outcome.
ASSESSED: Final = frozenset({bonus.CODE, subsidy.CODE})


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was established: euros, on which day, and why."""

    amount: Decimal
    day: date
    reason: str


@transaction.atomic
def record(*, scope: Scope, funding_line: FundingLine, outcome: Outcome) -> Assessment:
    """Record an outcome with its entitlement; it takes the place of an earlier one of the line.

    The entitlement is about the month of the day and comes on the next statement. Raises RuleError
    BIL-82 for a line of which nothing is established or whose contract has not begun, BIL-83 for a
    day that is still to come or before the line began, BIL-84 for an amount below zero or above
    what a bonus is at the most, BIL-85 without a reason, BIL-86 for a subsidy that still runs or of
    which an instalment is not on a statement, BIL-231 for a bonus that waits for a verdict.
    """
    line = _locked(scope, funding_line)
    policies.check_can_assess(scope, line.main_contractor_id)
    _check(scope, line, outcome)
    before = Assessment.objects.standing().filter(funding_line=line).first()
    if before:
        _take_back(scope, line, before)
    times = Assessment.objects.filter(funding_line=line).count()
    entitlement = Entitlement.objects.create(
        **_of(scope, line),
        month=Month.of(outcome.day).first,
        reference=f"{outcome.day.isoformat()}:{times + 1}",
        **_why(_explained(line, outcome)),
    )
    assessment = Assessment.objects.create(
        main_contractor_id=line.main_contractor_id,
        provider_organisation_id=line.provider_organisation_id,
        funding_line=line,
        amount=outcome.amount,
        day=outcome.day,
        reason=outcome.reason.strip(),
        entitlement=entitlement,
        replaces=before,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    audit.record(scope, "assessment.recorded", assessment, amount=str(outcome.amount))
    return assessment


def _locked(scope: Scope, line: FundingLine) -> FundingLine:
    """The line; its subcontractor is locked, as when a month is closed."""
    row = FundingLine.objects.visible_to(scope).select_related("subcontract").get(pk=line.pk)
    Subcontractor.objects.select_for_update(of=("self",)).get(pk=row.subcontract.subcontractor_id)
    return row


def _check(scope: Scope, line: FundingLine, outcome: Outcome) -> None:
    if line.form not in ASSESSED or line.subcontract.status in Subcontract.NOT_BEGUN:
        raise RuleError("BIL-82", _("Nothing is established of this line, or not yet."))
    if bonus.waits_for_verdict(line):
        raise RuleError("BIL-231", _("This bonus waits for its verdict. Judge it under “Results”."))
    if not line.start_date <= outcome.day <= scope.today:
        raise RuleError(
            "BIL-83", _("Fill in a day from the start of the line up to and including today.")
        )
    is_bonus = line.form == bonus.CODE
    if outcome.amount < 0 or (is_bonus and outcome.amount > decimal(line.parameters, "amount")):
        raise RuleError("BIL-84", _("The amount lies between nothing and what was agreed."))
    if not outcome.reason.strip():
        raise RuleError("BIL-85", _("Say why it is so much."))
    if not is_bonus:
        _check_paid(scope, line)


def _check_paid(scope: Scope, line: FundingLine) -> None:
    if line.end_date is None or line.end_date >= scope.today:
        raise RuleError("BIL-86", _("A subsidy is settled after its last day."))
    months = fixed.in_force(line).months()
    last = [month for month in months if subsidy.month_entry(line, month)][-1]
    if not _instalments(line).filter(month=last.first).exists():
        raise RuleError(
            "BIL-86", _("Not every instalment is on a statement. Close the months first.")
        )


def _instalments(line: FundingLine) -> EntitlementQuerySet:
    return Entitlement.objects.filter(funding_line=line, assessment=None, corrects__assessment=None)


def _explained(line: FundingLine, outcome: Outcome) -> Explanation:
    agreed = decimal(line.parameters, "amount")
    if line.form == subsidy.CODE:
        paid = _instalments(line).aggregate(paid=Sum("amount"))["paid"] or ZERO
        return subsidy_rules.settle(agreed, outcome.amount, paid)
    inputs = (explain.day("day", outcome.day), explain.euro("most", agreed))
    return Explanation("bonus.granted", inputs, outcome.amount)


def _take_back(scope: Scope, line: FundingLine, before: Assessment) -> None:
    known = before.entitlement
    why = Explanation(
        "recorded.taken_back", (explain.text("line", known.reference),), -known.amount
    )
    Entitlement.objects.create(
        **_of(scope, line),
        month=known.month,
        reference=f"{known.reference}:-",
        corrects=known,
        **_why(why),
    )


def _of(scope: Scope, line: FundingLine) -> dict[str, object]:
    return {
        "main_contractor_id": line.main_contractor_id,
        "provider_organisation_id": line.provider_organisation_id,
        "subcontractor_id": line.subcontract.subcontractor_id,
        "funding_line": line,
        "form": line.form,
        "recorded_at": scope.at,
    }


def _why(why: Explanation) -> dict[str, object]:
    return {"amount": why.amount, "explanation": why.as_dict()}
