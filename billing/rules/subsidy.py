"""A subsidy settled: the costs that were established, up to the amount that was granted."""

from __future__ import annotations

from decimal import Decimal

from billing.rules import explain
from billing.rules.explain import Explanation
from hoofdaannemer.core.money import round_cents


def settle(total: Decimal, established: Decimal, paid: Decimal) -> Explanation:
    """Established costs up to the total, less the instalments paid; below zero it goes back.

    All in euros. Raises ValueError for amounts below zero.
    """
    if min(total, established, paid) < 0:
        raise ValueError("amounts of a subsidy are not negative")
    due = min(round_cents(established), round_cents(total))
    inputs = (
        explain.euro("established", established),
        explain.euro("total", total),
        explain.euro("paid", paid),
    )
    return Explanation("subsidy.settled", inputs, due - paid)
