"""Options to extend a municipal contract, and reports that it asks for.

All of it is the contract manager's work (NotAllowedError for anybody else).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import (
    ContractOption,
    MunicipalContract,
    ReportHandedIn,
    ReportingDuty,
)
from subcontracts.rules import reporting
from subcontracts.rules.options import extended
from subcontracts.selectors.upward_dates import rule_of
from subcontracts.services.upward_terms import locked

_Outcome = ContractOption.Outcome


@dataclass(frozen=True, kw_only=True)
class DutyFacts:
    """What is reported, when, and for whom; days are counted from the end of a period."""

    name: str
    kind: str
    rhythm: str
    start_date: date
    due_days: int = 0
    due_in: str = ReportingDuty.DueIn.CALENDAR_DAYS
    recipient: str = ""
    is_passed_on: bool = False


# Options


@transaction.atomic
def add_option(
    *,
    scope: Scope,
    contract: MunicipalContract,
    months: int,
    announce_by: date,
    decide_by: date | None = None,
    note: str = "",
) -> ContractOption:
    """Record a right to extend, after those that are known already; `decide_by` is our own day.

    Raises RuleError CON-53 for a contract without a last day or an option without months, CON-54
    where it would be announced before the option before it, CON-243 where it would be decided on
    after it must be announced.
    """
    contract = locked(scope, contract)
    if contract.end_date is None or months < 1:
        raise RuleError(
            "CON-53", _("An option adds months to a contract that has a last day. Fill in both.")
        )
    before = contract.options.last()
    if before is not None and announce_by <= before.announce_by:
        raise RuleError(
            "CON-54", _("An option is announced later than the one before it. Change the day.")
        )
    if decide_by is not None and decide_by > announce_by:
        raise RuleError("CON-243", _("Decide on it before it must be announced. Change the day."))
    row = ContractOption.objects.create(
        main_contractor_id=contract.main_contractor_id,
        contract=contract,
        position=before.position + 1 if before else 1,
        months=months,
        announce_by=announce_by,
        decide_by=decide_by,
        note=note,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    audit.record(scope, "contract_option.added", row, months=months, contract=contract.pk)
    return row


@transaction.atomic
def decide_option(
    *, scope: Scope, option: ContractOption, outcome: str, decided_on: date, note: str = ""
) -> ContractOption:
    """Record whether an option was taken. Taken, it moves the last day of the contract.

    Raises ConflictError where it was decided, RuleError CON-54 while an earlier one is open or was
    not taken, CON-55 for a day to come.
    """
    contract = locked(scope, option.contract)
    option = ContractOption.objects.select_for_update().get(pk=option.pk)
    if option.outcome:
        raise ConflictError(_("This option was decided already. Reload the page."))
    earlier = contract.options.filter(position__lt=option.position)
    if outcome == _Outcome.TAKEN and earlier.exclude(outcome=_Outcome.TAKEN).exists():
        raise RuleError(
            "CON-54", _("Options are taken in their order. Decide on the earlier one first.")
        )
    if decided_on > scope.today:
        raise RuleError("CON-55", _("Choose today or a day that has passed."))
    option.outcome = outcome
    option.decided_on = decided_on
    option.note = note or option.note
    if outcome == _Outcome.TAKEN and contract.end_date is not None:
        option.end_before = contract.end_date
        option.end_after = contract.end_date = extended(contract.end_date, option.months)
        contract.save(update_fields=["end_date"])
    option.save(update_fields=["outcome", "decided_on", "note", "end_before", "end_after"])
    audit.record(
        scope,
        "contract_option.used" if outcome == _Outcome.TAKEN else "contract_option.not_used",
        option,
        contract=contract.pk,
        end=contract.end_date.isoformat() if contract.end_date else None,
    )
    return option


# Reports


@transaction.atomic
def add_duty(*, scope: Scope, contract: MunicipalContract, facts: DutyFacts) -> ReportingDuty:
    """Record a report that the municipality asks for, from its first period on.

    Raises RuleError CON-57 where no period begins while the contract runs.
    """
    contract = locked(scope, contract)
    if contract.end_date is not None and facts.start_date > contract.end_date:
        raise RuleError("CON-57", _("The first period begins while the contract runs."))
    row = ReportingDuty.objects.create(
        main_contractor_id=contract.main_contractor_id,
        contract=contract,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
        **asdict(facts),
    )
    audit.record(scope, "reporting_duty.added", row, rhythm=facts.rhythm, contract=contract.pk)
    return row


@transaction.atomic
def end_duty(*, scope: Scope, duty: ReportingDuty, end_date: date) -> ReportingDuty:
    """Ask for no period any more that begins after a day.

    Raises RuleError CON-57 for a day before the first period.
    """
    duty = _locked_duty(scope, duty)
    if end_date < duty.start_date:
        raise RuleError("CON-57", _("This day lies before the first period."))
    duty.end_date = end_date
    duty.save(update_fields=["end_date"])
    audit.record(scope, "reporting_duty.ended", duty, end=end_date.isoformat())
    return duty


@transaction.atomic
def hand_in(
    *,
    scope: Scope,
    duty: ReportingDuty,
    period_start: date,
    handed_in_on: date,
    note: str = "",
) -> ReportHandedIn:
    """Record that the report of a period was handed in.

    Raises RuleError CON-55 for a day to come, CON-58 for a period that the duty does not have,
    ConflictError where it was recorded already.
    """
    duty = _locked_duty(scope, duty)
    if handed_in_on > scope.today:
        raise RuleError("CON-55", _("Choose today or a day that has passed."))
    if not _is_period(duty, period_start):
        raise RuleError("CON-58", _("No period of this report begins on that day."))
    if duty.handed_in.filter(period_start=period_start).exists():
        raise ConflictError(_("This report was recorded already. Reload the page."))
    row = ReportHandedIn.objects.create(
        main_contractor_id=duty.main_contractor_id,
        duty=duty,
        period_start=period_start,
        handed_in_on=handed_in_on,
        note=note,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    audit.record(scope, "reporting_duty.handed_in", duty, period=period_start.isoformat())
    return row


def _is_period(duty: ReportingDuty, start: date) -> bool:
    """Whether a period begins on a day; what is told on request may be about any."""
    rule = rule_of(duty)
    if rule.rhythm is reporting.Rhythm.ON_REQUEST:
        return start >= rule.first
    for period in reporting.periods(rule):
        if period.start >= start:
            return period.start == start
    return False


def _locked_duty(scope: Scope, duty: ReportingDuty) -> ReportingDuty:
    policies.check_can_manage_contracts(scope, duty.main_contractor_id)
    rows = ReportingDuty.objects.visible_to(scope).select_for_update(of=("self",))
    return rows.select_related("contract").get(pk=duty.pk)
