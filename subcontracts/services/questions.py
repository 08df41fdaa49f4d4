"""Questions about contracts: asked, answered, and published as a reading without the asker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from hoofdaannemer.core.working_days import add_working_days
from subcontracts import question_policies as policies
from subcontracts.models import ClauseQuestion, ClauseReading, Subcontract, SubcontractClause

Status = ClauseQuestion.Status
#: Working days in which a question is answered. The sources name no term; two weeks is ours.
ANSWER_DAYS: Final = 10


@dataclass(frozen=True, kw_only=True)
class QuestionFacts:
    """What is asked, about which contract and clause; without a clause it is in general."""

    subject: str
    question: str
    subcontract: Subcontract | None = None
    clause: SubcontractClause | None = None


@dataclass(frozen=True, kw_only=True)
class ReadingFacts:
    """What everybody reads: written so that it does not tell who asked."""

    subject: str
    asked: str
    text: str


@transaction.atomic
def ask(*, scope: Scope, facts: QuestionFacts) -> ClauseQuestion:
    """Ask the main contractor. The answer is due in ten working days.

    Raises NotAllowedError for who reads no contracts, RuleError CON-122 where a subcontractor
    names no contract, or a clause stands in another contract.
    """
    policies.check_can_ask(scope)
    is_provider = scope.role in SUBCONTRACTOR
    contract = facts.subcontract
    if contract is not None:
        contract = Subcontract.objects.visible_to(scope).get(pk=contract.pk)
    is_elsewhere = facts.clause is not None and (
        contract is None or facts.clause.subcontract_id != contract.pk
    )
    if (is_provider and contract is None) or is_elsewhere:
        raise RuleError("CON-122", _("Choose the contract that it is about, and a clause of it."))
    row = ClauseQuestion.objects.create(
        main_contractor_id=contract.main_contractor_id if contract else scope.main_contractor_id,
        provider_organisation_id=scope.organisation_id if is_provider else None,
        subcontract=contract,
        clause=facts.clause,
        subject=facts.subject,
        question=facts.question,
        due_on=add_working_days(scope.today, ANSWER_DAYS),
        asked_by_id=scope.user_id or None,
        asked_at=scope.at,
    )
    audit.record(scope, "question.asked", row, clause=facts.clause.pk if facts.clause else None)
    return row


@transaction.atomic
def answer(*, scope: Scope, question: ClauseQuestion, text: str) -> ClauseQuestion:
    """Answer a question; only who asked and the main contractor read the answer.

    Raises RuleError CON-123 without a text, ConflictError where it is closed already.
    """
    row = _locked(scope, question)
    policies.check_can_answer(scope, row)
    if not text.strip():
        raise RuleError("CON-123", _("Write the answer."))
    row.status, row.answer = Status.ANSWERED, text.strip()
    row.answered_by_id, row.answered_at = scope.user_id or None, scope.at
    row.save(update_fields=["status", "answer", "answered_by", "answered_at"])
    audit.record(scope, "question.answered", row)
    return row


@transaction.atomic
def withdraw(*, scope: Scope, question: ClauseQuestion) -> ClauseQuestion:
    """Take a question back that was not answered; only who asked does so."""
    row = _locked(scope, question)
    policies.check_can_withdraw(scope, row)
    row.status = Status.WITHDRAWN
    row.save(update_fields=["status"])
    audit.record(scope, "question.withdrawn", row)
    return row


@transaction.atomic
def publish(*, scope: Scope, question: ClauseQuestion, facts: ReadingFacts) -> ClauseReading:
    """Let everybody with the clause read how it is meant; a general one everybody.

    Raises RuleError CON-124 where the text names the organisation that asked.
    """
    row = _locked(scope, question)
    is_published = ClauseReading.objects.visible_to(scope).filter(question=row).exists()
    policies.check_can_publish(scope, row, is_published=is_published)
    asker = row.provider_organisation
    said = f"{facts.subject}\n{facts.asked}\n{facts.text}".casefold()
    if asker is not None and asker.name.casefold() in said:
        raise RuleError("CON-124", _("This names who asked. Write it without that name."))
    reading = ClauseReading.objects.create(
        main_contractor_id=row.main_contractor_id,
        question=row,
        **_clause_of(row),
        subject=facts.subject,
        asked=facts.asked,
        text=facts.text,
        published_by_id=scope.user_id or None,
        published_at=scope.at,
    )
    audit.record(scope, "reading.published", reading, question=row.pk)
    return reading


def _clause_of(row: ClauseQuestion) -> dict[str, Any]:
    if row.clause is None or row.subcontract is None:
        return {}
    return {
        "municipal_contract_id": row.subcontract.municipal_contract_id,
        "passes_on": row.clause.passes_on,
        "clause_code": row.clause.code,
        "clause_title": row.clause.title,
        "clause_text": row.clause.text,
    }


@transaction.atomic
def withdraw_reading(*, scope: Scope, reading: ClauseReading) -> ClauseReading:
    """Let a reading no longer be shown; it stays in the main contractor's own list."""
    rows = ClauseReading.objects.visible_to(scope).select_for_update(of=("self",))
    row = rows.get(pk=reading.pk)
    policies.check_can_withdraw_reading(scope, row)
    row.withdrawn_at = scope.at
    row.save(update_fields=["withdrawn_at"])
    audit.record(scope, "reading.withdrawn", row)
    return row


def _locked(scope: Scope, question: ClauseQuestion) -> ClauseQuestion:
    rows = ClauseQuestion.objects.visible_to(scope).select_for_update(of=("self",))
    related = ("clause", "subcontract", "provider_organisation")
    return rows.select_related(*related).get(pk=question.pk)
