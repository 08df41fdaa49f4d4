"""What would go up to a municipality for a month, built of approved lines as one set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from billing.models import UpwardLine
from billing.rules.pxq import Tariff, Unit
from billing.rules.upward import Claim, claim, product_period, steps, summed, unit_upward
from billing.rules.upward_limits import Excess, Room, excess, in_smallest
from billing.selectors.upward_facts import (
    Built,
    Key,
    Past,
    claim_of,
    contributions,
    lines_upward,
    pasts,
)
from billing.upward_words import Reason
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month, Period, add_months
from hoofdaannemer.core.scope import Scope
from messaging.istandaard import Family
from messaging.istandaard.volumes import AllocatedVolume
from subcontracts.models import Allocation, Client, ContractMunicipality, Product, UpwardTariff

#: Calendar months before the declaration date in which a line must end (TR335).
_OLDEST_MONTHS: Final = 60


@dataclass(frozen=True, kw_only=True)
class Care:
    """Whose care and which, for a line that goes up or is left out."""

    key: Key
    allocation: Allocation
    product: Product
    client: Client

    @property
    def is_listed(self) -> bool:
        """Whether a page may list it: a sealed client counts in the sums only."""
        return not self.client.is_sealed


@dataclass(frozen=True, kw_only=True)
class Due(Care):
    """What goes up for one key: the credit of a line that stands, a debit, or both."""

    credit: UpwardLine | None
    debit: Claim | None
    built: Built

    @property
    def amount(self) -> Decimal:
        """Euros, debit minus credit."""
        taken = self.credit.amount if self.credit else ZERO
        return (self.debit.amount if self.debit else ZERO) - taken

    @property
    def lines(self) -> int:
        """Service lines that it makes."""
        return (self.credit is not None) + (self.debit is not None)


@dataclass(frozen=True, kw_only=True)
class LeftOut(Care):
    """What does not go up, and why. `wanted` is the line that would say it, where there is one."""

    reason: Reason
    wanted: Claim | None = None
    excess: Excess | None = None
    built: Built = field(default_factory=Built)


@dataclass(frozen=True)
class Proposal:
    """What would go up for a month to one municipality under one contract."""

    part: ContractMunicipality
    month: Month
    due: Sequence[Due]
    left_out: Sequence[LeftOut]

    @property
    def amount(self) -> Decimal:
        """Euros, debits minus credits."""
        return sum((one.amount for one in self.due), ZERO)

    @property
    def line_count(self) -> int:
        """Service lines of the declaration."""
        return sum(one.lines for one in self.due)

    @property
    def digest(self) -> str:
        """Names exactly what is proposed, so that nothing else is sent than was looked at."""
        told = [
            f"{one.key}{one.credit.pk if one.credit else ''}{one.debit}{sorted(one.built.lines)}"
            f"{sorted(one.built.invoiced)}"
            for one in self.due
        ]
        return sha256("\n".join(told).encode()).hexdigest()[:32]


def proposal(scope: Scope, part: ContractMunicipality, month: Month) -> Proposal:
    """What would go up for this month: its own lines, and what changed in earlier ones."""
    oldest = Month.of(add_months(scope.today, -_OLDEST_MONTHS))
    period = Period(min(oldest, month).first, month.last)
    return _Proposing.of(scope, part, month, period).made()


@dataclass
class _Proposing:
    """The facts for all keys, read in a fixed number of queries, and what follows from them."""

    scope: Scope
    part: ContractMunicipality
    month: Month
    built: Mapping[Key, Built]
    past: Mapping[Key, Past]
    allocations: Mapping[int, Allocation]
    products: Mapping[int, Product]
    prices: Mapping[int, Sequence[UpwardTariff]]
    #: By allocation, in the smallest unit and in euros: the debits that stand.
    used: defaultdict[int, int]
    spent: defaultdict[int, Decimal]

    @classmethod
    def of(
        cls, scope: Scope, part: ContractMunicipality, month: Month, period: Period
    ) -> _Proposing:
        built = contributions(part, period)
        lines = lines_upward(part)
        past = pasts(lines)
        wanted = {key.allocation for key in (*built, *past)}
        allocations = Allocation.objects.visible_to(scope).in_bulk(wanted)
        prices: defaultdict[int, list[UpwardTariff]] = defaultdict(list)
        for row in UpwardTariff.objects.visible_to(scope).filter(contract=part.contract_id):
            prices[row.product_id].append(row)
        used: defaultdict[int, int] = defaultdict(int)
        spent: defaultdict[int, Decimal] = defaultdict(Decimal)
        for one in past.values():
            if (line := one.stands) is not None:
                unit = allocations[line.allocation_id].unit
                used[line.allocation_id] += in_smallest(line.volume, line.unit, unit)
                spent[line.allocation_id] += line.amount
        products = Product.objects.visible_to(scope).in_bulk(
            {key.product for key in (*built, *past)}
        )
        in_reach = {key: one for key, one in past.items() if period.contains(key.month)}
        return cls(scope, part, month, built, in_reach, allocations, products, prices, used, spent)

    def made(self) -> Proposal:
        changes = [one for key in {*self.built, *self.past} if (one := self._change(key))]
        clients = Client.objects.visible_to(self.scope).in_bulk(
            {self.allocations[one.key.allocation].client_id for one in changes}
        )
        due: list[Due] = []
        left: list[LeftOut] = []
        # What becomes less first: it makes room for the rest.
        for one in sorted(changes, key=lambda change: (change.grows, change.key)):
            client = clients[self.allocations[one.key.allocation].client_id]
            verdict = self._judged(one, client)
            if isinstance(verdict, Due):
                due.append(verdict)
            else:
                left.append(verdict)
        return Proposal(
            self.part,
            self.month,
            sorted(due, key=lambda row: (row.client.pk, row.key)),
            sorted(left, key=lambda row: (row.reason, row.key)),
        )

    def _change(self, key: Key) -> _Change | None:
        """What is wanted of a key, where that is something else than what stands."""
        past, built = self.past.get(key, Past()), self.built.get(key, Built())
        wanted = self._wanted(key, built) if built.is_something else None
        if isinstance(wanted, Reason):
            return _Change(key, past, built, None, wanted)
        stands = claim_of(past.stands) if past.stands else None
        return _Change(key, past, built, wanted) if steps(stands, wanted) else None

    def _wanted(self, key: Key, built: Built) -> Claim | Reason | None:
        """The line that what was declared amounts to, or why there cannot be one."""
        allocation = self.allocations[key.allocation]
        if allocation.is_deleted:
            return Reason.WITHDRAWN
        month = Month.of(key.month)
        period = product_period(month, Period(allocation.start_date, allocation.end_date))
        if period is None:
            return Reason.OUTSIDE
        price = self._price(key, month)
        if price is None:
            return Reason.NO_TARIFF
        unit = unit_upward(allocation.unit, price.unit)
        volume = summed(built.volumes, unit) if unit else None
        if unit is None or volume is None:
            return Reason.UNIT
        tariff = Tariff(Unit(price.unit), price.amount) if price.amount is not None else None
        try:
            return claim(period, volume, unit, tariff)
        except RuleError:
            return Reason.UNIT

    def _price(self, key: Key, month: Month) -> UpwardTariff | None:
        """Tariffs hold for whole months."""
        for row in self.prices.get(key.product, ()):
            if Period(row.start_date, row.end_date).contains(month.first):
                return row
        return None

    def _judged(self, change: _Change, client: Client) -> Due | LeftOut:
        key, past = change.key, change.past
        care: dict[str, Any] = {
            "key": key,
            "allocation": self.allocations[key.allocation],
            "product": self.products[key.product],
            "client": client,
        }
        over: Excess | None = None
        reason = change.problem or self._obstacle(change, client)
        if reason is None and change.wanted is not None:
            over = excess(change.wanted, self._room(change))
            reason = Reason.OVER if over else None
        if reason is not None:
            return LeftOut(
                **care, reason=reason, wanted=change.wanted, excess=over, built=change.built
            )
        self._count(change)
        return Due(**care, credit=past.stands, debit=change.wanted, built=change.built)

    def _obstacle(self, change: _Change, client: Client) -> Reason | None:
        past = change.past
        last_day = change.wanted.last_day if change.wanted else None
        if past.is_waiting:
            return Reason.AWAITING
        if past.is_undecided:
            return Reason.REFUSED
        if change.wanted in past.given_up:
            return Reason.GIVEN_UP
        if self._is_too_old(last_day or (past.stands.end_date if past.stands else None)):
            return Reason.TOO_OLD
        return None if client.bsn else Reason.NO_BSN

    def _is_too_old(self, last_day: date | None) -> bool:
        return last_day is not None and last_day < add_months(self.scope.today, -_OLDEST_MONTHS)

    def _room(self, change: _Change) -> Room:
        allocation = self.allocations[change.key.allocation]
        stands = change.past.stands
        own = in_smallest(stands.volume, stands.unit, allocation.unit) if stands else 0
        return Room(
            _allocated(allocation),
            allocation.budget,
            self.used[allocation.pk] - own,
            self.spent[allocation.pk] - (stands.amount if stands else ZERO),
        )

    def _count(self, change: _Change) -> None:
        """Let what goes up weigh for the other months of its allocation."""
        allocation = self.allocations[change.key.allocation]
        for sign, line in ((-1, change.past.stands), (1, change.wanted)):
            if line is not None:
                volume = in_smallest(line.volume, line.unit, allocation.unit)
                self.used[allocation.pk] += sign * volume
                self.spent[allocation.pk] += sign * line.amount


@dataclass(frozen=True)
class _Change:
    key: Key
    past: Past
    built: Built
    wanted: Claim | None
    problem: Reason | None = None

    @property
    def grows(self) -> bool:
        stands = self.past.stands.amount if self.past.stands else ZERO
        return (self.wanted.amount if self.wanted else ZERO) > stands


def _allocated(allocation: Allocation) -> AllocatedVolume | None:
    if allocation.volume is None:
        return None
    return AllocatedVolume(
        family=Family(allocation.family),
        category=allocation.category,
        volume=allocation.volume,
        unit=allocation.unit,
        frequency=allocation.frequency,
        period=Period(allocation.start_date, allocation.end_date),
    )


def first_debits(found: Proposal) -> Iterator[Month]:
    """The months of care that was never declared before, for TR318."""
    return (Month.of(one.key.month) for one in found.due if one.credit is None)
