"""The figures of the quarter's report of one municipal contract, per municipality and product.

Source: domain description, section 6 (hours, cost, clients, waiting times, deployed FTE).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q

from hoofdaannemer.accountability.definitions import quarter_sql
from hoofdaannemer.accountability.definitions.model import Snapshot
from hoofdaannemer.accountability.disclosure import (
    TOTAL,
    Cell,
    Contributors,
    Dimension,
    Kind,
    Measure,
    Policy,
    Table,
)
from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.money import round_cents
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.planning import joining_sets
from subcontracts.models import (
    ContractMunicipality,
    ContractProduct,
    MunicipalContract,
    Product,
)

POLICY = Policy()
MONTHS = 3
CARE, ENTERED, LEFT, CAPACITY = "zorg", "instroom", "uitstroom", "inzet"
NEW, GONE = "new", "gone"
Place = tuple[str, str]
"""Codes of municipality and product, or TOTAL."""

# Neither moving in nor moving out of care is news about a person whose care is known.
ARRIVAL = Dimension("arrival", ("present", NEW), reveals=False)
DEPARTURE = Dimension("departure", ("staying", GONE), reveals=False)
FLOWS = frozenset({"arrival", "departure"})
CLIENTS = Measure("clients", Kind.COUNT, additive_over=FLOWS)
WAITING = Measure("waiting_days", Kind.STATISTIC, basis=("clients",), rounding=Decimal(1))
HOURS = Measure("hours", Kind.AMOUNT, basis=("clients",), nonnegative=False)
COST = Measure("cost", Kind.AMOUNT, basis=("clients",), rounding=Decimal(100), nonnegative=False)
DEPLOYED = Measure("fte", Kind.AMOUNT, rounding=Decimal("0.1"))
FIXED_SUM = Measure("fixed_sum", Kind.AMOUNT, rounding=Decimal(100), nonnegative=False)


@dataclass(frozen=True, slots=True)
class Flow:
    """Clients in one cell, and the median days that those who began had waited."""

    clients: int = 0
    entered: int = 0
    departed: int = 0
    waited: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Shares:
    """What clients have of an amount, signs left out: how many do, together, and the largest."""

    number: int = 0
    total: Decimal = Decimal(0)
    largest: tuple[Decimal, ...] = ()

    def as_contributors(self) -> Contributors:
        """Fewer clients than the minimum are taken together as one, who then dominates the cell.

        A count of clients in care may be shown while only a few of them have declared care.
        """
        few = 0 < self.number < POLICY.minimum
        largest = (self.total,) if few else self.largest
        return Contributors("client", largest, self.total - sum(largest, Decimal(0)))


@dataclass(frozen=True, slots=True)
class Spent:
    """Hours and euros of one cell, and what clients and providers have of them."""

    hours: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    hours_by_client: Shares = Shares()
    by_client: Shares = Shares()
    by_provider: tuple[Decimal, ...] = ()


def exact(contract: MunicipalContract, period: Period, as_known_on: datetime) -> Snapshot:
    """The exact figures, from what was recorded up to the moment."""
    given = {
        "owner": contract.main_contractor_id,
        "contract": contract.pk,
        "start": period.start,
        "end": period.end,
        "moment": as_known_on,
        "largest": max(number for number, _share in POLICY.dominance),
    }
    with joining_sets():
        flows = {(m, p): Flow(*rest) for m, p, *rest in _rows(quarter_sql.CARE, given)}
        spent = {(m, p): _spent(rest) for m, p, *rest in _rows(quarter_sql.MONEY, given)}
        fte = [number for (number,) in _rows(quarter_sql.FTE, given)]
        fixed_sums = [amount for (amount,) in _rows(quarter_sql.FIXED_SUMS, given)]
    spent = _added_up(spent)
    labels = _labels(contract, {*flows, *spent})
    fixed = (
        ("contract", contract.number),
        ("period", f"{period.start.year}-Q{(period.start.month + 2) // 3}"),
    )
    capacity = _capacity(fte, fixed_sums, fixed)
    grid = _grid(labels)
    clients = _clients(grid, flows)
    tables = (
        _care(grid, clients, flows, spent, fixed),
        _entered(grid, clients, flows, fixed),
        _left(grid, clients, flows, fixed),
        capacity,
    )
    return Snapshot(tables, labels)


def is_quarter(period: Period) -> bool:
    """Quarters only: two reports over days that overlap would give each other's figures away."""
    return (
        period.end is not None
        and period.start.day == 1
        and period.start.month % MONTHS == 1
        and [*period.months()][-1].last == period.end
        and len([*period.months()]) == MONTHS
    )


def _rows(query: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())


def _spent(row: Sequence[Any]) -> Spent:
    minutes, amount, *by_client, by_provider = row
    by_time, hours, most_hours, by_amount, euros, most_euros = by_client
    return Spent(
        _hours(minutes),
        amount,
        Shares(by_time, hours, tuple(most_hours)),
        Shares(by_amount, euros, tuple(most_euros)),
        tuple(by_provider),
    )


def _hours(minutes: Decimal) -> Decimal:
    return round_cents(Decimal(minutes) / 60)


def _added_up(spent: Mapping[Place, Spent]) -> dict[Place, Spent]:
    """Hours are rounded per cell; totals add rounded hours, so that the table adds up."""
    cells = {place: one for place, one in spent.items() if TOTAL not in place}
    found = {}
    for place, one in spent.items():
        parts = [
            cell.hours
            for own, cell in cells.items()
            if all(whole in {TOTAL, part} for whole, part in zip(place, own, strict=True))
        ]
        found[place] = replace(one, hours=sum(parts, Decimal(0)))
    return found


def _labels(contract: MunicipalContract, seen: Collection[Place]) -> dict[str, dict[str, str]]:
    """Names of the contract's municipalities and products, and of others that had care."""
    municipalities = Municipality.objects.filter(
        Q(pk__in=ContractMunicipality.objects.filter(contract=contract).values("municipality"))
        | Q(code__in={municipality for municipality, _product in seen})
    )
    products = Product.objects.filter(
        Q(pk__in=ContractProduct.objects.filter(contract=contract).values("product"))
        | Q(code__in={product for _municipality, product in seen}, family=contract.family),
        main_contractor=contract.main_contractor_id,
    )
    return {
        "municipality": dict(municipalities.order_by("name").values_list("code", "name")),
        "product": dict(products.order_by("code").values_list("code", "name")),
    }


@dataclass(frozen=True, slots=True)
class _Grid:
    """All cells of municipality by product, with totals; also those without care."""

    municipality: Dimension
    product: Dimension

    @property
    def dimensions(self) -> tuple[Dimension, Dimension]:
        return self.municipality, self.product

    def places(self) -> Iterator[Place]:
        for municipality in (*self.municipality.categories, TOTAL):
            for product in (*self.product.categories, TOTAL):
                yield municipality, product


def _grid(labels: Mapping[str, Mapping[str, str]]) -> _Grid:
    return _Grid(
        # Where somebody lives is known beforehand.
        Dimension("municipality", tuple(labels["municipality"]), reveals=False),
        Dimension("product", tuple(labels["product"])),
    )


Fixed = tuple[tuple[str, str], ...]


def _clients(grid: _Grid, flows: Mapping[Place, Flow]) -> Measure:
    """The count of clients, additive over a dimension in which nobody is counted twice.

    Strictly a reader cannot know that, and so knows bounds only. But most clients have one kind of
    care in one place, so a reader will take totals for sums; where that is true, we must too.
    """
    places, goods = grid.municipality.categories, grid.product.categories
    parts = {
        "municipality": [([(m, p) for m in places], (TOTAL, p)) for p in (*goods, TOTAL)],
        "product": [([(m, p) for p in goods], (m, TOTAL)) for m in (*places, TOTAL)],
    }
    additive = {
        name
        for name, lines in parts.items()
        if all(_is_sum(flows, cells, whole) for cells, whole in lines)
    }
    return replace(CLIENTS, additive_over=FLOWS | additive)


def _is_sum(flows: Mapping[Place, Flow], parts: Sequence[Place], whole: Place) -> bool:
    total = flows.get(whole, Flow())
    cells = [flows.get(part, Flow()) for part in parts]
    return (
        sum(cell.clients for cell in cells) == total.clients
        and sum(cell.entered for cell in cells) == total.entered
        and sum(cell.departed for cell in cells) == total.departed
    )


def _care(
    grid: _Grid,
    people: Measure,
    flows: Mapping[Place, Flow],
    spent: Mapping[Place, Spent],
    fixed: Fixed,
) -> Table:
    cells = []
    for place in grid.places():
        one = spent.get(place, Spent())
        clients = Decimal(flows.get(place, Flow()).clients)
        cells += [
            Cell(place, CLIENTS.code, clients),
            Cell(place, HOURS.code, one.hours, (one.hours_by_client.as_contributors(),)),
            Cell(
                place,
                COST.code,
                one.amount,
                (one.by_client.as_contributors(), Contributors("provider", one.by_provider)),
            ),
        ]
    return Table(CARE, grid.dimensions, (people, HOURS, COST), tuple(cells), fixed)


def _entered(grid: _Grid, people: Measure, flows: Mapping[Place, Flow], fixed: Fixed) -> Table:
    cells = []
    for place in grid.places():
        flow = flows.get(place, Flow())
        cells.append(Cell((*place, NEW), CLIENTS.code, Decimal(flow.entered)))
        # A median without clients who entered rests on nobody that the table shows.
        waited = flow.waited if flow.entered else None
        cells.append(Cell((*place, NEW), WAITING.code, waited))
    return Table(ENTERED, (*grid.dimensions, ARRIVAL), (people, WAITING), tuple(cells), fixed)


def _left(grid: _Grid, people: Measure, flows: Mapping[Place, Flow], fixed: Fixed) -> Table:
    cells = tuple(
        Cell((*place, GONE), CLIENTS.code, Decimal(flows.get(place, Flow()).departed))
        for place in grid.places()
    )
    return Table(LEFT, (*grid.dimensions, DEPARTURE), (people,), cells, fixed)


def _capacity(fte: Sequence[Decimal], amounts: Sequence[Decimal], fixed: Fixed) -> Table:
    average = round_cents(sum(fte, Decimal(0)) / MONTHS)
    cells = (
        Cell((), DEPLOYED.code, average, (Contributors("professional", tuple(fte)),)),
        Cell(
            (),
            FIXED_SUM.code,
            sum(amounts, Decimal(0)),
            (Contributors("provider", tuple(amounts)),),
        ),
    )
    return Table(CAPACITY, (), (DEPLOYED, FIXED_SUM), cells, fixed)
