"""Within how many days is paid under a subcontract: agreed, never longer than the law leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.models import PaymentTerm
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.locks import lock_text
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Subcontract


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """What was agreed: calendar days from a day on, with a party of this size, and where."""

    size: PaymentTerm.Size
    days: int
    start: date
    source: str


@transaction.atomic
def record(*, scope: Scope, subcontract: Subcontract, agreed: Agreed) -> PaymentTerm:
    """Record a term; statements that are issued from its first day on have it.

    Raises NotAllowedError for anybody but a contract manager or controller, RuleError PAY-21 for
    more days than the law leaves or none, PAY-22 where one from this day is known.
    """
    policies.check_can_agree_on_term(scope, subcontract.main_contractor_id)
    lock_text(f"payment_term:{subcontract.pk}")
    subcontract = Subcontract.objects.visible_to(scope).get(pk=subcontract.pk)
    most = PaymentTerm.MOST[agreed.size]
    if not 1 <= agreed.days <= most:
        raise RuleError(
            "PAY-21",
            _("Towards a subcontractor of this size, agree on 1 to %(most)s days (BW 6:119a).")
            % {"most": most},
        )
    if subcontract.payment_terms.filter(start_date=agreed.start).exists():
        raise RuleError("PAY-22", _("A term from this day is known. Choose another day."))
    made = PaymentTerm.objects.create(
        main_contractor_id=subcontract.main_contractor_id,
        provider_organisation_id=subcontract.provider_organisation_id,
        subcontract=subcontract,
        start_date=agreed.start,
        size=agreed.size,
        days=agreed.days,
        source=agreed.source.strip(),
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    audit.record(scope, "payment_term.recorded", made, days=made.days, start=str(made.start_date))
    return made
