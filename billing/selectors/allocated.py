"""Placements under lines that pay what was allocated, with their days of care and prices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from billing.rules.allocated import Allocated, Care, Price
from billing.rules.pxq import Tariff as Agreed
from billing.rules.pxq import Unit
from billing.selectors.occupancy import care_of
from hoofdaannemer.core.periods import Period
from subcontracts.models import FundingLine, Placement, Tariff


def allocated_care(line: FundingLine) -> list[tuple[Placement, Care]]:
    """In the order of placements; care counts from its reported start to its reported stop."""
    placed = [pair for client in care_of(line, "delivered").values() for pair in client.placements]
    prices = prices_of({line.subcontract_id})
    return [
        (
            one,
            Care(
                allocated_to(one), spells, prices.get((one.subcontract_id or 0, one.product_id), ())
            ),
        )
        for one, spells in sorted(placed, key=lambda pair: pair[0].pk)
    ]


def allocated_to(placement: Placement) -> Allocated:
    """What a placement holds."""
    return Allocated(
        Period(placement.start_date, placement.end_date),
        placement.volume,
        placement.unit,
        placement.frequency,
        placement.budget,
    )


def prices_of(contracts: Collection[int]) -> Mapping[tuple[int, int], Sequence[Price]]:
    """The tariffs of these contracts, by contract and product."""
    found: defaultdict[tuple[int, int], list[Price]] = defaultdict(list)
    for row in Tariff.objects.filter(subcontract__in=contracts).order_by("start_date"):
        agreed = Agreed(Unit(row.unit), row.amount)
        price = Price(Period(row.start_date, row.end_date), agreed)
        found[row.subcontract_id, row.product_id].append(price)
    return found
