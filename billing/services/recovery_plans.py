"""Recovery plans: proposed by a controller, agreed upon by the subcontractor, paused and ended."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from billing import policies
from billing.models import RecoveryPlan, Settlement, Statement
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.money import ZERO, format_euro
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Subcontractor

#: Bytes of a signed file.
MOST_BYTES: Final = 10 * 1024 * 1024
_PDF: Final = b"%PDF-"
Status = RecoveryPlan.Status
Kind = RecoveryPlan.Kind


@dataclass(frozen=True, kw_only=True)
class PlanTerms:
    """What is owed and how it is paid back, in euros; `leaves` is paid out at the least.

    `settlement` where that is what is owed.
    """

    kind: RecoveryPlan.Kind
    total: Decimal
    monthly: Decimal
    first_month: Month
    ground: str
    leaves: Decimal = ZERO
    settlement: Settlement | None = None


@transaction.atomic
def propose(*, scope: Scope, subcontractor: Subcontractor, terms: PlanTerms) -> RecoveryPlan:
    """Propose a plan to a subcontractor; nothing is taken before it agreed.

    Raises NotAllowedError for anybody but a controller, RuleError BIL-200 for amounts that do not
    fit each other, BIL-201 for more than is owed, BIL-202 for a first month that has its statement,
    BIL-203 without a ground, BIL-204 for an own team.
    """
    policies.check_can_plan_recovery(scope, subcontractor.main_contractor_id)
    party = _locked_party(scope, subcontractor.pk)
    if party.is_own_team:
        raise RuleError("BIL-204", _("An own team is not paid, so nothing is set off."))
    _check(party, terms)
    plan = RecoveryPlan.objects.create(
        main_contractor_id=party.main_contractor_id,
        provider_organisation_id=party.provider_organisation_id,
        subcontractor=party,
        kind=terms.kind,
        settlement=terms.settlement,
        total=terms.total,
        monthly=terms.monthly,
        leaves=terms.leaves,
        first_month=terms.first_month.first,
        ground=terms.ground.strip(),
        proposed_by_id=scope.user_id,
        proposed_at=scope.at,
    )
    _check_owed(plan)
    audit.record(scope, "recovery_plan.proposed", plan, amount=str(plan.total))
    return plan


@transaction.atomic
def agree(*, scope: Scope, plan: RecoveryPlan) -> RecoveryPlan:
    """Agree with a plan, as somebody of the subcontractor.

    Raises NotAllowedError, ConflictError for what is not proposed, RuleError BIL-201 where so much
    is not owed any more.
    """
    policies.check_can_agree_to_plan(scope, plan)
    row = _locked(scope, plan, Status.PROPOSED)
    _check_owed(row)
    row.agreed_by_id, row.agreed_at = scope.user_id, scope.at
    _move(scope, row, Status.RUNNING, "agreed_by", "agreed_at")
    return row


@transaction.atomic
def record_agreement(
    *, scope: Scope, plan: RecoveryPlan, reason: str, signed_file: bytes
) -> RecoveryPlan:
    """Record that the subcontractor agreed on paper, as another controller than who proposed it.

    Raises NotAllowedError, ConflictError and RuleError BIL-201 as `agree` does, BIL-205 without a
    reason or a PDF of at most 10 MB.
    """
    policies.check_can_record_plan(scope, plan)
    row = _locked(scope, plan, Status.PROPOSED)
    if not reason.strip() or not signed_file.startswith(_PDF) or len(signed_file) > MOST_BYTES:
        raise RuleError(
            "BIL-205", _("Say why it was agreed on paper, and add the signed PDF of at most 10 MB.")
        )
    _check_owed(row)
    row.agreed_by_id, row.agreed_at = scope.user_id, scope.at
    row.paper_reason, row.signed_file = reason.strip(), signed_file
    _move(scope, row, Status.RUNNING, "agreed_by", "agreed_at", "paper_reason", "signed_file")
    return row


@transaction.atomic
def refuse(*, scope: Scope, plan: RecoveryPlan, remark: str) -> RecoveryPlan:
    """Refuse a plan, with a reason. Raises as `agree` does, RuleError BIL-203 without words."""
    policies.check_can_agree_to_plan(scope, plan)
    return _remarked(scope, plan, Status.REFUSED, remark, Status.PROPOSED)


@transaction.atomic
def withdraw(*, scope: Scope, plan: RecoveryPlan) -> RecoveryPlan:
    """Take a proposal back. Raises NotAllowedError, ConflictError once it was agreed upon."""
    policies.check_can_plan_recovery(scope, plan.main_contractor_id)
    row = _locked(scope, plan, Status.PROPOSED)
    _move(scope, row, Status.WITHDRAWN)
    return row


@transaction.atomic
def pause(*, scope: Scope, plan: RecoveryPlan, remark: str) -> RecoveryPlan:
    """Take nothing for a while. Raises NotAllowedError, ConflictError, RuleError BIL-203."""
    policies.check_can_plan_recovery(scope, plan.main_contractor_id)
    return _remarked(scope, plan, Status.PAUSED, remark, Status.RUNNING)


@transaction.atomic
def resume(*, scope: Scope, plan: RecoveryPlan) -> RecoveryPlan:
    """Go on with a plan that was paused. Raises NotAllowedError and ConflictError."""
    policies.check_can_plan_recovery(scope, plan.main_contractor_id)
    row = _locked(scope, plan, Status.PAUSED)
    _move(scope, row, Status.RUNNING)
    return row


@transaction.atomic
def end(*, scope: Scope, plan: RecoveryPlan, remark: str) -> RecoveryPlan:
    """End a plan before its time: what is left is owed at once, and carried over from there.

    Raises NotAllowedError, ConflictError and RuleError BIL-203 as `pause` does.
    """
    policies.check_can_plan_recovery(scope, plan.main_contractor_id)
    row = _remarked(scope, plan, Status.ENDED, remark, Status.RUNNING, Status.PAUSED)
    row.ended_at = scope.at
    row.save(update_fields=["ended_at"])
    return row


def owed(
    subcontractor: Subcontractor, kind: str, settlement: Settlement | None, besides: int = 0
) -> Decimal | None:
    """Euros that may come under a new plan; None for a claim, which stands on no statement.

    What is already under a plan that waits for its next statement, other than `besides`, is not
    counted again.
    """
    if kind == Kind.CLAIM:
        return None
    if kind == Kind.SETTLEMENT:
        return _of_settlement(subcontractor, settlement)
    last = (
        Statement.objects.light()
        .filter(subcontractor=subcontractor)
        .order_by("-month")
        .values_list("carried_out", flat=True)
        .first()
    )
    planned = (
        RecoveryPlan.objects.filter(subcontractor=subcontractor, kind=Kind.BALANCE)
        .filter(status__in=[Status.PROPOSED, Status.RUNNING, Status.PAUSED])
        .exclude(pk=besides)
        .exclude(statement_lines__kind="deferral")
        .aggregate(sum=Sum("total"))["sum"]
    )
    return -(last or ZERO) - (planned or ZERO)


def _of_settlement(subcontractor: Subcontractor, settlement: Settlement | None) -> Decimal:
    """What a locked settlement takes back, while no statement has it."""
    if settlement is None or settlement.subcontractor_id != subcontractor.pk:
        return ZERO
    entitlement = settlement.entitlement
    if entitlement is None or entitlement.statement_lines.exists():
        return ZERO
    return max(-entitlement.amount, ZERO)


def _check(party: Subcontractor, terms: PlanTerms) -> None:
    fits = 0 < terms.monthly <= terms.total and terms.leaves >= 0
    if not fits or (terms.kind == Kind.SETTLEMENT) != (terms.settlement is not None):
        raise RuleError(
            "BIL-200", _("Fill in a total, and a part a month of it; of a settlement, which one.")
        )
    if not terms.ground.strip():
        raise RuleError("BIL-203", _("Say why."))
    if Statement.objects.filter(subcontractor=party, month__gte=terms.first_month.first).exists():
        raise RuleError(
            "BIL-202", _("This month has its statement already. Begin with a later one.")
        )


def _check_owed(plan: RecoveryPlan) -> None:
    most = owed(plan.subcontractor, plan.kind, plan.settlement, plan.pk)
    if most is not None and plan.total > most:
        raise RuleError(
            "BIL-201",
            _("No more is owed than %(amount)s that is not under a plan yet.")
            % {"amount": format_euro(max(most, ZERO))},
        )


def _locked_party(scope: Scope, pk: int) -> Subcontractor:
    return Subcontractor.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=pk)


def _locked(scope: Scope, plan: RecoveryPlan, *statuses: str) -> RecoveryPlan:
    # As when a month is closed: no statement is issued meanwhile.
    _locked_party(scope, plan.subcontractor_id)
    row = (
        RecoveryPlan.objects.visible_to(scope)
        .light()
        .select_for_update(of=("self",))
        .select_related("subcontractor", "settlement__entitlement")
        .get(pk=plan.pk)
    )
    if row.status not in statuses:
        raise ConflictError(_("This went on meanwhile. Reload the page."))
    return row


def _remarked(
    scope: Scope, plan: RecoveryPlan, status: Status, remark: str, *before: str
) -> RecoveryPlan:
    row = _locked(scope, plan, *before)
    if not remark.strip():
        raise RuleError("BIL-203", _("Say why."))
    row.remark = remark.strip()
    _move(scope, row, status, "remark")
    return row


def _move(scope: Scope, row: RecoveryPlan, status: Status, *columns: str) -> None:
    if status not in RecoveryPlan.TRANSITIONS[Status(row.status)]:
        raise ValueError(f"{row.status} does not become {status}")
    row.status = status
    row.save(update_fields=["status", *columns])
    audit.record(scope, f"recovery_plan.{status}", row, amount=str(row.total))
