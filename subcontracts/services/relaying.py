"""Passing placements on to subcontractors' software, and keeping them in step with changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope
from subcontracts.models import AllocatedBy, Allocation, Placement, RequestedChange, Subcontract
from subcontracts.rules.parts import Share
from subcontracts.services import deadlines, links, sending, telling
from subcontracts.services.allocation_checks import DELETED


def relay(*, scope: Scope, placement: Placement, revision: str) -> Placement:
    """Send the subcontractor a 301, where contract and consent say so.

    Else the portal shows it, a CSV file lists it, or the main contractor keeps it to itself.
    `revision` names what is sent: once for each.
    """
    allocation = placement.allocation
    if not uses_messages(placement, allocation, scope.today):
        return placement
    placement.message = sending.relay(
        scope=scope,
        allocation=allocation,
        placements=together(scope, placement),
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
        and subcontract.relay_on(day) == Subcontract.Relay.MESSAGES
        # Where care follows from the task there is no 301 (IV096).
        and allocation.origin != AllocatedBy.TASK
        and bool(placement.provider_organisation.agb)
        and bool(placement.client.bsn)
        and not placement.client.is_sealed
        and contract.relays_on(day)
    )


def together(scope: Scope, placement: Placement) -> list[Placement]:
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
        )
        .exclude(pk=placement.pk)
        .select_related(
            *("product", "provider_organisation", "subcontract", "allocation__requested_product")
        )
        .prefetch_related("subcontract__relay_modes")
    )
    by_message = [row for row in others if row.relay_on(scope.today) == Subcontract.Relay.MESSAGES]
    return sorted([placement, *by_message], key=lambda row: row.number)


def withdrawn(*, scope: Scope, placement: Placement, reason: str) -> Placement:
    """Carry out a withdrawal that was decided on: here or by the municipality."""
    placement.status = Placement.Status.WITHDRAWN
    placement.reply_reason = reason
    placement.change_reason = DELETED
    placement.revised_at = scope.at
    placement.save(update_fields=["status", "reply_reason", "change_reason", "revised_at"])
    deadlines.drop(scope=scope, placements=[placement])
    links.changed(scope, placement)
    audit.record(scope, "placement.withdrawn", placement)
    return relay(scope=scope, placement=placement, revision="withdrawn")


def cut_short(
    *, scope: Scope, placement: Placement, kept: Share, reason: str, revision: str
) -> Placement:
    """Let a placement end sooner, with what of a total stays, and tell who delivers.

    `reason` of code list RedenWijziging; `revision` names what is sent.
    """
    placement.end_date, placement.volume = kept.period.end, kept.volume
    placement.budget, placement.change_reason = kept.budget, reason
    placement.revised_at = scope.at
    placement.save(update_fields=["end_date", "volume", "budget", "change_reason", "revised_at"])
    deadlines.of_stops(scope=scope, placements=[placement])
    links.changed(scope, placement)
    audit.record(scope, "placement.changed", placement, fields="end_date")
    return relay(scope=scope, placement=placement, revision=revision)


@dataclass(frozen=True, kw_only=True)
class Change:
    """An allocation as it was and as it is now, with the change reason of the municipality.

    `answering` is the request for change that it is the direct result of.
    """

    allocation: Allocation
    before: Allocation
    reason: str
    answering: RequestedChange | None = None


def live_under(allocations: Iterable[Allocation]) -> list[Placement]:
    """The live placements of these allocations, locked, each under the very row that is given."""
    known = {allocation.pk: allocation for allocation in allocations}
    rows = list(
        Placement.objects.live()
        .filter(allocation__in=known)
        .select_related("subcontract", "product", "client", "provider_organisation")
        .prefetch_related("subcontract__relay_modes")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    for placement in rows:
        placement.allocation = known[placement.allocation_id]
    return rows


def follow(*, scope: Scope, changes: Sequence[Change]) -> None:
    """Bring live placements in step with changed allocations and tell their subcontractors.

    A nearer end cuts them short; a later end or another volume passes on to those that had the
    whole of it. Whose software asked for it (`answering`) is told all at once, by `answer`.
    """
    if not changes:
        return
    by_allocation = {change.allocation.pk: change for change in changes}
    followed = []
    for placement in live_under(change.allocation for change in changes):
        change = by_allocation[placement.allocation_id]
        end = change.allocation.end_date
        if end is not None and end < placement.start_date:
            withdrawn(scope=scope, placement=placement, reason="")
            telling.fallen_through(scope=scope, placement=placement)
        elif fields := _followed(placement, change.allocation, change.before):
            followed.append((placement, change, fields))
    _keep(scope, followed)
    for placement, change, _fields in followed:
        if not _is_asked_by(placement, change.answering):
            revision = change.allocation.decided_at.isoformat()
            relay(scope=scope, placement=placement, revision=revision)


def _keep(scope: Scope, followed: Sequence[tuple[Placement, Change, list[str]]]) -> None:
    """Write placements that followed their allocations, with the terms that moved along."""
    for placement, change, fields in followed:
        placement.change_reason = change.reason
        placement.revised_at = scope.at
        placement.save(update_fields=[*fields, "change_reason", "revised_at"])
    moved = [placement for placement, _change, fields in followed if "end_date" in fields]
    deadlines.of_stops(scope=scope, placements=moved)
    links.changed(scope, *(placement for placement, _change, _fields in followed))
    told = [(placement, {"fields": ", ".join(fields)}) for placement, _change, fields in followed]
    audit.record_each(scope, "placement.changed", told)


def _is_asked_by(placement: Placement, change: RequestedChange | None) -> bool:
    return (
        change is not None
        and bool(change.provider_reference)
        and change.provider_organisation_id == placement.provider_organisation_id
    )


def answer(*, scope: Scope, change: RequestedChange) -> None:
    """Tell the software that asked for a change what came of it: one 301, also of what stayed."""
    request = change.request
    rows = (
        Placement.objects.live()
        .filter(
            client=request.client_id,
            family=change.family,
            allocation__municipality=request.municipality_id,
            main_contractor=change.main_contractor_id,
            provider_organisation=change.provider_organisation_id,
        )
        .select_related(
            *("subcontract", "product", "client", "provider_organisation"),
            *("allocation__client", "allocation__municipality", "allocation__municipal_contract"),
            "allocation__requested_product",
        )
        .prefetch_related(
            "subcontract__relay_modes", "allocation__municipal_contract__relay_consents"
        )
        .order_by("number")
    )
    reachable = (row for row in rows if uses_messages(row, row.allocation, scope.today))
    if (first := next(reachable, None)) is not None:
        relay(scope=scope, placement=first, revision=f"change:{change.pk}")


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
