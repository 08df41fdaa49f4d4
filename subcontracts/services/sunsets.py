"""Funding for a time only: what follows on it, its evaluation, and the line that goes on.

All of it is the contract manager's work (NotAllowedError for anybody else).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import FundingLine, FundingSunset
from subcontracts.services import contract_life, contracts
from subcontracts.services.contracts import LineTerms, check_not_on_offer, owners_of

_FollowUp = FundingSunset.FollowUp


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What follows: a line of `next_form`, an evaluation by somebody before a day, or nothing."""

    follow_up: str
    next_form: str = ""
    evaluate_by: date | None = None
    evaluator: str = ""


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """What an evaluation concluded, and when; `next_form` empty: nothing follows."""

    evaluated_on: date
    conclusion: str
    next_form: str = ""


@transaction.atomic
def plan(*, scope: Scope, line: FundingLine, plan: Plan) -> FundingSunset:
    """Record that a line is temporary and what follows, or something else than before.

    Raises RuleError CON-27 while the contract is on offer or signed, CON-160 for a line without a
    last day, CON-161 where the next form, or who evaluates before the line's last day, is missing;
    ConflictError once the next line was made or the evaluation was held.
    """
    line = _locked(scope, line)
    check_not_on_offer(line.subcontract)
    if line.end_date is None:
        raise RuleError("CON-160", _("Funding for a time only has a last day. Give the line one."))
    _check_plan(line.end_date, plan)
    known = FundingSunset.objects.filter(line=line).first()
    if known is not None and (known.next_line_id or known.evaluated_on):
        raise ConflictError(_("What follows was dealt with already. Reload the page."))
    row, _created = FundingSunset.objects.update_or_create(
        line=line,
        defaults={
            **owners_of(line.subcontract),
            "subcontract": line.subcontract,
            **_whole(plan),
            "recorded_by_id": scope.user_id or None,
            "recorded_at": scope.at,
        },
    )
    audit.record(scope, "funding_sunset.planned", row, follow_up=plan.follow_up)
    return row


def _check_plan(end: date, plan: Plan) -> None:
    if plan.follow_up == _FollowUp.LINE and not plan.next_form:
        raise RuleError("CON-161", _("Choose in which form it goes on."))
    if plan.follow_up != _FollowUp.EVALUATION:
        return
    if plan.evaluate_by is None or not plan.evaluator.strip():
        raise RuleError("CON-161", _("Fill in who evaluates, and before which day."))
    if plan.evaluate_by > end:
        raise RuleError("CON-161", _("Evaluate it before the last day of the line."))


def _whole(plan: Plan) -> dict[str, object]:
    """Without what belongs to another choice."""
    is_evaluated = plan.follow_up == _FollowUp.EVALUATION
    return asdict(plan) | {
        "next_form": plan.next_form if plan.follow_up == _FollowUp.LINE else "",
        "evaluate_by": plan.evaluate_by if is_evaluated else None,
        "evaluator": plan.evaluator.strip() if is_evaluated else "",
    }


@transaction.atomic
def evaluate(*, scope: Scope, sunset: FundingSunset, found: Evaluated) -> FundingSunset:
    """Record what the evaluation concluded: the form in which it goes on, or that it ends.

    Raises RuleError CON-162 without a conclusion or for a day to come, ConflictError where no
    evaluation is awaited.
    """
    line = _locked(scope, sunset.line)
    check_not_on_offer(line.subcontract)
    row = _locked_sunset(sunset)
    if row.follow_up != _FollowUp.EVALUATION:
        raise ConflictError(_("No evaluation is awaited here now. Reload the page."))
    if not found.conclusion.strip() or found.evaluated_on > scope.today:
        raise RuleError("CON-162", _("Fill in the conclusion, and a day that has passed."))
    row.follow_up = _FollowUp.LINE if found.next_form else _FollowUp.ENDS
    row.next_form = found.next_form
    row.evaluated_on, row.conclusion = found.evaluated_on, found.conclusion.strip()
    row.save(update_fields=["follow_up", "next_form", "evaluated_on", "conclusion"])
    audit.record(scope, "funding_sunset.evaluated", row, next_form=found.next_form)
    return row


@transaction.atomic
def go_on(*, scope: Scope, sunset: FundingSunset, terms: LineTerms) -> FundingLine:
    """Make the line that follows, from the day after on.

    Raises RuleError CON-163 for another form or first day than was planned, ConflictError where no
    line is to follow, and as `contracts.add_funding_line`.
    """
    line = _locked(scope, sunset.line)
    row = _locked_sunset(sunset)
    if row.follow_up != _FollowUp.LINE or row.next_line_id is not None:
        raise ConflictError(_("No line is to follow here now. Reload the page."))
    if terms.form != row.next_form or terms.period.start != day_after(line):
        raise RuleError(
            "CON-163", _("The next line begins on the day after, in the form that was planned.")
        )
    row.next_line = contracts.add_funding_line(
        scope=scope, subcontract=line.subcontract, line=terms
    )
    row.save(update_fields=["next_line"])
    audit.record(scope, "funding_sunset.followed", row, line=row.next_line.pk)
    return row.next_line


def day_after(line: FundingLine) -> date | None:
    """The first day of what follows on a line."""
    return line.end_date + timedelta(days=1) if line.end_date else None


def _locked(scope: Scope, line: FundingLine) -> FundingLine:
    contract = contract_life.locked(scope, line.subcontract)
    policies.check_can_manage_contracts(scope, contract.main_contractor_id)
    rows = FundingLine.objects.visible_to(scope).select_related("subcontract__municipal_contract")
    return rows.select_for_update(of=("self",)).get(pk=line.pk)


def _locked_sunset(sunset: FundingSunset) -> FundingSunset:
    return FundingSunset.objects.select_for_update(of=("self",)).get(pk=sunset.pk)
