"""Care of some subcontractors as a what-if keeps it: placements, starts and stops, prices.

Who it was is not kept: a client is a number within the document.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from billing.rules.allocated import Allocated
from billing.rules.whatif.facts import Care, Spell, Stop
from billing.selectors.allocated import prices_of
from hoofdaannemer.core.periods import Period
from subcontracts.models import DeliveryStart, DeliveryStop, MessagePurpose, Placement
from subcontracts.selectors.purposes import Moment, steering_of

_Status: Final = Placement.Status
#: No care came of these.
_REFUSED: Final = (_Status.DECLINED, _Status.WITHDRAWN)


def cares(subcontractors: Sequence[int]) -> Mapping[int, list[Care]]:
    """By subcontractor, its placements in order. Earlier care counts too: a start may continue."""
    rows = list(
        Placement.objects.filter(subcontractor__in=subcontractors, subcontract__isnull=False)
        .order_by("pk")
        .values_list(
            "pk", "subcontractor", "client", "subcontract", "product", "family", "start_date",
            "end_date", "status", "volume", "unit", "frequency", "budget",
        )
    )  # fmt: skip
    prices = prices_of({row[3] or 0 for row in rows})
    spells = _spells(subcontractors, {row[0]: row[3] or 0 for row in rows})
    numbers: dict[int, int] = {}
    found: defaultdict[int, list[Care]] = defaultdict(list)
    for (
        pk, party, client, contract, product, law, start, end, status, volume, unit, frequency,
        budget,
    ) in rows:  # fmt: skip
        is_accepted = status not in (*_REFUSED, _Status.OFFERED)
        found[party].append(
            Care(
                numbers.setdefault(client, len(numbers) + 1),
                contract or 0,
                product,
                law,
                start,
                Period(start, end) if is_accepted else None,
                status not in _REFUSED,
                tuple(spells.get(pk, ())),
                Allocated(Period(start, end), volume, unit, frequency, budget),
                tuple(prices.get((contract or 0, product), ())),
            )
        )
    return found


def _spells(
    subcontractors: Sequence[int], contracts: Mapping[int, int]
) -> Mapping[int, Sequence[Spell]]:
    starts = list(
        DeliveryStart.objects.live()
        .filter(placement__subcontractor__in=subcontractors)
        .order_by("begin_date", "pk")
        .values_list("pk", "placement", "begin_date")
    )
    stops: defaultdict[int, list[tuple[date, str]]] = defaultdict(list)
    ended = DeliveryStop.objects.live().filter(start__placement__subcontractor__in=subcontractors)
    for start, day, reason in ended.order_by("end_date", "pk").values_list(
        "start", "end_date", "reason"
    ):
        stops[start].append((day, reason))
    steered = _steered(starts, stops, contracts)
    found: defaultdict[int, list[Spell]] = defaultdict(list)
    for pk, placement, day in starts:
        contract = contracts.get(placement, 0)
        found[placement].append(
            Spell(
                day,
                (contract, day) in steered,
                tuple(Stop(end, why, (contract, end) in steered) for end, why in stops[pk]),
            )
        )
    return found


def _steered(
    starts: Sequence[tuple[int, int, date]],
    stops: Mapping[int, Sequence[tuple[date, str]]],
    contracts: Mapping[int, int],
) -> set[Moment]:
    if not MessagePurpose.objects.exists():
        return set()
    return steering_of(
        {
            (contracts.get(placement, 0), day)
            for pk, placement, begin in starts
            for day in (begin, *(end for end, _reason in stops.get(pk, ())))
        }
    )
