"""The figures of a settlement: what it is computed from now, as the columns of its row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from billing.models import Settlement, SettlementRound
from billing.rules.settling import KINDS, Inputs
from billing.rules.whatif.frozen import freeze, thaw
from billing.selectors.settling import Subject, missing, subject_of
from billing.selectors.settling_facts import Settled
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.scope import Scope
from subcontracts.models import FundingLine


def inputs_of(settlement: Settlement) -> Inputs:
    """The frozen inputs, by the method of the round."""
    inputs: Inputs = thaw(KINDS[settlement.way], settlement.inputs)
    return inputs


def ready_subject(scope: Scope, line: FundingLine, year: int) -> Subject:
    """What is settled, with nothing missing. Raises RuleError BIL-110 to BIL-112."""
    subject = subject_of(scope, line, year)
    if lacking := missing(subject):
        raise RuleError("BIL-110", " ".join([_("This year cannot be settled yet."), *lacking]))
    return subject


def new_columns(row: SettlementRound, one: Settled) -> dict[str, object]:
    """What a new settlement of a round never changes: whose it is, and of what."""
    line = one.part.line
    return {
        "main_contractor_id": line.main_contractor_id,
        "provider_organisation_id": line.provider_organisation_id,
        "subcontractor_id": line.subcontract.subcontractor_id,
        "round": row,
        "funding_line": line,
        "year": row.year,
        "method": row.method,
        "number": row.number,
    }


def figures(row: SettlementRound, one: Settled) -> dict[str, object]:
    """What is computed anew while it is a draft."""
    before = _settled_before(one.part.line, row.year)
    return {
        "start_date": one.part.period.start,
        "end_date": one.part.period.end or date(row.year, 12, 31),
        "inputs": freeze(one.inputs),
        "aside": freeze(one.aside),
        "explanation": one.why.as_dict(),
        "outcome": one.why.amount,
        "before": before,
        "amount": one.why.amount - before,
    }


def _settled_before(line: FundingLine, year: int) -> Decimal:
    locked = Settlement.objects.filter(funding_line=line, year=year, state=Settlement.State.LOCKED)
    total: Decimal | None = locked.aggregate(total=Sum("amount"))["total"]
    return total or ZERO
