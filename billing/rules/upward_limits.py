"""How far a line upward fits in what the municipality allocated (TR321, TR322, TR369)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from billing.rules.upward import Claim
from messaging.istandaard.volumes import (
    HOURS,
    MINUTES,
    AllocatedVolume,
    in_declared_unit,
    line_cap,
    term_cap,
)


@dataclass(frozen=True, slots=True)
class Room:
    """What was allocated, and what stands on it already without the line in question.

    `used` counts in the smallest unit: minutes where hours are allocated.
    """

    allocated: AllocatedVolume | None
    budget: Decimal | None
    used: int
    used_amount: Decimal


@dataclass(frozen=True, slots=True)
class Excess:
    """The rule that a line breaks, and the most it may hold: units of the line, or euros."""

    rule: str
    allowed: int | Decimal


def in_smallest(volume: int, unit: str, allocated_unit: str) -> int:
    """A volume as `Room.used` counts it."""
    return volume * 60 if allocated_unit == HOURS and unit == HOURS else volume


def excess(claim: Claim, room: Room) -> Excess | None:
    """The first limit that the line goes over, or None where it fits."""
    if room.allocated is not None:
        cap = _line_cap(room.allocated, claim)
        if cap is not None and claim.volume > cap:
            return Excess("TR321", cap)
        left = _left(room.allocated, room.used, claim)
        if left is not None and claim.volume > left:
            return Excess("TR322", max(0, left))
    if room.budget is not None and room.used_amount + claim.amount > room.budget:
        return Excess("TR369", max(Decimal(0), room.budget - room.used_amount))
    return None


def _line_cap(allocated: AllocatedVolume, claim: Claim) -> int | None:
    if allocated.frequency == "2" and allocated.period.end is None:
        return None  # CD076 asks for an end date; without one no cap can be told
    return in_declared_unit(line_cap(allocated, claim.period), claim.unit, allocated)


def _left(allocated: AllocatedVolume, used: int, claim: Claim) -> int | None:
    if allocated.frequency == "2" and allocated.period.end is None:
        return None
    total = term_cap(allocated)
    if total is None:
        return None
    if allocated.unit != HOURS:
        return total - used
    minutes = total * 60 - used
    return minutes if claim.unit == MINUTES else minutes // 60
