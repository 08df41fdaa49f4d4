"""One price a month for a client in care, by the profile of the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from billing.rules import explain
from billing.rules.explain import Entry, Explanation
from billing.rules.occupancy import days_in
from hoofdaannemer.core.money import round_cents
from hoofdaannemer.core.periods import Month, Period


@dataclass(frozen=True, slots=True)
class ProfileTerms:
    """What the contract says: euros for one client a month, and whether a part counts in full."""

    profile: str
    price: Decimal
    whole_months: bool = False

    def __post_init__(self) -> None:
        if self.price < 0:
            raise ValueError("a price is not negative")


def client_month(
    terms: ProfileTerms, month: Month, in_force: Period, spells: Sequence[Period]
) -> Entry | None:
    """What one client is worth in a month; `None` without a day of care while the line held.

    Several placements of one client are one client: a day counts once.
    """
    shared = in_force.intersection(month.period)
    days = days_in(spells, shared) if shared else 0
    if not days:
        return None
    of_days = month.period.days
    inputs = (explain.text("profile", terms.profile), explain.euro("price", terms.price))
    if terms.whole_months or days == of_days:
        return Entry(str(month), Explanation("profile.month", inputs, round_cents(terms.price)))
    part = (*inputs, explain.number("days", days), explain.number("of_days", of_days))
    amount = round_cents(terms.price * days / of_days)
    return Entry(str(month), Explanation("profile.part_month", part, amount))
