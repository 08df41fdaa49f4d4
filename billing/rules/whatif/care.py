"""Days of care, starts and stops, and declared volumes of the facts, as the rules take them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from billing.rules import allocated, occupancy, pxq
from billing.rules.trajectory import Start, Stop
from billing.rules.whatif.facts import Care, Line, Volume
from hoofdaannemer.core.money import round_cents
from hoofdaannemer.core.periods import Period


def value_of(volume: Volume, share: Decimal = Decimal(1)) -> Decimal:
    """Euros for declared lines at a part of their tariff (1: the tariff itself)."""
    unit = pxq.Unit(volume.unit)
    if volume.tariff is None:
        return round_cents(pxq.line_amount(volume.volume, unit, None).amount * share)
    of = pxq.Unit.HOUR if volume.is_minutes_of_hour else unit
    tariff = pxq.Tariff(of, volume.tariff * share)
    return pxq.line_amount(volume.volume, unit, tariff).amount * volume.times


def care_of(cares: Iterable[Care], line: Line) -> dict[int, list[Period]]:
    """Days of care by client on which the line paid the product, as its terms count them."""
    placed = line.parameters.get("counted", "delivered") == "placed"
    return days_of_care(cares, [line], placed=placed)


def days_of_care(
    cares: Iterable[Care], lines: Iterable[Line], *, placed: bool = False
) -> dict[int, list[Period]]:
    """Days of care by client under some lines together, delivered or placed."""
    covers: defaultdict[tuple[int, int], list[Period]] = defaultdict(list)
    for line in lines:
        for one in line.covers:
            covers[line.subcontract, one.product].append(one.period)
    found: defaultdict[int, list[Period]] = defaultdict(list)
    for care in cares:
        if not care.counts:
            continue
        running = _placed(care) if placed else _delivered(care)
        found[care.client] += occupancy.covered(running, covers[care.subcontract, care.product])
    return {client: spells for client, spells in found.items() if spells}


def allocated_care(cares: Iterable[Care], lines: Iterable[Line]) -> list[allocated.Care]:
    """What was allocated for care that these lines paid, a placement each, in their order."""
    covers: defaultdict[tuple[int, int], list[Period]] = defaultdict(list)
    for line in lines:
        for one in line.covers:
            covers[line.subcontract, one.product].append(one.period)
    found = []
    for care in cares:
        paid = covers.get((care.subcontract, care.product))
        if paid and care.counts and care.allocated:
            spells = occupancy.covered(_delivered(care), paid)
            found.append(allocated.Care(care.allocated, spells, care.prices))
    return found


def _placed(care: Care) -> list[Period]:
    return [care.placed] if care.placed else []


def _delivered(care: Care) -> list[Period]:
    return occupancy.delivered(
        (spell.day, [stop.day for stop in spell.stops]) for spell in care.spells
    )


def events_of(care: Care) -> list[Start | Stop]:
    """Starts and stops in the order they happened, as the rule of trajectories takes them."""
    events: list[Start | Stop] = []
    for spell in care.spells:
        events.append(Start(spell.day))
        events += [Stop(stop.day, stop.reason) for stop in spell.stops]
    return events
