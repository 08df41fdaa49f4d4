"""An advance pool at the end of a year: who gets what of the part that was held back.

The pool is the expected production of all its members; each was paid a part of its own in advance.
The source speaks of "90% in advance, 10% by production" and leaves open how, so the key is agreed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

from billing.rules import explain
from billing.rules.explain import Explanation
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO, split


class Key(StrEnum):
    """How the reserve is shared; `K3` shares the whole pool and sets the advances off."""

    K1 = "k1"
    K2 = "k2"
    K3 = "k3"


@dataclass(frozen=True, slots=True)
class Member:
    """A member's year in euros: expected and real production, and the advances it was paid.

    `number` names it, and decides to whom a cent goes that cannot be shared: the lowest first.
    """

    number: str
    expected: Decimal
    production: Decimal
    advance: Decimal

    def __post_init__(self) -> None:
        if min(self.expected, self.production, self.advance) < 0:
            raise ValueError("production and advances are not negative")

    @property
    def gap(self) -> Decimal:
        """How far production passed the advance."""
        return max(self.production - self.advance, ZERO)


def redistribute(key: Key, members: Sequence[Member]) -> Mapping[str, Explanation]:
    """What each member still gets, by number; with K3 it may have to pay back.

    The amounts add up to the reserve: the expected production of all less all advances. Raises
    RuleError BIL-80 where nobody has anything to share by, ValueError for two members of one
    number or advances above the pool.
    """
    ordered = sorted(members, key=lambda one: one.number)
    if len({one.number for one in ordered}) < len(ordered):
        raise ValueError("a member stands in the pool once")
    pool = sum((one.expected for one in ordered), ZERO)
    reserve = pool - sum((one.advance for one in ordered), ZERO)
    if reserve < 0:
        raise ValueError("the advances pass the pool")
    weights = [one.gap if key is Key.K2 else one.production for one in ordered]
    shared = pool if key is Key.K3 else reserve
    whole = sum(weights, ZERO)
    if shared and not whole:
        raise RuleError(
            "BIL-80",
            _("Nobody in this pool has anything to share by under this key. Agree on another key."),
        )
    return {
        one.number: _share(key, one, share, whole, shared)
        for one, share in zip(ordered, split(shared, weights), strict=True)
    }


def _share(key: Key, one: Member, share: Decimal, whole: Decimal, shared: Decimal) -> Explanation:
    inputs = (
        explain.euro("production", one.production),
        explain.euro("advance", one.advance),
        explain.euro("gap", one.gap),
        explain.euro("whole", whole),
        explain.euro("shared", shared),
        explain.euro("share", share),
    )
    amount = share - one.advance if key is Key.K3 else share
    return Explanation(f"pool.{key.value}", inputs, amount)
