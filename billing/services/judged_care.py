"""What is known of who delivered an entitlement, and whether they met the requirements then.

Read for all entitlements of one subcontractor at once, in a fixed number of queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from billing.models import Entitlement, WorkerShare
from billing.rules.holds import HeldLine, Hold, Named, WorkerVolume, hold
from hoofdaannemer.core.periods import Month, Period
from qualifications.models import Requirement
from qualifications.selectors import Demand, Register, load_register
from subcontracts.models import (
    DeliveryStart,
    FundingLineProduct,
    PlacementProfessional,
    Steers,
    Subcontractor,
)

_Row = TypeVar("_Row")


@dataclass(frozen=True)
class CareFacts:
    """Proofs, named professionals, spells of care and volumes per professional."""

    organisation_id: int
    register: Register
    named: Mapping[int, Sequence[PlacementProfessional]]
    spells: Mapping[int, Sequence[Period]]
    volumes: Mapping[int, Sequence[WorkerShare]]
    line_products: Mapping[int, Sequence[int]]

    @classmethod
    def of(cls, subcontractor: Subcontractor, entitlements: Sequence[Entitlement]) -> CareFacts:
        """Read the facts; without a requirement that holds payment there is nothing to read."""
        organisation = subcontractor.provider_organisation_id
        register = load_register(subcontractor.main_contractor_id, [organisation])
        demands = tuple(one for one in register.demands if one.on_lapse == Requirement.OnLapse.HOLD)
        if not demands or not entitlements:
            return cls(organisation, Register((), {}), {}, {}, {}, {})
        placements = {one.placement_id for one in entitlements if one.placement_id}
        lines = [one.declared_line_id for one in entitlements if one.declared_line_id]
        # What is paid as a sum is about all products of its line.
        sums = {
            one.funding_line_id
            for one in entitlements
            if one.funding_line_id and not one.product_id
        }
        return cls(
            organisation,
            replace(register, demands=demands),
            _grouped(
                PlacementProfessional.objects.filter(placement__in=placements), "placement_id"
            ),
            _spells(placements),
            _grouped(WorkerShare.objects.filter(declared_line__in=lines), "declared_line_id"),
            _products(sums),
        )

    def hold(self, entitlement: Entitlement) -> Hold | None:
        """What of the entitlement is held for want of a requirement."""
        if not self.register.demands:
            return None
        products, asked = self._products(entitlement), self._asked(entitlement)
        delivered = self._delivered(entitlement, asked)
        shares = self.volumes.get(entitlement.declared_line_id or 0, ())
        line = entitlement.declared_line
        return hold(
            HeldLine(
                amount=entitlement.amount,
                volume=Decimal(line.volume) if line else Decimal(0),
                delivered=delivered,
                organisation=self._eligible(products, asked, None),
                named=tuple(
                    Named(
                        str(one.professional_id),
                        Period(one.start_date, one.end_date),
                        self._eligible(products, asked, one.professional_id),
                    )
                    for one in self.named.get(entitlement.placement_id or 0, ())
                ),
                volumes=tuple(
                    WorkerVolume(str(one.professional_id), Decimal(one.volume)) for one in shares
                ),
            )
        )

    def lacking(self, entitlement: Entitlement) -> list[Demand]:
        """Requirements that were not met on some day of care, by anybody it concerns."""
        products, asked = self._products(entitlement), self._asked(entitlement)
        named = self.named.get(entitlement.placement_id or 0, ())
        subjects = [None, *(one.professional_id for one in named)]
        return [
            demand
            for subject in subjects
            for demand in self._demands(products, subject)
            if self.register.days_lacking(demand, asked, self.organisation_id, subject)
        ]

    def _products(self, entitlement: Entitlement) -> Sequence[int]:
        if entitlement.product_id:
            return [entitlement.product_id]
        return self.line_products.get(entitlement.funding_line_id or 0, ())

    def _asked(self, entitlement: Entitlement) -> Period:
        """The days it is about: those of the line, the day of a step, or the month."""
        if line := entitlement.declared_line:
            return Period(line.start_date, line.end_date)
        if step := entitlement.step:
            return Period(step.day, step.day)
        return Month.of(entitlement.month).period

    def _delivered(self, entitlement: Entitlement, asked: Period) -> tuple[Period, ...]:
        """Days of care in it; all of them where no start was reported, which may happen."""
        found = [
            shared
            for spell in self.spells.get(entitlement.placement_id or 0, ())
            if (shared := spell.intersection(asked))
        ]
        return tuple(found) or (asked,)

    def _demands(self, products: Sequence[int], professional_id: int | None) -> list[Demand]:
        subject = (
            Requirement.AppliesTo.ORGANISATION
            if professional_id is None
            else Requirement.AppliesTo.PROFESSIONAL
        )
        return [
            demand
            for demand in self.register.demands
            if demand.applies_to == subject
            and (not demand.products or demand.products & set(products))
        ]

    def _eligible(
        self, products: Sequence[int], asked: Period, professional_id: int | None
    ) -> tuple[Period, ...]:
        lacking = {
            day
            for demand in self._demands(products, professional_id)
            for day in self.register.days_lacking(
                demand, asked, self.organisation_id, professional_id
            )
        }
        return _without(asked, lacking)


def _grouped(rows: Iterable[_Row], column: str) -> dict[int, list[_Row]]:
    groups: defaultdict[int, list[_Row]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, column)].append(row)
    return dict(groups)


def _spells(placements: set[int]) -> dict[int, list[Period]]:
    spells: defaultdict[int, list[Period]] = defaultdict(list)
    # Where messages are for steering only, what was reported tells nothing of what is held.
    starts = (
        DeliveryStart.objects.live()
        .filter(placement__in=placements)
        .exclude(Steers("placement__subcontract", "begin_date"))
    )
    for start in starts.prefetch_related("stops"):
        ends = [stop.end_date for stop in start.stops.all() if stop.withdrawn_at is None]
        # A final stop after a temporary one adds no care: the first end counts.
        spells[start.placement_id].append(Period(start.begin_date, min(ends, default=None)))
    return dict(spells)


def _products(lines: set[int]) -> dict[int, list[int]]:
    products: defaultdict[int, list[int]] = defaultdict(list)
    rows = FundingLineProduct.objects.filter(funding_line__in=lines)
    for line, product in rows.values_list("funding_line_id", "product_id"):
        products[line].append(product)
    return dict(products)


def _without(asked: Period, lacking: set[date]) -> tuple[Period, ...]:
    """The days of a period that are not lacking, as periods."""
    if not lacking:
        return (asked,)
    found: list[Period] = []
    for day in asked.each_day():
        if day in lacking:
            continue
        if found and found[-1].end == day - timedelta(days=1):
            found[-1] = Period(found[-1].start, day)
        else:
            found.append(Period(day, day))
    return tuple(found)
