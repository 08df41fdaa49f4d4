"""A percentage that is kept back of what a contract comes to in a month.

The base is everything else under the same contract that is about the month, of whatever form,
corrections included. A temporary discount (contract standard: five percent while a shortcoming
lasts) and a coordination fee are both such a percentage.
"""

from __future__ import annotations

from decimal import Decimal

from billing.rules import explain
from billing.rules.explain import Entry, Explanation
from hoofdaannemer.core.money import ZERO, round_cents
from hoofdaannemer.core.periods import Month, Period


def discount(
    part: Decimal,
    base: Decimal,
    month: Month,
    in_force: Period,
    *,
    rule: str = "sanction_discount",
    before: Decimal = ZERO,
) -> Entry | None:
    """What is taken off a month, below zero; `None` where there is nothing to take it off.

    `part` (of one) of the base in euros, by calendar days where the line starts or ends in the
    month; never more than what is left of the base after `before`, which other lines of the form
    took off (above zero). Rounded once; explained under `rule`, the name of the form.
    """
    shared = in_force.intersection(month.period)
    left = base - before
    if shared is None or left <= 0:
        return None
    days, of_days = shared.days, month.period.days
    amount = -min(round_cents(base * part * days / of_days), left)
    if not amount:
        return None
    inputs = (explain.share("part", part), explain.euro("base", base))
    if shared == month.period:
        return Entry(str(month), Explanation(f"{rule}.month", inputs, amount))
    part_month = (*inputs, explain.number("days", days), explain.number("of_days", of_days))
    return Entry(str(month), Explanation(f"{rule}.part_month", part_month, amount))
