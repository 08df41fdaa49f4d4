"""Disputes about lines of a statement: asked, answered, agreed upon or withdrawn.

Payment goes on meanwhile. What is granted is put right by the entries that do that anyway: a
credit and a new line, a proof that releases a hold, a correction of the contract.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.models import Dispute, DisputeEntry, StatementLine
from billing.models.disputes import Side
from billing.services.statements import objection_ends
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.working_days import add_working_days
from messaging.exchange.services.concluding import lock_text

#: Working days for an answer, and for what is said to it.
ANSWER_DAYS: Final = 10
Status = Dispute.Status
Outcome = DisputeEntry.Outcome


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked; `expected` (euros) is what the line should be, and makes it a dispute."""

    text: str
    expected: Decimal | None = None


@transaction.atomic
def ask(*, scope: Scope, line: StatementLine, asked: Asked) -> Dispute:
    """Ask about a line, or dispute its amount.

    Raises NotAllowedError for anybody but the subcontractor, RuleError BIL-97 for a dispute after
    the days in which one may object, BIL-98 for an amount that the line has already, BIL-99 where
    something about this line is open.
    """
    policies.check_is_provider(scope, line.provider_organisation_id)
    # A line never changes and so is never locked; two who ask at once wait for each other here.
    lock_text(f"dispute:{line.pk}")
    line = StatementLine.objects.visible_to(scope).select_related("statement").get(pk=line.pk)
    _check(scope, line, asked)
    dispute = Dispute.objects.create(
        main_contractor_id=line.main_contractor_id,
        provider_organisation_id=line.provider_organisation_id,
        subcontractor_id=line.statement.subcontractor_id,
        line=line,
        kind=Dispute.Kind.QUESTION if asked.expected is None else Dispute.Kind.DISPUTE,
        expected=asked.expected,
        asked_at=scope.at,
        due_date=_due(scope),
    )
    _say(scope, dispute, Side.SUBCONTRACTOR, asked.text)
    audit.record(scope, "dispute.asked", dispute, kind=dispute.kind)
    return dispute


@transaction.atomic
def answer(*, scope: Scope, dispute: Dispute, outcome: DisputeEntry.Outcome, text: str) -> Dispute:
    """Answer it; then the subcontractor says whether it agrees.

    Raises NotAllowedError for anybody but a controller or contract manager, ConflictError where it
    is not the main contractor's turn, RuleError BIL-100 where a question is granted or refused.
    """
    policies.check_can_answer(scope, dispute)
    dispute = _locked(scope, dispute, Status.ASKED)
    if dispute.kind == Dispute.Kind.QUESTION and outcome == Outcome.STAYS:
        raise RuleError("BIL-100", _("A question is explained, or the amount is corrected."))
    _say(scope, dispute, Side.MAIN, text, outcome)
    _move(dispute, Status.ANSWERED, due_date=_due(scope))
    audit.record(scope, "dispute.answered", dispute, outcome=outcome)
    return dispute


@transaction.atomic
def react(*, scope: Scope, dispute: Dispute, text: str) -> Dispute:
    """Say why one does not agree with the answer; then it is answered again.

    Raises NotAllowedError for anybody but the subcontractor, ConflictError where it was not
    answered.
    """
    policies.check_is_provider(scope, dispute.provider_organisation_id)
    dispute = _locked(scope, dispute, Status.ANSWERED)
    _say(scope, dispute, Side.SUBCONTRACTOR, text)
    _move(dispute, Status.ASKED, due_date=_due(scope))
    audit.record(scope, "dispute.asked", dispute, kind=dispute.kind)
    return dispute


@transaction.atomic
def agree(*, scope: Scope, dispute: Dispute) -> Dispute:
    """Agree with the answer, which ends it. Raises as `react` does."""
    policies.check_is_provider(scope, dispute.provider_organisation_id)
    dispute = _locked(scope, dispute, Status.ANSWERED)
    _move(dispute, Status.AGREED, closed_at=scope.at)
    audit.record(scope, "dispute.agreed", dispute)
    return dispute


@transaction.atomic
def withdraw(*, scope: Scope, dispute: Dispute) -> Dispute:
    """Take it back, answered or not. Raises as `react` does, and ConflictError once it ended."""
    policies.check_is_provider(scope, dispute.provider_organisation_id)
    dispute = _locked(scope, dispute, *Dispute.OPEN)
    _move(dispute, Status.WITHDRAWN, closed_at=scope.at)
    audit.record(scope, "dispute.withdrawn", dispute)
    return dispute


def _check(scope: Scope, line: StatementLine, asked: Asked) -> None:
    if Dispute.objects.open().filter(line=line).exists():
        raise RuleError("BIL-99", _("Something about this line is open. Go on there."))
    if asked.expected is None:
        return
    if scope.today > objection_ends(line.statement):
        raise RuleError(
            "BIL-97",
            _("The days to object to this statement are over. You can still ask a question."),
        )
    if asked.expected == line.amount:
        raise RuleError("BIL-98", _("This is what the line is. Fill in what it should be."))


def _due(scope: Scope) -> date:
    return add_working_days(scope.today, ANSWER_DAYS)


def _locked(scope: Scope, dispute: Dispute, *statuses: str) -> Dispute:
    row = (
        Dispute.objects.visible_to(scope)
        .select_for_update(of=("self",))
        .select_related("line__statement")
        .get(pk=dispute.pk)
    )
    if row.status not in statuses:
        raise ConflictError(_("This went on meanwhile. Reload the page."))
    return row


def _say(scope: Scope, dispute: Dispute, side: Side, text: str, outcome: str = "") -> None:
    DisputeEntry.objects.create(
        main_contractor_id=dispute.main_contractor_id,
        provider_organisation_id=dispute.provider_organisation_id,
        dispute=dispute,
        side=side,
        outcome=outcome,
        text=text,
        author_id=scope.user_id or None,
        recorded_at=scope.at,
    )


def _move(dispute: Dispute, status: Dispute.Status, **changes: object) -> None:
    if status not in Dispute.TRANSITIONS[Status(dispute.status)]:
        raise ValueError(f"{dispute.status} does not become {status}")
    dispute.status = status
    for name, value in changes.items():
        setattr(dispute, name, value)
    dispute.save(update_fields=["status", *changes])
