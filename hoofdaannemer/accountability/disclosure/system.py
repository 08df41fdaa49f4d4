"""What a reader knows of one measure, as a set of linear relations and bounds.

Unknowns are the true figures. A reader knows which figures are totals of which (all tables, all
releases), that counts are whole and not negative, and between which bounds a shown figure was
rounded. Of a figure that was corrected between two releases the reader is taken to know how large
the correction was: more than most will know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from hoofdaannemer.accountability.disclosure.figures import Figures, Relation
from hoofdaannemer.accountability.disclosure.policy import Policy, behind_amount, behind_count
from hoofdaannemer.accountability.disclosure.tables import CellKey, Kind, Measure

Vector = NDArray[np.float64]
Bounds = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """How a reader reads shown figures of a measure: `exactly` where another figure undoes the
    rounding.
    """

    measure: Measure
    policy: Policy
    exactly: bool

    def behind(self, shown: Decimal, exact: Decimal) -> Bounds:
        """The bounds of the true figure."""
        if self.exactly:
            return exact, exact
        base = self.measure.rounding or self.policy.rounding
        if self.measure.kind is Kind.COUNT:
            return behind_count(shown, base, self.policy.minimum)
        low, high = behind_amount(shown, base)
        return (max(low, Decimal(0)) if self.measure.nonnegative else low), high


@dataclass(frozen=True, slots=True)
class Earlier:
    """One measure in one earlier release: exact figures, and which of them were shown as what."""

    figures: Figures
    shown: Mapping[CellKey, Decimal]
    knowledge: Knowledge


@dataclass(slots=True)
class System:
    """Unknowns, relations and what earlier releases say. Matrices are in floats: they are for the
    solver only.

    `views` gives the unknown of each cell in the current tables (the first) and in each earlier
    release.
    """

    values: list[Decimal] = field(default_factory=list)
    views: list[dict[CellKey, int]] = field(default_factory=list)
    known: dict[int, Bounds] = field(default_factory=dict)
    rows: dict[tuple[tuple[int, int], ...], Bounds] = field(default_factory=dict)
    whole_numbers: bool = False
    nonnegative: bool = True

    @property
    def current(self) -> dict[CellKey, int]:
        return self.views[0]

    @property
    def size(self) -> int:
        return len(self.values)

    @property
    def ceiling(self) -> float:
        """More than any reader would believe of a hidden figure; keeps the programmes bounded."""
        return float(10 * max((abs(value) for value in self.values), default=Decimal(0)) + 1000)

    def matrix(self) -> tuple[csr_array, Vector, Vector]:
        """Relations as a sparse matrix, with the lower and upper side of each row."""
        at = [(row, column, sign) for row, terms in enumerate(self.rows) for column, sign in terms]
        rows, columns, signs = zip(*at, strict=True) if at else ((), (), ())
        matrix = csr_array(
            (np.array(signs, dtype=float), (rows, columns)), shape=(len(self.rows), self.size)
        )
        sides = [(float(low), float(high)) for low, high in self.rows.values()]
        low, high = (np.array([side[i] for side in sides]) for i in (0, 1))
        return matrix, low, high

    def bounds(self, shown: Mapping[CellKey, Bounds]) -> tuple[Vector, Vector]:
        """Lower and upper bound per unknown, given what is shown now and was shown before."""
        low = np.full(self.size, 0.0 if self.nonnegative else -self.ceiling)
        high = np.full(self.size, self.ceiling)
        facts = [
            *self.known.items(),
            *((self.current[key], bounds) for key, bounds in shown.items()),
        ]
        for index, (least, most) in facts:
            low[index] = max(low[index], float(least))
            high[index] = min(high[index], float(most))
        return low, high

    def add(self, terms: Iterable[tuple[int, int]], low: Decimal, high: Decimal) -> None:
        """Add a relation, or narrow the one with the same terms."""
        key = tuple(sorted(terms))
        least, most = self.rows.get(key, (low, high))
        self.rows[key] = max(low, least), min(high, most)


UNBOUNDED = Decimal("Infinity")


def build(figures: Figures, measure: Measure, earlier: Iterable[Earlier]) -> System:
    """The system of one measure over the current figures and all earlier releases."""
    system = System(whole_numbers=measure.kind is Kind.COUNT, nonnegative=measure.nonnegative)
    system.views.append(
        {key: _new(system, value) for key, value in figures.values[measure.code].items()}
    )
    newest = dict(system.current)
    seen = [figures]
    for release in earlier:
        seen.append(release.figures)
        system.views.append(_add_release(system, measure, release, newest))
    for view, index in zip(seen, system.views, strict=True):
        _relate(system, measure, _over(view, measure, index, system), index)
    joined = Figures(
        figures.measures, tuple({d: None for view in seen for d in view.dimensions}), {}, {}
    )
    _relate(system, measure, _over(joined, measure, newest, system), newest)
    return system


def _add_release(
    system: System, measure: Measure, release: Earlier, newest: dict[CellKey, int]
) -> dict[CellKey, int]:
    """Unknowns of a release: those we have where the figure is the same, and others tied to them
    where it is not.
    """
    index: dict[CellKey, int] = {}
    for key, value in release.figures.values.get(measure.code, {}).items():
        known = newest.get(key)
        if known is None or system.values[known] != value:
            index[key] = _new(system, value)
        else:
            index[key] = known
        if known is not None and index[key] != known:
            change = max(Decimal(1), abs(system.values[known] - value))
            system.add(((known, 1), (index[key], -1)), -change, change)
        newest.setdefault(key, index[key])
        if key in release.shown:
            low, high = release.knowledge.behind(release.shown[key], value)
            least, most = system.known.get(index[key], (low, high))
            system.known[index[key]] = max(low, least), min(high, most)
    return index


def _new(system: System, value: Decimal) -> int:
    system.values.append(value)
    return system.size - 1


def _over(
    view: Figures, measure: Measure, index: Mapping[CellKey, int], system: System
) -> Iterator[Relation]:
    """Relations of a view that are true of its figures; between releases a false one can turn
    up.
    """
    values = {key: system.values[at] for key, at in index.items()}
    for relation in Figures(view.measures, view.dimensions, {measure.code: values}, {}).relations(
        measure
    ):
        if relation.holds(values):
            yield relation


def _relate(
    system: System, measure: Measure, relations: Iterable[Relation], index: Mapping[CellKey, int]
) -> None:
    for relation in relations:
        whole, parts = index[relation.whole], [index[part] for part in relation.parts]
        less = [(part, -1) for part in parts]
        if relation.adds_up:
            system.add(
                [(whole, 1), *less], Decimal(0), Decimal(0) if relation.complete else UNBOUNDED
            )
            continue
        if relation.complete:
            system.add([(whole, 1), *less], -UNBOUNDED, Decimal(0))
        for part in less:
            system.add([(whole, 1), part], Decimal(0), UNBOUNDED)
