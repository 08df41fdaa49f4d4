"""Clauses of a subcontract that are no field, from a day on.

All of it is the contract manager's work (NotAllowedError for anybody else).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import Subcontract, SubcontractClause
from subcontracts.services.contracts import check_not_on_offer, owners_of


@dataclass(frozen=True, kw_only=True)
class ClauseFacts:
    """What it says; `passes_on` is the key of a duty above, as `rules.flowdown` names it."""

    code: str
    title: str
    text: str
    start_date: date
    passes_on: str = ""


@transaction.atomic
def set_clause(*, scope: Scope, subcontract: Subcontract, facts: ClauseFacts) -> SubcontractClause:
    """Let the subcontract say this from a day on; a clause with the same code ends the day before.

    Raises RuleError CON-27 while the contract is on offer or signed, CON-59 for a day outside the
    contract, CON-60 where the same code holds from that day or a later one already.
    """
    subcontract = _locked(scope, subcontract)
    check_within(subcontract, facts.start_date)
    same = subcontract.clauses.filter(code=facts.code)
    if same.filter(start_date__gte=facts.start_date).exists():
        raise RuleError(
            "CON-60", _("There is a clause with this code from that day or later. Choose another.")
        )
    holds = Q(end_date=None) | Q(end_date__gte=facts.start_date)
    same.filter(holds).update(end_date=facts.start_date - timedelta(days=1))
    row = SubcontractClause.objects.create(
        **owners_of(subcontract),
        subcontract=subcontract,
        code=facts.code,
        title=facts.title,
        text=facts.text,
        passes_on=facts.passes_on,
        start_date=facts.start_date,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    audit.record(scope, "clause.set", row, code=facts.code, subcontract=subcontract.pk)
    return row


@transaction.atomic
def end_clause(*, scope: Scope, clause: SubcontractClause, end_date: date) -> None:
    """Let a clause hold no longer than a day; out of a draft it is taken altogether.

    Raises RuleError CON-27 while the contract is on offer or signed, CON-59 for a day before its
    first.
    """
    subcontract = _locked(scope, clause.subcontract)
    clause = subcontract.clauses.get(pk=clause.pk)
    if subcontract.status == Subcontract.Status.DRAFT:
        audit.record(scope, "clause.removed", clause, code=clause.code)
        clause.delete()
        return
    if end_date < clause.start_date:
        raise RuleError("CON-59", _("A clause holds for one day at least."))
    clause.end_date = end_date
    clause.save(update_fields=["end_date"])
    audit.record(scope, "clause.ended", clause, code=clause.code, end=end_date.isoformat())


def check_within(subcontract: Subcontract, start_date: date) -> None:
    """Raises RuleError CON-59 where a clause would begin outside the period of its contract."""
    if not Period(subcontract.start_date, subcontract.end_date).contains(start_date):
        raise RuleError("CON-59", _("A clause begins within the period of the contract."))


def _locked(scope: Scope, subcontract: Subcontract) -> Subcontract:
    """The contract, for this transaction alone: it is not offered while its clauses change.

    Raises RuleError CON-27 while it is on offer or signed.
    """
    policies.check_can_manage_contracts(scope, subcontract.main_contractor_id)
    rows = Subcontract.objects.visible_to(scope).select_for_update(of=("self",))
    subcontract = rows.get(pk=subcontract.pk)
    check_not_on_offer(subcontract)
    return subcontract
