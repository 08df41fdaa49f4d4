"""Ceilings of a subcontract, each from a day on; what was agreed before is kept.

All of it is the contract manager's work (NotAllowedError for anybody else).
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import ContractCeiling, Subcontract
from subcontracts.services import contract_life
from subcontracts.services.contracts import check_not_on_offer, owners_of


@transaction.atomic
def set_ceiling(
    *, scope: Scope, subcontract: Subcontract, amount: Decimal | None, start_date: date
) -> ContractCeiling | None:
    """Let a contract pay no more than this in a calendar year, from a day on; None: no ceiling.

    In a draft it takes the place of what was filled in for that day; None comes back where nothing
    is left to keep. Raises RuleError CON-27 while the contract is on offer or signed, CON-77 once
    it is closed, CON-190 for a day outside the contract, CON-191 where it holds on that day
    already, CON-192 for an amount that is not above zero.
    """
    subcontract = contract_life.locked(scope, subcontract)
    check_not_on_offer(subcontract)
    check_within(subcontract, start_date)
    if amount is not None and amount <= 0:
        raise RuleError(
            "CON-192", _("A ceiling is more than zero. Leave it empty where none was agreed.")
        )
    if subcontract.ceiling_on(start_date) == amount:
        raise RuleError("CON-191", _("This ceiling holds on that day already."))
    if subcontract.status == Subcontract.Status.DRAFT:
        return _put_in_draft(scope, subcontract, amount, start_date)
    return add(scope, subcontract, amount, start_date)


def add(
    scope: Scope, subcontract: Subcontract, amount: Decimal | None, start_date: date
) -> ContractCeiling:
    """Append a ceiling to a contract that the caller has locked and may change."""
    row = ContractCeiling.objects.create(
        **owners_of(subcontract),
        subcontract=subcontract,
        amount=amount,
        start_date=start_date,
        recorded_at=scope.at,
    )
    audit.record(
        scope,
        "ceiling.set",
        row,
        amount="" if amount is None else str(amount),
        start=start_date.isoformat(),
    )
    return row


def begin_with(
    scope: Scope, subcontract: Subcontract, amount: Decimal | None, old_start: date
) -> None:
    """Give a draft, whose first day was `old_start`, the ceiling with which it begins.

    Raises RuleError CON-190 where a later ceiling would begin outside the contract.
    """
    subcontract.ceilings.filter(start_date__in=(old_start, subcontract.start_date)).delete()
    for row in subcontract.ceilings.all():
        check_within(subcontract, row.start_date)
    if amount is not None:
        add(scope, subcontract, amount, subcontract.start_date)


def check_within(subcontract: Subcontract, start_date: date) -> None:
    """Raises RuleError CON-190 where a ceiling would begin outside the period of its contract."""
    if not Period(subcontract.start_date, subcontract.end_date).contains(start_date):
        raise RuleError(
            "CON-190", _("A ceiling begins within the period of the contract. Change its day.")
        )


def _put_in_draft(
    scope: Scope, subcontract: Subcontract, amount: Decimal | None, start_date: date
) -> ContractCeiling | None:
    there = subcontract.ceilings.filter(start_date=start_date)
    audit.record_many(scope, "ceiling.removed", list(there))
    there.delete()
    is_first = start_date == subcontract.start_date
    before = None if is_first else subcontract.ceiling_on(start_date - timedelta(days=1))
    return None if before == amount else add(scope, subcontract, amount, start_date)
