"""What is held back because it lies above a ceiling (contract standard art. 1.5).

The last rights of a year lie above it, in the order in which they were recorded. A correction
makes room for the earliest of them, and what was paid before is never held afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hoofdaannemer.core.money import ZERO


@dataclass(frozen=True, slots=True)
class Holdable:
    """A right of which euros may still be held: all of it, or what is held of it already."""

    key: int
    most: Decimal

    def __post_init__(self) -> None:
        if self.most < 0:
            raise ValueError("nothing below zero can be held")


def above(ceiling: Decimal, used: Decimal, rights: Sequence[Holdable]) -> dict[int, Decimal]:
    """Euros to hold of each right, by key, where there are any.

    `used` is everything that counts for the ceiling in its year, corrections taken off, the
    `rights` among it; these are in the order in which they were recorded.
    """
    excess = max(used - ceiling, ZERO)
    found: dict[int, Decimal] = {}
    for right in reversed(rights):
        part = min(excess, right.most)
        if part:
            found[right.key] = part
            excess -= part
    return found
