"""A pool: a part of the expected production in advance, the rest shared out by a key at the end.

The pool is the subcontractors of the question, whoever else shares it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.rules import fixed
from billing.rules.explain import Explanation
from billing.rules.occupancy import place_days
from billing.rules.pool import Key, Member, redistribute
from billing.rules.whatif.basis import Basis
from billing.rules.whatif.by_quantity import Amounts
from billing.rules.whatif.facts import Line
from billing.rules.whatif.terms import Form, Terms
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO, round_cents, split
from hoofdaannemer.core.periods import Month, Period

_WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class _Year:
    """A member's expected production a year, and the part of it that is paid in advance."""

    production: Decimal
    advance: Decimal
    in_force: Period

    def months(self, of: Sequence[Month], part: Decimal) -> dict[Month, Explanation]:
        """A part of the expectation, by month."""
        found = {month: fixed.advance(self.production, part, month, self.in_force) for month in of}
        return {month: entry.explanation for month, entry in found.items() if entry}

    def member(self, number: str, of: Sequence[Month], produced: Decimal) -> Member:
        """Its figures over the months."""
        advance = _sum(self.months(of, self.advance))
        expected = max(_sum(self.months(of, _WHOLE)), advance)
        return Member(number, expected, produced, advance)


def advance_pool(bases: Sequence[Basis], terms: Terms, price: Decimal) -> Amounts:
    """Advances by month, and what the key gives with the last; `price` percent of what is expected.

    Who is in a pool now is in it whole; of others the part that is converted joins. Together it is
    the expected production, to the cent. Raises RuleError BIL-80 where nobody has anything to share
    by, BIL-95 where of no member of a pool it is known what was produced.
    """
    years = {
        basis.party: _Year(
            round_cents(expected_year(basis, terms) * price / 100), terms.advance, basis.in_force
        )
        for basis in bases
    }
    return _with_settlement(bases, years, produced(bases, terms), Key(terms.key))


def own_settlements(bases: Sequence[Basis], terms: Terms) -> Mapping[int, Explanation]:
    """What the members' own contracts would still give them over the months, by their own key.

    Advances alone are recorded until a year is settled; beside another key its own must stand.
    """
    pools: defaultdict[tuple[int, str, str], list[tuple[Basis, Line]]] = defaultdict(list)
    for basis in bases:
        for line in pool_lines(basis):
            stored = line.parameters
            pools[line.municipal, str(stored.get("pool")), str(stored.get("key"))].append(
                (basis, line)
            )
    known, found = _by_members(bases, terms), dict[int, Explanation]()
    for (_contract, _name, key), of_pool in pools.items():
        members = [
            _own(line).member(_number(one), one.months, known[one.party]) for one, line in of_pool
        ]
        shares = redistribute(Key(key), members)
        found |= {one.party: shares[_number(one)] for one, _line in of_pool}
    return found


def pool_lines(basis: Basis) -> list[Line]:
    """Lines of a subcontractor that are in a pool now; the first of each pool counts."""
    seen, found = set[tuple[int, object]](), list[Line]()
    for line in basis.lines:
        name = line.municipal, line.parameters.get("pool")
        if line.form == Form.ADVANCE_POOL and name not in seen:
            seen.add(name)
            found.append(line)
    return found


def _own(line: Line) -> _Year:
    stored = line.parameters
    part = Decimal(str(stored["advance"])) / 100
    return _Year(Decimal(str(stored["production"])), part, line.period)


def expected_year(basis: Basis, terms: Terms) -> Decimal:
    """Euros a year: as contracts of a pool expect, and by the first months of what joins it."""
    first = basis.months[: terms.base_months]
    found = sum((_joined(basis, month) for month in first), ZERO) * terms.share
    by_contract = sum((_own(line).production for line in pool_lines(basis)), ZERO)
    return by_contract + round_cents(max(found, ZERO) * 12 / len(first))


def produced(bases: Sequence[Basis], terms: Terms) -> Mapping[int, Decimal]:
    """Euros that each produced in the months: as a member of a pool, and of what joins it."""
    known = _by_members(bases, terms)
    return {
        one.party: known.get(one.party, ZERO)
        + round_cents(max(sum((_joined(one, m) for m in one.months), ZERO), ZERO) * terms.share)
        for one in bases
    }


def _joined(basis: Basis, month: Month) -> Decimal:
    """What was produced under lines that join: declared care is worth what was paid for it."""
    return basis.partial[month]


def _by_members(bases: Sequence[Basis], terms: Terms) -> Mapping[int, Decimal]:
    """Euros that members of pools produced, of whom nothing is declared: filled in, else by days.

    By days, what they expect together is shared out, so that every day of care is worth the same.
    """
    typed = {one.party: one.amount for one in terms.produced}
    members = [one for one in bases if pool_lines(one)]
    days = [Decimal(_pool_days(one)) for one in members]
    if not any(days) and any(one.party not in typed for one in members):
        raise RuleError(
            "BIL-95",
            _(
                "It is not known what %(name)s produced: nothing is declared under a pool, and"
                " there was no care. Fill in what each member of the pool produced."
            )
            % {"name": next(one.name for one in members if one.party not in typed)},
        )
    whole = sum((_sum(_own(line).months(one.months, _WHOLE))
                 for one in members for line in pool_lines(one)), ZERO)  # fmt: skip
    shares = split(whole, days) if any(days) else [ZERO for _one in members]
    return {
        one.party: typed.get(one.party, share) for one, share in zip(members, shares, strict=True)
    }


def _pool_days(basis: Basis) -> int:
    care = basis.pool_care or {}
    return sum(place_days(care, basis.shared(month)) for month in basis.months)


def _with_settlement(
    bases: Sequence[Basis],
    years: Mapping[int, _Year],
    production: Mapping[int, Decimal],
    key: Key,
) -> Amounts:
    members = [
        years[one.party].member(_number(one), one.months, production[one.party]) for one in bases
    ]
    shares = redistribute(key, members)
    found: dict[int, dict[Month, list[Explanation]]] = {}
    for one in bases:
        advances = years[one.party].months(one.months, years[one.party].advance)
        months = {month: [why] for month, why in advances.items()}
        months.setdefault(one.months[-1], []).append(shares[_number(one)])
        found[one.party] = months
    return found


def _number(basis: Basis) -> str:
    """Decides to whom a cent goes that cannot be shared."""
    return f"{basis.party:012d}"


def _sum(months: Mapping[Month, Explanation]) -> Decimal:
    return sum((why.amount for why in months.values()), ZERO)
