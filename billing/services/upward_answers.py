"""What a municipality answers to a declaration upward (325), and what follows of refused lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TypeGuard

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing import policies
from billing.models import UpwardDeclaration, UpwardLine
from billing.rules import upward_answer
from billing.rules.upward_answer import AnswerVerdict, verdict_of
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.scope import Scope
from messaging.exchange.content import opened
from messaging.istandaard import Finding, Message, parse
from messaging.istandaard.model.messages import DeclarationAnswerMessage, DeclarationMessage
from messaging.models import IncomingMessage, OutgoingMessage

Status = UpwardLine.Status


def check(scope: Scope, ours: OutgoingMessage, message: Message) -> Iterable[Finding]:
    """What is wrong with a 325 to a declaration of ours; an answer with findings changes nothing.

    One declaration is answered once: BIL-77 for a second answer.
    """
    if not _is_answer(message):
        return []
    declaration = _of_message(scope, ours)
    if declaration is None:
        return []
    if declaration.answered_at is not None:
        text = gettext_lazy("This declaration was answered before.")
        return [Finding("BIL-77", "", "/Bericht/Header", text)]
    sent = parse(opened(ours)).message
    if not isinstance(sent, DeclarationMessage):
        raise ValueError("our own declaration is no declaration")
    return list(upward_answer.findings(sent, message))


def take(scope: Scope, ours: OutgoingMessage, message: Message, incoming: IncomingMessage) -> None:
    """Record what the municipality awarded, line by line; it was checked before."""
    declaration = _of_message(scope, ours)
    if declaration is None or not _is_answer(message):
        return
    verdict = verdict_of(message)
    lines = list(declaration.lines.select_for_update(of=("self",)).order_by("line"))
    if verdict.is_refused:
        _refuse_whole(declaration, lines, verdict)
    else:
        _award(declaration, lines, verdict)
    declaration.answered_at = scope.at
    declaration.answer = incoming
    declaration.save(
        update_fields=["status", "codes", "awarded", "rejected_count", "answered_at", "answer"]
    )
    audit.record(
        scope,
        "upward_declaration.answered",
        declaration,
        status=declaration.status,
        awarded=str(declaration.awarded),
        rejected=declaration.rejected_count,
    )


def _is_answer(message: Message) -> TypeGuard[DeclarationAnswerMessage]:
    return isinstance(message, DeclarationAnswerMessage)


def _of_message(scope: Scope, ours: OutgoingMessage) -> UpwardDeclaration | None:
    """The declaration that our message carried; none for one that was not built here."""
    rows = UpwardDeclaration.objects.visible_to(scope).select_for_update(of=("self",))
    return rows.filter(message=ours).first()


def _refuse_whole(
    declaration: UpwardDeclaration, lines: Sequence[UpwardLine], verdict: AnswerVerdict
) -> None:
    """As if it was never sent: what it took back stands again, what it declared does not."""
    declaration.status = UpwardDeclaration.Status.REFUSED
    declaration.codes = " ".join(verdict.codes)[:80]
    declaration.awarded = ZERO
    declaration.rejected_count = len(lines)
    declaration.lines.update(status=Status.VOID)
    _stand_again(line for line in lines if line.is_credit)


def _award(
    declaration: UpwardDeclaration, lines: Sequence[UpwardLine], verdict: AnswerVerdict
) -> None:
    refused = [line for line in lines if line.reference in verdict.refused]
    for line in refused:
        line.status = Status.REFUSED
        line.codes = " ".join(verdict.refused[line.reference])[:80]
    UpwardLine.objects.bulk_update(refused, ["status", "codes"])
    declaration.lines.filter(status=Status.SENT).update(status=Status.AWARDED)
    _stand_again(line for line in refused if line.is_credit)
    states = UpwardDeclaration.Status
    if refused:
        declaration.status = states.REJECTED if len(refused) == len(lines) else states.PARTLY
    else:
        declaration.status = states.AWARDED
    declaration.rejected_count = len(refused)
    declaration.awarded = declaration.submitted - sum(map(_signed, refused), ZERO)


def _signed(line: UpwardLine) -> Decimal:
    return -line.amount if line.is_credit else line.amount


def _stand_again(refused: Iterable[UpwardLine]) -> None:
    """The debits of credits that were refused were never taken back."""
    debits = [line.credits_id for line in refused if line.credits_id]
    UpwardLine.objects.filter(pk__in=debits).update(is_credited=False)


@transaction.atomic
def declare_again(*, scope: Scope, line: UpwardLine) -> UpwardLine:
    """Let refused care go up again with the next declaration, as the approved lines then say.

    Raises ConflictError for a line that needs no decision any more.
    """
    return _decide(scope, line, UpwardLine.Decision.AGAIN, "")


@transaction.atomic
def give_up(*, scope: Scope, line: UpwardLine, reason: str) -> UpwardLine:
    """Leave refused care as it is: it goes up again only where what was delivered changes.

    Raises RuleError BIL-78 without a reason, ConflictError for a line that needs no decision.
    """
    if not reason.strip():
        raise RuleError("BIL-78", _("Say why it is given up."))
    return _decide(scope, line, UpwardLine.Decision.GIVEN_UP, reason.strip())


def _decide(scope: Scope, line: UpwardLine, decision: str, reason: str) -> UpwardLine:
    """One decision for all that was refused of the same care in the same declaration."""
    rows = UpwardLine.objects.visible_to(scope).select_for_update(of=("self",))
    row = rows.get(pk=line.pk)
    policies.check_can_decide_upward(scope, row)
    rows.undecided().filter(
        declaration=row.declaration_id,
        allocation=row.allocation_id,
        product=row.product_id,
        month=row.month,
    ).update(
        decision=decision,
        decision_reason=reason,
        decided_at=scope.at,
        decided_by=scope.user_id or None,
    )
    row.refresh_from_db()
    audit.record(scope, f"upward_line.{decision}", row, reference=row.reference)
    return row
