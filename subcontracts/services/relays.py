"""The way in which a subcontract relays: set from a day on, put in force when the day comes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import Placement, RelayMode, Subcontract
from subcontracts.services import deadlines


@transaction.atomic
def set_mode(*, scope: Scope, subcontract: Subcontract, mode: str, start_date: date) -> RelayMode:
    """Relay in another way from a day on; what was set for later days stays.

    Raises RuleError CON-08 for a day that has passed: what went out in another way went out so;
    CON-77 once the contract is closed.
    """
    policies.check_can_manage_contracts(scope, subcontract.main_contractor_id)
    policies.check_not_closed(subcontract)
    if start_date < scope.today:
        raise RuleError("CON-08", _("Choose today or a day to come."))
    row = RelayMode.objects.create(
        main_contractor_id=subcontract.main_contractor_id,
        provider_organisation_id=subcontract.provider_organisation_id,
        subcontract=subcontract,
        mode=mode,
        start_date=start_date,
        recorded_at=scope.at,
    )
    audit.record(scope, "relay_mode.set", row, mode=mode, start=start_date.isoformat())
    put_in_force(scope=scope, subcontracts=[subcontract])
    return row


@transaction.atomic
def put_in_force(*, scope: Scope, subcontracts: Iterable[Subcontract]) -> None:
    """Give the terms that run below to whoever reports under the mode of today."""
    kept: list[int] = []
    asked: list[int] = []
    for subcontract in subcontracts:
        is_kept = subcontract.relay_on(scope.today) == Subcontract.Relay.NONE
        (kept if is_kept else asked).append(subcontract.pk)
    for those, to_provider in ((kept, False), (asked, True)):
        placements = Placement.objects.visible_to(scope).live().filter(subcontract__in=those)
        deadlines.hand_over(scope=scope, placements=placements, to_provider=to_provider)


def ever_kept(scope: Scope) -> Iterable[Subcontract]:
    """Running contracts that at some time relay nothing; no other's terms change hands."""
    return (
        Subcontract.objects.visible_to(scope)
        .filter(status__in=Subcontract.RUNNING, relay_modes__mode=Subcontract.Relay.NONE)
        .distinct()
        .prefetch_related("relay_modes")
    )
