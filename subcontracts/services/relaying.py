"""Passing placements on to subcontractors' software, and keeping them in step with changes."""

from __future__ import annotations

from datetime import date
from typing import Final

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Allocation, Placement, Subcontract
from subcontracts.services import deadlines, sending

#: Change reason of an allocation that counts as never sent.
DELETED: Final = "13"


def relay(*, scope: Scope, placement: Placement, revision: str) -> Placement:
    """Send the subcontractor a 301, where contract and consent say so; else the portal shows it.

    `revision` names what is sent: once for each.
    """
    allocation = placement.allocation
    if not uses_messages(placement, allocation, scope.today):
        return placement
    placement.message = sending.relay(
        scope=scope,
        allocation=allocation,
        placements=_together(scope, placement),
        key=f"placement:{placement.pk}:{revision}",
    )
    placement.save(update_fields=["message"])
    return placement


def uses_messages(placement: Placement, allocation: Allocation, day: date) -> bool:
    """By message only with the municipality's consent, to software, about whom has a BSN."""
    subcontract = placement.subcontract
    contract = allocation.municipal_contract
    return (
        subcontract is not None
        and subcontract.relay == Subcontract.Relay.MESSAGES
        and contract.relay_consent_on is not None
        and contract.relay_consent_on <= day
        and bool(placement.provider_organisation.agb)
        and bool(placement.client.bsn)
        and not placement.client.is_sealed
    )


def _together(scope: Scope, placement: Placement) -> list[Placement]:
    """This placement and the other live ones of the client with this subcontractor (OP087)."""
    others = (
        Placement.objects.visible_to(scope)
        .live()
        .filter(
            main_contractor=placement.main_contractor_id,
            client=placement.client_id,
            family=placement.family,
            provider_organisation=placement.provider_organisation_id,
            allocation__municipality=placement.allocation.municipality_id,
            subcontract__relay=Subcontract.Relay.MESSAGES,
        )
        .exclude(pk=placement.pk)
        .select_related("product", "provider_organisation", "allocation__requested_product")
    )
    return sorted([placement, *others], key=lambda row: row.number)


def withdrawn(*, scope: Scope, placement: Placement, reason: str) -> Placement:
    """Carry out a withdrawal that was decided on: here or by the municipality."""
    placement.status = Placement.Status.WITHDRAWN
    placement.reply_reason = reason
    placement.change_reason = DELETED
    placement.revised_at = scope.at
    placement.save(update_fields=["status", "reply_reason", "change_reason", "revised_at"])
    deadlines.drop(scope=scope, placement=placement)
    audit.record(scope, "placement.withdrawn", placement)
    return relay(scope=scope, placement=placement, revision="withdrawn")


def follow(*, scope: Scope, allocation: Allocation, before: Allocation, reason: str) -> None:
    """Bring live placements in step with a changed allocation and tell their subcontractors.

    A nearer end cuts them short; a later end or another volume passes on to those that had the
    whole of it.
    """
    live = (
        Placement.objects.live()
        .filter(allocation=allocation)
        .select_related("subcontract", "product", "client", "provider_organisation")
        .select_for_update(of=("self",))
    )
    for placement in live:
        placement.allocation = allocation
        if allocation.end_date is not None and allocation.end_date < placement.start_date:
            withdrawn(scope=scope, placement=placement, reason="")
            continue
        changed = _followed(placement, allocation, before)
        if not changed:
            continue
        placement.change_reason = reason
        placement.revised_at = scope.at
        placement.save(update_fields=[*changed, "change_reason", "revised_at"])
        if "end_date" in changed:
            deadlines.of_stop(scope=scope, placement=placement)
        audit.record(scope, "placement.changed", placement, fields=", ".join(changed))
        relay(scope=scope, placement=placement, revision=allocation.decided_at.isoformat())


def _followed(placement: Placement, allocation: Allocation, before: Allocation) -> list[str]:
    changed = []
    had_whole_end = placement.end_date == before.end_date
    end = allocation.end_date
    too_late = end is not None and (placement.end_date is None or placement.end_date > end)
    if (had_whole_end or too_late) and placement.end_date != end:
        placement.end_date = end
        changed.append("end_date")
    for name in ("volume", "budget"):
        old, new = getattr(before, name), getattr(allocation, name)
        if old != new and getattr(placement, name) == old:
            setattr(placement, name, new)
            changed.append(name)
    return changed
