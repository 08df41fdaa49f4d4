"""Adjustments: decided about by somebody else than who proposed them, posted by a statement.

A correction is proposed by the agreement that ends a dispute (`services.disputes`).
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.models import Adjustment
from billing.services import disputes
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope

Status = Adjustment.Status


@transaction.atomic
def decide(
    *, scope: Scope, adjustment: Adjustment, is_accepted: bool, reason: str = ""
) -> Adjustment:
    """Accept it, so that the next statement posts it; or refuse it with a reason.

    What a dispute granted and is refused is answered again. Raises NotAllowedError for anybody but
    another controller than who proposed it, ConflictError where it was decided about, RuleError
    BIL-238 for a refusal without a reason, BIL-239 as `disputes.reopen` does.
    """
    rows = Adjustment.objects.visible_to(scope).select_for_update(of=("self",))
    adjustment = rows.get(pk=adjustment.pk)
    policies.check_can_decide_adjustment(scope, adjustment)
    reason = "" if is_accepted else reason.strip()
    if not is_accepted and not reason:
        raise RuleError("BIL-238", _("Say why it is refused; the other side reads it."))
    adjustment.status = Status.ACCEPTED if is_accepted else Status.REFUSED
    adjustment.reason = reason
    adjustment.decided_by_id = scope.user_id
    adjustment.decided_at = scope.at
    adjustment.save(update_fields=["status", "reason", "decided_by", "decided_at"])
    audit.record(
        scope,
        "adjustment.accepted" if is_accepted else "adjustment.refused",
        adjustment,
        amount=str(adjustment.amount),
    )
    if not is_accepted and adjustment.dispute:
        disputes.reopen(scope=scope, dispute=adjustment.dispute, reason=reason)
    return adjustment
