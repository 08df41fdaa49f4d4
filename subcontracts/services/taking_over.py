"""Placements that an earlier administration made, recorded as they run.

Running care is a fact: no client stop and no lapsed proof keeps it out, and nobody is asked to
accept it. A contract that pays for it must run on the day of the take-over, though it may have
begun after the care. Nothing is sent: not upward, where the start was told, and not below where the
provider knows the placement under a number. Without such a number software is told once, by the
first 301 of `first_relay`.

What of a set of placements cannot be is decided first, one after another by the same rules as
where care is placed; the rest is then written at once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import Allocation, ExchangeTerms, Placement, Product, Subcontractor
from subcontracts.selectors.exchange_terms import exchange_on
from subcontracts.selectors.placed import placed_of_many
from subcontracts.services import clients, deadlines, deliveries, placements
from subcontracts.services.paying import Contracts


@dataclass(frozen=True, kw_only=True)
class Running:
    """A placement that runs: taken over on `as_of`, known below under `number` (None: not known).

    `started_on` and `paused_on`: first day of care, and the last one before a pause that lasts.
    The allocation is locked, with its client and contract.
    """

    allocation: Allocation
    subcontractor: Subcontractor
    part: placements.Part
    as_of: date
    number: int | None = None
    started_on: date | None = None
    paused_on: date | None = None

    @property
    def begin(self) -> date:
        period = self.part.period
        return period.start if period else self.allocation.start_date


class TakingOver:
    """Takes over running placements of these allocations: each is decided, then all are written."""

    def __init__(self, scope: Scope, main_contractor_id: int, running: Collection[Running]) -> None:
        policies.check_can_manage_contracts(scope, main_contractor_id)
        self._scope = scope
        self._placed = placed_of_many({one.allocation.pk for one in running})
        self._contracts = Contracts(
            {one.subcontractor.pk for one in running},
            {product for one in running if (product := _product_of(one))},
        )
        self._given = {
            (one.allocation.family, one.number) for one in running if one.number is not None
        }
        known = Placement.objects.filter(
            main_contractor=main_contractor_id,
            number__in={number for _family, number in self._given},
        )
        self._taken = set(known.values_list("family", "number"))
        self._exchanges: dict[int, ExchangeTerms] = {}
        self._unnumbered = Counter(
            self._series(one.allocation) for one in running if one.number is None
        )
        self._drawn: dict[tuple[str, int], list[int]] = defaultdict(list)
        self._new: list[tuple[Placement, Running]] = []

    def decide(self, one: Running) -> Placement:
        """The placement, still to be written; the same one taken over twice is made once.

        Raises RuleError PLA-01 to PLA-04 and PLA-06 to PLA-09 as `placements.place` does, as of
        the day of the take-over; IMP-34 for a number that another placement has; LEV-02 and LEV-03
        for a start that cannot be.
        """
        allocation, subcontractor = one.allocation, one.subcontractor
        policies.check_can_place(self._scope, allocation)
        before = self._placed[allocation.pk]
        for other in before:
            if (other.subcontractor_id, other.start_date) == (subcontractor.pk, one.begin):
                return other
        product, period = placements.checked_part(allocation, one.part, before)
        placements.check_may_know(allocation, subcontractor)
        placement = self._placement(one, product, period)
        placement.number = self._number(placement, one)
        if one.started_on is not None:
            deliveries.check_day(self._scope, placement, one.started_on)
        before.append(placement)
        self._new.append((placement, one))
        return placement

    def _placement(self, one: Running, product: Product, period: Period) -> Placement:
        day = max(period.start, one.as_of)
        return Placement(
            **placements.owners_of(one.subcontractor),
            **placements.content_of(one.allocation, one.part, product, period),
            subcontractor=one.subcontractor,
            subcontract=self._contracts.on(one.allocation, one.subcontractor, product, day),
            is_known_below=one.number is not None,
            status=Placement.Status.ACCEPTED,
            offered_at=self._scope.at,
            replied_at=self._scope.at,
            reply_due_date=self._scope.today,
        )

    def _number(self, placement: Placement, one: Running) -> int:
        if one.number is None:
            number = self._own_number(one.allocation)
            placements.check_in_range(self._exchange(one.allocation), number)
            return number
        if (placement.family, one.number) in self._taken:
            text = _("Another placement has this number. A number below stands for one placement.")
            raise RuleError("IMP-34", text)
        self._taken.add((placement.family, one.number))
        return one.number

    def _exchange(self, allocation: Allocation) -> ExchangeTerms:
        """The numbers in use today under the contract of an allocation, asked once a contract."""
        key = allocation.municipal_contract_id
        if key not in self._exchanges:
            self._exchanges[key] = exchange_on(allocation.municipal_contract, self._scope.today)
        return self._exchanges[key]

    def _series(self, allocation: Allocation) -> tuple[str, int]:
        """By which numbers are counted: law and first number of the agreed range."""
        return allocation.family, self._exchange(allocation).number_first

    def _own_number(self, allocation: Allocation) -> int:
        """Drawn for all that have none at once, and around those that come along."""
        wanting = self._unnumbered[self._series(allocation)]
        left = self._drawn[self._series(allocation)]
        if not left:
            given = {number for family, number in self._given if family == allocation.family}
            exchange = self._exchange(allocation)
            left += placements.next_numbers_of(allocation, exchange, wanting, given)
        return left.pop(0)

    def write(self) -> None:
        """Record all that was decided, with its start."""
        rows = Placement.objects.bulk_create(row for row, _one in self._new)
        shown = [(row.client, row.provider_organisation_id) for row in rows]
        clients.give_access_each(scope=self._scope, shown=shown)
        begun = [
            deliveries.Begun(row, one.started_on, one.paused_on)
            for row, one in self._new
            if one.started_on is not None
        ]
        started = [one.placement for one in begun]
        deadlines.taken_over(scope=self._scope, placements=rows, started=started)
        under = [(row, {"allocation": row.allocation_id}) for row in rows]
        audit.record_each(self._scope, "placement.taken_over", under)
        deliveries.take_over_starts(scope=self._scope, begun=begun)
        self._new.clear()


def _product_of(one: Running) -> int | None:
    return one.allocation.product_id or (one.part.product.pk if one.part.product else None)
