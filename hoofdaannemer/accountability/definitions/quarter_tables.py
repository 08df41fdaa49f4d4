"""The tables of the quarter's report, from what was counted in each of their cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

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
from hoofdaannemer.core.money import round_cents

POLICY = Policy()
MONTHS = 3
CARE, ENTERED, LEFT, CAPACITY = "zorg", "instroom", "uitstroom", "inzet"
#: The same care by who gives it: of a report that shows figures of subcontractors.
BY_PROVIDER, ENTERED_THERE = "aanbieders", "instroom_aanbieders"
NEW, GONE = "new", "gone"
Place = tuple[str, str]
"""Codes of municipality and product (or provider), or TOTAL."""

# Neither moving in nor moving out of care is news about a person whose care is known.
ARRIVAL = Dimension("arrival", ("present", NEW), reveals=False)
DEPARTURE = Dimension("departure", ("staying", GONE), reveals=False)
# Who goes from one subcontractor to another begins there, and yet did not begin with care.
ARRIVAL_THERE = Dimension("arrival_there", ("present", NEW), reveals=False)
FLOWS = frozenset({"arrival", "departure", "arrival_there"})
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


@dataclass(frozen=True, slots=True)
class Grid:
    """All cells of municipality by product (or provider), with totals; also those without care."""

    municipality: Dimension
    other: Dimension

    @property
    def dimensions(self) -> tuple[Dimension, Dimension]:
        return self.municipality, self.other

    def places(self) -> Iterator[Place]:
        for municipality in (*self.municipality.categories, TOTAL):
            for other in (*self.other.categories, TOTAL):
                yield municipality, other

    def sums(self) -> dict[str, list[tuple[list[Place], Place]]]:
        """By dimension the cells that make up each total over it, with that total."""
        places, others = self.municipality.categories, self.other.categories
        return {
            self.municipality.name: [
                ([(m, o) for m in places], (TOTAL, o)) for o in (*others, TOTAL)
            ],
            self.other.name: [([(m, o) for o in others], (m, TOTAL)) for m in (*places, TOTAL)],
        }


def grid(labels: Mapping[str, Mapping[str, str]], other: str) -> Grid:
    """Municipalities by `other`, a name among the labels."""
    return Grid(
        # Where somebody lives is known beforehand.
        Dimension("municipality", tuple(labels["municipality"]), reveals=False),
        Dimension(other, tuple(labels[other])),
    )


Fixed = tuple[tuple[str, str], ...]
Counted = tuple[Grid, Mapping[Place, Flow]]
"""A grid with what was counted in its cells."""


def people(counted: Sequence[Counted]) -> Measure:
    """The count of clients, additive over a dimension in which nobody is counted twice.

    Strictly a reader cannot know that, and so knows bounds only. But most clients have one kind of
    care in one place, so a reader will take totals for sums; where that is true, we must too.
    """
    names = {dimension.name for own, _flows in counted for dimension in own.dimensions}
    additive = {
        name
        for name in names
        if all(
            _is_sum(flows, cells, whole)
            for own, flows in counted
            for cells, whole in own.sums().get(name, [])
        )
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


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the tables of one grid. `fixed` is what all cells have in common.

    Where the contract shows figures of subcontractors, nothing is hidden for who provides it
    (`shows_providers`): that the municipality may know. What clients have is judged as ever.
    """

    grid: Grid
    people: Measure
    flows: Mapping[Place, Flow]
    spent: Mapping[Place, Spent]
    fixed: Fixed
    shows_providers: bool = False

    def care(self) -> Table:
        """Clients, hours and cost."""
        cells: list[Cell] = []
        for place in self.grid.places():
            one = self.spent.get(place, Spent())
            hours = Cell(place, HOURS.code, one.hours, (one.hours_by_client.as_contributors(),))
            cells += [self._clients(place), hours, self._cost(place)]
        return self._table(CARE, (), (self.people, HOURS, COST), cells)

    def by_provider(self) -> Table:
        """Clients and cost."""
        cells: list[Cell] = []
        for place in self.grid.places():
            cells += [self._clients(place), self._cost(place)]
        return self._table(BY_PROVIDER, (), (self.people, COST), cells)

    def entered(self) -> Table:
        """Who began with care, and how long they had waited."""
        cells = []
        for place in self.grid.places():
            flow = self.flows.get(place, Flow())
            cells.append(Cell((*place, NEW), CLIENTS.code, Decimal(flow.entered)))
            # A median without clients who entered rests on nobody that the table shows.
            waited = flow.waited if flow.entered else None
            cells.append(Cell((*place, NEW), WAITING.code, waited))
        return self._table(ENTERED, (ARRIVAL,), (self.people, WAITING), cells)

    def entered_there(self) -> Table:
        """Who began with a provider."""
        cells = [
            Cell((*place, NEW), CLIENTS.code, Decimal(self.flows.get(place, Flow()).entered))
            for place in self.grid.places()
        ]
        return self._table(ENTERED_THERE, (ARRIVAL_THERE,), (self.people,), cells)

    def left(self) -> Table:
        """Whose care ended for good."""
        cells = [
            Cell((*place, GONE), CLIENTS.code, Decimal(self.flows.get(place, Flow()).departed))
            for place in self.grid.places()
        ]
        return self._table(LEFT, (DEPARTURE,), (self.people,), cells)

    def _clients(self, place: Place) -> Cell:
        return Cell(place, CLIENTS.code, Decimal(self.flows.get(place, Flow()).clients))

    def _cost(self, place: Place) -> Cell:
        one = self.spent.get(place, Spent())
        shares = (one.by_client.as_contributors(),)
        providers = () if self.shows_providers else (Contributors("provider", one.by_provider),)
        return Cell(place, COST.code, one.amount, (*shares, *providers))

    def _table(
        self,
        code: str,
        more: tuple[Dimension, ...],
        measures: tuple[Measure, ...],
        cells: Sequence[Cell],
    ) -> Table:
        return Table(code, (*self.grid.dimensions, *more), measures, tuple(cells), self.fixed)


def capacity(fte: Sequence[Decimal], amounts: Sequence[Decimal], fixed: Fixed) -> Table:
    """People and euros under fixed sums, of the whole contract."""
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
