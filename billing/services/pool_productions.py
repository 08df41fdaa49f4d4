"""What members of a pool really produced, recorded with its source: a later figure replaces it."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.models import PoolProduction
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts.models import FundingLine


@transaction.atomic
def record(
    *, scope: Scope, funding_line: FundingLine, year: int, amount: Decimal, source: str
) -> PoolProduction:
    """Record the euros that a member produced in a year, or in its part of it.

    Raises RuleError BIL-121 for a line that is in no pool, BIL-122 for an amount below zero or
    without a source.
    """
    policies.check_can_settle(scope, funding_line.main_contractor_id)
    line = (
        FundingLine.objects.visible_to(scope)
        .select_for_update(of=("self",))
        .get(pk=funding_line.pk)
    )
    if line.form != FundingLine.Form.ADVANCE_POOL:
        raise RuleError("BIL-121", _("Production is recorded of lines in a pool only."))
    if amount < 0 or not source.strip():
        raise RuleError("BIL-122", _("Fill in an amount of nothing or more, and its source."))
    known = PoolProduction.objects.standing().filter(funding_line=line, year=year).first()
    made = PoolProduction.objects.create(
        main_contractor_id=line.main_contractor_id,
        provider_organisation_id=line.provider_organisation_id,
        funding_line=line,
        year=year,
        amount=amount,
        source=source.strip(),
        replaces=known,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    audit.record(scope, "pool_production.recorded", made, amount=str(amount))
    return made
