"""The alternatives by form, and the price at which one costs what was paid."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from django.utils.translation import gettext as _

from billing.rules import monthly
from billing.rules.explain import Explanation
from billing.rules.whatif import by_agreement, by_pool, by_quantity
from billing.rules.whatif.basis import Basis, basis_of
from billing.rules.whatif.by_quantity import Amounts
from billing.rules.whatif.facts import Facts
from billing.rules.whatif.terms import Form, Terms
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO, round_cents, round_to
from hoofdaannemer.core.periods import Month

_Amounts = Callable[[Sequence[Basis], Terms, Decimal], Amounts]

ALTERNATIVES: Final[Mapping[Form, _Amounts]] = {
    Form.PXQ: by_quantity.pxq,
    Form.FTE: by_agreement.by_fte,
    Form.LUMP_SUM: by_agreement.lump_sum,
    Form.TRAJECTORY: by_quantity.trajectory,
    Form.CAPACITY: by_agreement.capacity,
    Form.FUNCTION: by_agreement.function,
    Form.PROFILE: by_quantity.profile,
    Form.POPULATION: by_agreement.population,
    Form.ADVANCE_POOL: by_pool.advance_pool,
}
#: Amounts are proportional to the price but for whole cents. At a price this high those vanish, so
#: that what one unit of price is worth is read off with more figures than any price has.
_MEASURED_AT: Final = Decimal(10) ** 12
#: Above it a price says that next to nothing was counted.
_TOO_HIGH: Final = Decimal(10) ** 9
#: A pool is not: who passed his advance depends on its size. Its total is, at any percentage.
_POOL_MEASURED_AT: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Replayed:
    """The alternative of all subcontractors together.

    `neutral` is the price at which it costs what was paid, `neutral_of` the same for each alone;
    empty where nothing can be divided. `settled` is what pools of their own would still give.
    """

    terms: Terms
    bases: Mapping[int, Basis]
    price: Decimal
    neutral: Decimal | None
    neutral_of: Mapping[int, Decimal]
    amounts: Amounts
    settled: Mapping[int, Explanation]

    @property
    def scale(self) -> Decimal:
        """The part of its amounts that counts: those of a pool are of the part already."""
        return Decimal(1) if self.terms.form is Form.ADVANCE_POOL else self.terms.share

    def months_of(self, party: int) -> Mapping[Month, Sequence[Explanation]]:
        """What the alternative gives a subcontractor, by month."""
        return self.amounts.get(party, {})


def replay(facts: Facts, terms: Terms) -> Replayed:
    """Compute the alternative at the price asked for, or at the budget-neutral one.

    Raises RuleError BIL-93 where nothing is there to convert, BIL-94 where no price follows.
    """
    found = [basis for party in facts.parties if (basis := basis_of(facts, party, terms))]
    if not found:
        raise RuleError(
            "BIL-93",
            _(
                "None of these subcontractors has a funding line that would be converted. Choose"
                " other subcontractors, or convert all forms."
            ),
        )
    settled = by_pool.own_settlements(found, terms) if terms.form is Form.ADVANCE_POOL else {}
    paid = {one.party: _paid(one, terms, settled.get(one.party)) for one in found}
    worth = _worth(found, terms)
    neutral = price_for(sum(paid.values(), ZERO), sum(worth.values(), Fraction(0)), terms.places)
    price = neutral if terms.price is None else terms.price
    if price is None:
        raise RuleError(
            "BIL-94",
            _(
                "No budget-neutral price follows: nothing in this period is counted by this form."
                " Choose what is counted otherwise, or fill in a price."
            ),
        )
    return Replayed(
        terms=terms,
        bases={one.party: one for one in found},
        price=price,
        neutral=neutral,
        neutral_of=_neutral_of(paid, worth, terms),
        amounts=ALTERNATIVES[terms.form](found, terms, price),
        settled=settled,
    )


def _paid(basis: Basis, terms: Terms, settled: Explanation | None) -> Decimal:
    """What was paid for what the alternative pays for. Into a pool a part joins as such."""
    if terms.form is not Form.ADVANCE_POOL:
        return basis.total
    partial = sum(basis.partial.values(), ZERO)
    joins = sum((round_cents(one * terms.share) for one in basis.partial.values()), ZERO)
    return basis.total - partial + joins + (settled.amount if settled else ZERO)


def price_for(total: Decimal, worth: Fraction, places: int) -> Decimal | None:
    """The price that gives a total, rounded here and nowhere else; None where nothing is counted.

    `worth` is what one unit of price gives together. A price is not below zero.
    """
    if not worth:
        return None
    return round_to(max(monthly.as_decimal(Fraction(total) / worth), Decimal(0)), places)


def _worth(bases: Sequence[Basis], terms: Terms) -> Mapping[int, Fraction]:
    """What one unit of price gives each."""
    at = _POOL_MEASURED_AT if terms.form is Form.ADVANCE_POOL else _MEASURED_AT
    amounts = ALTERNATIVES[terms.form](bases, terms, at)
    return {
        party: Fraction(sum((why.amount for of in months.values() for why in of), ZERO))
        / Fraction(at)
        for party, months in amounts.items()
    }


def _neutral_of(
    paid: Mapping[int, Decimal], worth: Mapping[int, Fraction], terms: Terms
) -> Mapping[int, Decimal]:
    """Of each alone. In a pool what one gets depends on the others, so there it says nothing."""
    if terms.form is Form.ADVANCE_POOL:
        return {}
    prices = {party: price_for(paid[party], one, terms.places) for party, one in worth.items()}
    return {
        party: price for party, price in prices.items() if price is not None and price < _TOO_HIGH
    }
