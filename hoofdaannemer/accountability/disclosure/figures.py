"""The exact figures of several linked tables, brought together: one figure per cell, whatever
tables it stands in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from hoofdaannemer.accountability.disclosure.tables import (
    TOTAL,
    Cell,
    CellKey,
    Contributors,
    Dimension,
    Kind,
    Measure,
    ProtectedTable,
    Table,
    cell_key,
)


@dataclass(frozen=True, slots=True)
class Relation:
    """A total or subtotal, the parts of it that are known, and whether these are all its parts and
    add up.
    """

    whole: CellKey
    parts: tuple[CellKey, ...]
    complete: bool
    adds_up: bool
    reveals: bool

    def holds(self, values: Mapping[CellKey, Decimal]) -> bool:
        """Whether it is true of these figures; a reader can only use what is true."""
        whole, parts = values[self.whole], [values[part] for part in self.parts]
        if self.adds_up:
            return sum(parts) == whole if self.complete else sum(parts) <= whole
        return max(parts) <= whole and (not self.complete or whole <= sum(parts))


@dataclass(frozen=True, slots=True)
class Figures:
    """Exact figures per measure and cell, with what is needed to judge them."""

    measures: dict[str, Measure]
    dimensions: tuple[Dimension, ...]
    values: dict[str, dict[CellKey, Decimal]]
    contributors: dict[tuple[str, CellKey], tuple[Contributors, ...]]

    def relations(self, measure: Measure) -> Iterator[Relation]:
        """Every total with its parts, within and across the tables."""
        known = self.values[measure.code]
        for dimension in self.dimensions:
            lines = _lines(known, dimension.name)
            for whole, children in dimension.families():
                for line in lines:
                    parts = tuple(line[child] for child in children if child in line)
                    if whole not in line or not parts:
                        continue
                    complete = len(parts) == len(children)
                    if complete or measure.nonnegative:
                        yield Relation(
                            line[whole],
                            parts,
                            complete,
                            measure.adds_up_over(dimension.name),
                            dimension.reveals,
                        )


def gather(tables: Iterable[Table]) -> Figures:
    """Bring tables together.

    Raises ValueError where they contradict each other, where a table that should add up does not,
    where a count is negative or broken, and where a measure misses the count it rests on.
    """
    tables = tuple(tables)
    figures = Figures({}, _distinct_dimensions(tables), {}, {})
    for table in tables:
        for measure in table.measures:
            if figures.measures.setdefault(measure.code, measure) != measure:
                raise ValueError(f"measure {measure.code} is defined twice, differently")
            figures.values.setdefault(measure.code, {})
        _take(figures, table)
    _check_measures(figures)
    for table in tables:
        _check_sums(table)
    return figures


def _take(figures: Figures, table: Table) -> None:
    for cell in table.cells:
        key = cell_key(table, cell.keys)
        if cell.value is None:
            continue
        if figures.values[cell.measure].setdefault(key, cell.value) != cell.value:
            where = f"table {table.code}: {cell.measure} {sorted(key)}"
            raise ValueError(f"{where} has another value elsewhere")
        if cell.contributors:
            figures.contributors[cell.measure, key] = cell.contributors


def exact(table: ProtectedTable) -> Table:
    """The exact figures behind a protected table. Raises ValueError where they are not there any
    more.
    """
    from_cell = []
    for cell in table.cells:
        if cell.exact is None and (cell.suppressed or cell.value is not None):
            raise ValueError(
                f"table {table.code}: an earlier release can only be checked with its exact figures"
            )
        from_cell.append((cell.keys, cell.measure, cell.exact))
    cells = tuple(Cell(keys, measure, value) for keys, measure, value in from_cell)
    return Table(table.code, table.dimensions, table.measures, cells, table.fixed)


def _distinct_dimensions(tables: Iterable[Table]) -> tuple[Dimension, ...]:
    return tuple(dict.fromkeys(dimension for table in tables for dimension in table.dimensions))


def _lines(known: Iterable[CellKey], name: str) -> list[dict[str, CellKey]]:
    """Cells that differ in one dimension only, by their category in it."""
    lines: dict[CellKey, dict[str, CellKey]] = {}
    for key in known:
        own = next((pair for pair in key if pair[0] == name), None)
        rest = key if own is None else key - {own}
        lines.setdefault(rest, {})[TOTAL if own is None else own[1]] = key
    return list(lines.values())


def _check_measures(figures: Figures) -> None:
    for measure in figures.measures.values():
        for basis in measure.basis:
            if basis not in figures.measures:
                raise ValueError(f"measure {measure.code} rests on {basis}, which is not there")
            if missing := figures.values[measure.code].keys() - figures.values[basis].keys():
                raise ValueError(
                    f"measure {measure.code} has no {basis} for {sorted(next(iter(missing)))}"
                )
        if measure.kind is Kind.COUNT:
            broken = [
                v
                for v in figures.values[measure.code].values()
                if v < 0 or v != v.to_integral_value()
            ]
            if broken:
                raise ValueError(f"measure {measure.code} counts people, but has {broken[0]}")


def _check_sums(table: Table) -> None:
    figures = _one(table)
    for measure in table.measures:
        if measure.kind is Kind.STATISTIC:
            continue
        for relation in figures.relations(measure):
            if relation.complete and not relation.holds(figures.values[measure.code]):
                raise ValueError(
                    f"table {table.code}: {measure.code} {sorted(relation.whole)} is not its parts"
                )


def _one(table: Table) -> Figures:
    values: dict[str, dict[CellKey, Decimal]] = {measure.code: {} for measure in table.measures}
    for cell in table.cells:
        if cell.value is not None:
            values[cell.measure][cell_key(table, cell.keys)] = cell.value
    return Figures({m.code: m for m in table.measures}, table.dimensions, values, {})
