"""Disputes about lines of a statement: asked, answered, agreed upon or withdrawn.

Payment goes on meanwhile. What is granted leads to a correction of the line once both agree, which
another controller accepts and the next statement posts. Or an entry that is made anyway puts it
right, which the answer then says: a credit and a new line, a proof that releases a hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.models import Adjustment, Dispute, DisputeEntry, StatementLine
from billing.models.disputes import Side
from billing.rules import explain
from billing.rules.explain import Explanation
from billing.services.statements import objection_ends
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.locks import lock_text
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.working_days import add_working_days

#: Working days for an answer, and for what is said to it.
ANSWER_DAYS: Final = 10
#: What an amount may correct: a hold is released, and a part of a plan is not owed otherwise.
CORRECTABLE: Final = frozenset(
    {
        StatementLine.Kind.ENTITLEMENT,
        StatementLine.Kind.CORRECTION,
        StatementLine.Kind.ADJUSTMENT,
    }
)
Status = Dispute.Status
Outcome = DisputeEntry.Outcome


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked; `expected` (euros) is what the line should be, and makes it a dispute."""

    text: str
    expected: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the main contractor says; `becomes` (euros) is what a line becomes that is corrected."""

    outcome: DisputeEntry.Outcome
    text: str
    becomes: Decimal | None = None


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
def answer(*, scope: Scope, dispute: Dispute, given: Answer) -> Dispute:
    """Answer it; then the subcontractor says whether it agrees.

    Raises NotAllowedError for anybody but a controller or contract manager, ConflictError where it
    is not the main contractor's turn, RuleError BIL-100 where a question is refused, and as
    `_check_correction` does.
    """
    policies.check_can_answer(scope, dispute)
    dispute = _locked(scope, dispute, Status.ASKED)
    if dispute.kind == Dispute.Kind.QUESTION and given.outcome == Outcome.STAYS:
        raise RuleError("BIL-100", _("A question is explained, or the amount is corrected."))
    if given.outcome == Outcome.CORRECTED:
        _check_correction(scope, dispute.line, given.becomes)
    _say(scope, dispute, Side.MAIN, given.text, given.outcome, given.becomes)
    _move(dispute, Status.ANSWERED, due_date=_due(scope))
    audit.record(scope, "dispute.answered", dispute, outcome=given.outcome)
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
    """Agree with the answer, which ends it; an amount that it names becomes a proposed correction.

    Raises as `react` does.
    """
    policies.check_is_provider(scope, dispute.provider_organisation_id)
    dispute = _locked(scope, dispute, Status.ANSWERED)
    _move(dispute, Status.AGREED, closed_at=scope.at)
    audit.record(scope, "dispute.agreed", dispute)
    said = dispute.entries.filter(side=Side.MAIN).latest("pk")
    if said.becomes is not None:
        _propose(scope, dispute, said, said.becomes)
    return dispute


def _propose(scope: Scope, dispute: Dispute, said: DisputeEntry, becomes: Decimal) -> None:
    """The correction that both agreed upon; who answered is who proposed it."""
    if said.author_id is None:
        raise ValueError("a person grants an amount")
    line = dispute.line
    why = Explanation(
        "adjustment.dispute",
        (
            explain.text("line", line.reference),
            explain.text("statement", line.statement.number),
            explain.euro("was", line.amount),
            explain.euro("becomes", becomes),
        ),
        becomes - line.amount,
    )
    made = Adjustment.objects.create(
        main_contractor_id=dispute.main_contractor_id,
        provider_organisation_id=dispute.provider_organisation_id,
        subcontractor_id=dispute.subcontractor_id,
        kind=Adjustment.Kind.DISPUTE,
        dispute=dispute,
        month=line.statement.month,
        amount=why.amount,
        explanation=why.as_dict(),
        proposed_by_id=said.author_id,
        proposed_at=scope.at,
    )
    audit.record(scope, "adjustment.proposed", made, amount=str(made.amount))


@transaction.atomic
def reopen(*, scope: Scope, dispute: Dispute, reason: str) -> Dispute:
    """Owe another answer, for a second person refused the correction that was agreed upon.

    Raises NotAllowedError for anybody but the main contractor, ConflictError where it did not end
    in agreement, RuleError BIL-239 where something else about the line is open by now.
    """
    policies.check_can_answer(scope, dispute)
    lock_text(f"dispute:{dispute.line_id}")
    dispute = _locked(scope, dispute, Status.AGREED)
    if Dispute.objects.open().filter(line=dispute.line_id).exists():
        raise RuleError(
            "BIL-239",
            _("Something else about this line is open. Answer that first, then decide about this."),
        )
    _say(scope, dispute, Side.MAIN, reason, Outcome.REFUSED)
    _move(dispute, Status.ASKED, closed_at=None, due_date=_due(scope))
    audit.record(scope, "dispute.reopened", dispute)
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


def _check_correction(scope: Scope, line: StatementLine, becomes: Decimal | None) -> None:
    """Raises RuleError BIL-235 without an amount, BIL-236 for the one that the line has already,
    BIL-237 for what no amount corrects; NotAllowedError for the system: a person answers for it.
    """
    if not scope.user_id:
        raise NotAllowedError(_("A correction is granted and accepted by people."))
    if becomes is None:
        raise RuleError(
            "BIL-235",
            _("Fill in what the line becomes, or say that another entry puts it right."),
        )
    if becomes == line.amount:
        raise RuleError("BIL-236", _("This is what the line is. Fill in what it becomes."))
    if line.kind not in CORRECTABLE:
        raise RuleError(
            "BIL-237",
            _(
                "What is held is released and what is paid back is agreed anew: no amount corrects"
                " it. Say that another entry puts it right, and which."
            ),
        )


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


def _say(
    scope: Scope,
    dispute: Dispute,
    side: Side,
    text: str,
    outcome: str = "",
    becomes: Decimal | None = None,
) -> None:
    DisputeEntry.objects.create(
        main_contractor_id=dispute.main_contractor_id,
        provider_organisation_id=dispute.provider_organisation_id,
        dispute=dispute,
        side=side,
        outcome=outcome,
        becomes=becomes,
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
