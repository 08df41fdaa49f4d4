"""What messages under a contract are for, from a day on."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import MessagePurpose, MunicipalContract, Subcontract


@transaction.atomic
def set_purpose(
    *,
    scope: Scope,
    contract: MunicipalContract | Subcontract,
    purpose: str,
    start_date: date,
) -> MessagePurpose:
    """Settle by messages, or only steer by them, from a day on.

    Raises RuleError CON-09 for a day that has passed: what followed from its messages stands;
    CON-77 once a subcontract is closed.
    """
    policies.check_can_manage_contracts(scope, contract.main_contractor_id)
    if isinstance(contract, Subcontract):
        policies.check_not_closed(contract)
    if start_date < scope.today:
        raise RuleError("CON-09", _("Choose today or a day to come."))
    whose: dict[str, object] = {"municipal_contract": contract}
    if isinstance(contract, Subcontract):
        whose = {
            "subcontract": contract,
            "provider_organisation_id": contract.provider_organisation_id,
        }
    row = MessagePurpose.objects.create(
        main_contractor_id=contract.main_contractor_id,
        **whose,
        purpose=purpose,
        start_date=start_date,
        recorded_at=scope.at,
    )
    audit.record(scope, "message_purpose.set", row, purpose=purpose, start=start_date.isoformat())
    return row
