"""Care paid by what was agreed beforehand: FTE, sums, places and users.

Quantities are taken from the period itself; each is rounded once, as a contract would name it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from billing.rules import fixed, fte, monthly
from billing.rules.capacity import CapacityTerms, Per, Settled, month_amount
from billing.rules.explain import Entry, Explanation
from billing.rules.occupancy import most_at_once
from billing.rules.whatif.basis import Basis
from billing.rules.whatif.by_quantity import Amounts
from billing.rules.whatif.terms import Counted, Form, Terms
from hoofdaannemer.core.money import round_cents, round_to, split
from hoofdaannemer.core.periods import Month, Period

#: Decimals of a number of FTE, and of places and users, in a contract.
FTE_PLACES: Final = 3
PLACES: Final = 2
_NONE: Final = Decimal(0)


def by_fte(bases: Sequence[Basis], terms: Terms, price: Decimal) -> Amounts:
    """A twelfth of FTE times price; the FTE are the average of the period."""
    return {basis.party: _months(basis, _fte_months(basis, terms, price)) for basis in bases}


def _fte_months(basis: Basis, terms: Terms, price: Decimal) -> Callable[[Month], Entry | None]:
    agreed = fte.FteTerms(fte=fte_of(basis, terms), price=price)
    return lambda month: fte.month_amount(agreed, month, basis.in_force)


def fte_of(basis: Basis, terms: Terms) -> Decimal:
    """FTE on average over the months: as reported or agreed, or what was paid by the norm."""
    count = len(basis.months)
    if terms.counted is Counted.AGREED:
        return round_to(sum((_agreed(basis, month) for month in basis.months), _NONE) / count,
                        FTE_PLACES)  # fmt: skip
    if terms.counted is Counted.REPORTED:
        worked = sum((basis.reported or {}).values(), Decimal(0))
        return round_to(worked / count, FTE_PLACES)
    return round_to(basis.total * 12 / (terms.norm * count), FTE_PLACES)


def _agreed(basis: Basis, month: Month) -> Decimal:
    """FTE of the contracts that were in force in a month."""
    lines = [
        one for one in basis.lines if one.form == Form.FTE and one.period.overlaps(month.period)
    ]
    return sum((Decimal(str(one.parameters.get("fte", 0))) for one in lines), _NONE)


def lump_sum(bases: Sequence[Basis], terms: Terms, price: Decimal) -> Amounts:
    """An amount a year for all together, shared out and paid in twelfths."""
    return _shared_out(bases, terms, round_cents(price))


def population(bases: Sequence[Basis], terms: Terms, price: Decimal) -> Amounts:
    """The heads times an amount a year, shared out and paid in twelfths."""
    return _shared_out(bases, terms, round_cents(terms.heads * price))


def _shared_out(bases: Sequence[Basis], terms: Terms, whole: Decimal) -> Amounts:
    weights = [_weight(basis, terms) for basis in bases]
    if not any(weights):
        return {}
    years = split(whole, weights)
    return {
        basis.party: _months(basis, _sum_months(basis, year))
        for basis, year in zip(bases, years, strict=True)
    }


def _sum_months(basis: Basis, year: Decimal) -> Callable[[Month], Entry | None]:
    return lambda month: fixed.lump_sum(year, month, basis.in_force)


def _weight(basis: Basis, terms: Terms) -> Decimal:
    """What an amount is shared by; nobody shares by less than nothing."""
    if terms.counted is Counted.EQUAL:
        return Decimal(1)
    if terms.counted is Counted.DAYS:
        return Decimal(sum(basis.days(basis.shared(month)) for month in basis.months))
    return max(basis.total, Decimal(0))


def function(bases: Sequence[Basis], terms: Terms, price: Decimal) -> Amounts:
    """A twelfth of the users of the period, reckoned to a year, times price."""
    return {basis.party: _months(basis, _user_months(basis, price)) for basis in bases}


def _user_months(basis: Basis, price: Decimal) -> Callable[[Month], Entry | None]:
    period = Period(basis.months[0].first, basis.months[-1].last)
    users = round_to(Decimal(basis.clients(period) * 12) / len(basis.months), PLACES)
    return lambda month: fixed.function(users, price, month, basis.in_force)


def capacity(bases: Sequence[Basis], terms: Terms, price: Decimal) -> Amounts:
    """Places at a price: as many as the busiest or an average day needed, or as were occupied."""
    return {basis.party: _months(basis, _place_months(basis, terms, price)) for basis in bases}


def _place_months(basis: Basis, terms: Terms, price: Decimal) -> Callable[[Month], Entry | None]:
    by_month = terms.counted is Counted.OCCUPIED
    agreed = CapacityTerms(
        places=Decimal(0) if by_month else places_of(basis, terms),
        price=price,
        per=Per(terms.per),
        settled=Settled.MONTH if by_month else Settled.NEVER,
        pays_over=by_month,
    )

    def of_month(month: Month) -> Entry | None:
        occupied = basis.days(basis.shared(month))
        return month_amount(agreed, month, basis.in_force, occupied)

    return of_month


def places_of(basis: Basis, terms: Terms) -> Decimal:
    """Clients in care on the busiest day, or on an average day of the months."""
    shared = [basis.shared(month) for month in basis.months]
    if terms.counted is Counted.PEAK:
        return Decimal(max(most_at_once(basis.care or {}, one) for one in shared))
    occupied, days = sum(map(basis.days, shared)), sum(one.days for one in shared)
    return round_to(monthly.as_decimal(Fraction(occupied, days)), PLACES)


def _months(
    basis: Basis, entry_of: Callable[[Month], Entry | None]
) -> Mapping[Month, Sequence[Explanation]]:
    found = ((month, entry_of(month)) for month in basis.months)
    return {month: [entry.explanation] for month, entry in found if entry}
