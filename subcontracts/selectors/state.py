"""Where an allocation stands, as plain values for commands."""

from __future__ import annotations

from decimal import Decimal

from hoofdaannemer.core.money import round_cents
from hoofdaannemer.core.scope import Scope
from subcontracts import gates
from subcontracts.models import Allocation, AllocationVersion, Placement, UpwardReport

State = dict[str, object]


def state_of(scope: Scope, allocation: Allocation) -> State:
    """Versions, placements, open start, last stop, declared and approved volume and amount."""
    reports = list(
        UpwardReport.objects.visible_to(scope)
        .filter(allocation=allocation, withdrawn_at=None)
        .order_by("begin_date", "end_date", "pk")
    )
    stops = [row for row in reports if row.kind == UpwardReport.Kind.STOP]
    stopped = {row.begin_date for row in stops}
    open_starts = [
        row
        for row in reports
        if row.kind == UpwardReport.Kind.START and row.begin_date not in stopped
    ]
    declared = gates.declared(allocation)
    return {
        "allocation": f"{allocation.number}@{allocation.municipality.code}:{allocation.family}",
        "deleted": allocation.is_deleted,
        "request": allocation.requested_product.reference if allocation.requested_product else None,
        "versions": [_version(row) for row in _versions(scope, allocation)],
        "placements": [_placement(row) for row in _placements(scope, allocation)],
        "open_start": open_starts[-1].begin_date.isoformat() if open_starts else None,
        "last_stop": _stop(stops[-1]) if stops else None,
        "declared_volume": _plain(declared.declared_volume),
        "declared_amount": str(round_cents(declared.declared_amount)),
        "approved_volume": _plain(declared.approved_volume),
        "approved_amount": str(round_cents(declared.approved_amount)),
    }


def _versions(scope: Scope, allocation: Allocation) -> list[AllocationVersion]:
    rows = AllocationVersion.objects.visible_to(scope).filter(allocation=allocation)
    return list(rows.order_by("decided_at", "pk"))


def _placements(scope: Scope, allocation: Allocation) -> list[Placement]:
    rows = Placement.objects.visible_to(scope).filter(allocation=allocation)
    return list(rows.select_related("provider_organisation").order_by("offered_at", "pk"))


def _version(row: AllocationVersion) -> State:
    return {
        "decided_at": row.decided_at.isoformat(),
        "start": row.start_date.isoformat(),
        "end": row.end_date.isoformat() if row.end_date else None,
        "volume": row.volume,
        "unit": row.unit or None,
        "frequency": row.frequency or None,
        "budget": None if row.budget is None else str(row.budget),
        "change_reason": row.change_reason or None,
    }


def _placement(row: Placement) -> State:
    return {
        "number": row.number,
        "organisation": row.provider_organisation.kvk,
        "status": row.status,
        "start": row.start_date.isoformat(),
        "end": row.end_date.isoformat() if row.end_date else None,
        "volume": row.volume,
    }


def _stop(row: UpwardReport) -> State:
    return {
        "start": row.begin_date.isoformat(),
        "end": row.end_date.isoformat() if row.end_date else None,
        "reason": row.reason,
    }


def _plain(volume: Decimal) -> str:
    return f"{volume.normalize():f}"
