"""Tables for the tests of disclosure control, and an attacker of its own who sees nothing but what
is published.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Mapping
from decimal import Decimal

import numpy as np
from scipy.optimize import linprog

from hoofdaannemer.accountability.disclosure import (
    TOTAL,
    Cell,
    Dimension,
    Kind,
    Measure,
    ProtectedTable,
    Table,
)

CLIENTS = Measure("clients", Kind.COUNT)
AMOUNT = Measure("amount", Kind.AMOUNT, basis=("clients",))
PERIOD = (("period", "2026-Q1"),)
Keys = tuple[str, ...]


def dimension(name: str, size: int, *, reveals: bool = False) -> Dimension:
    return Dimension(name, tuple(f"{name}{i}" for i in range(size)), reveals=reveals)


def margins(dimensions: Iterable[Dimension], leaves: Mapping[Keys, Decimal]) -> dict[Keys, Decimal]:
    """All cells with their totals."""
    found: dict[Keys, Decimal] = {}
    for keys, value in leaves.items():
        for mask in itertools.product((False, True), repeat=len(keys)):
            total = tuple(TOTAL if hide else key for key, hide in zip(keys, mask, strict=True))
            found[total] = found.get(total, Decimal(0)) + value
    return found


def table(
    dimensions: tuple[Dimension, ...],
    counts: Mapping[Keys, int],
    amounts: Mapping[Keys, Decimal] | None = None,
    fixed: tuple[tuple[str, str], ...] = PERIOD,
    code: str = "table",
) -> Table:
    cells = [
        Cell(keys, "clients", value)
        for keys, value in margins(dimensions, {k: Decimal(v) for k, v in counts.items()}).items()
    ]
    if amounts is not None:
        cells += [
            Cell(keys, "amount", value) for keys, value in margins(dimensions, amounts).items()
        ]
    measures = (CLIENTS,) if amounts is None else (CLIENTS, AMOUNT)
    return Table(code, dimensions, measures, tuple(cells), fixed)


def cube(
    shape: tuple[int, int, int], seed: int, mean: float = 25, *, with_amounts: bool = False
) -> Table:
    """Counts as they come in care: many small ones, some noughts, a long tail."""
    dice = random.Random(seed)
    dimensions = tuple(
        dimension(n, k) for n, k in zip(("product", "municipality", "law"), shape, strict=True)
    )
    counts = {
        keys: int(dice.expovariate(1 / mean)) if dice.random() > 0.1 else 0
        for keys in itertools.product(*(d.categories for d in dimensions))
    }
    amounts = {
        k: sum((Decimal(dice.randint(20_000, 300_000)) / 100 for _ in range(n)), Decimal(0))
        for k, n in counts.items()
    }
    return table(dimensions, counts, amounts if with_amounts else None)


Known = frozenset[tuple[str, str]]
Range = tuple[float, float | None]


def outsider(
    tables: Iterable[ProtectedTable],
    measure: str,
    *,
    spread: float = 0,
    hide: Iterable[Keys] | None = None,
) -> dict[Known, tuple[float, float]]:
    """Bounds of each hidden cell by plain linear programming; shares no code with the product.

    `spread`: how far a shown figure may lie from the true one. `hide`: take exact figures as shown
    for all cells but these; without it only published values are used.
    """
    bounds: dict[Known, Range] = {}
    rows: list[dict[Known, int]] = []
    for one in tables:
        for key, own in _bounds(one, measure, spread, None if hide is None else set(hide)).items():
            if own[1] is not None or key not in bounds:
                bounds[key] = own
        rows += _sums(one)
    order = {key: i for i, key in enumerate(bounds)}
    matrix = np.zeros((len(rows), len(order)))
    for i, row in enumerate(rows):
        for key, sign in row.items():
            matrix[i, order[key]] = sign
    ranges = list(bounds.values())
    return {
        key: _extremes(matrix, ranges, order[key])
        for key, (_, high) in bounds.items()
        if high is None
    }


def _known(one: ProtectedTable, keys: Keys) -> Known:
    named = zip(one.dimensions, keys, strict=True)
    return frozenset((*one.fixed, *((d.name, key) for d, key in named if key != TOTAL)))


def _bounds(
    one: ProtectedTable, measure: str, spread: float, hidden: set[Keys] | None
) -> dict[Known, Range]:
    found: dict[Known, Range] = {}
    for cell in one.cells:
        if cell.measure == measure:
            value = cell.value
            if hidden is not None:
                value = None if cell.keys in hidden else cell.exact
            around = spread if value else 0
            found[_known(one, cell.keys)] = (
                (0, None) if value is None else (float(value) - around, float(value) + around)
            )
    return found


def _sums(one: ProtectedTable) -> list[dict[Known, int]]:
    rows = []
    for at, own in enumerate(one.dimensions):
        others = [(*d.categories, TOTAL) if d is not own else (TOTAL,) for d in one.dimensions]
        for keys in itertools.product(*others):
            parts = [_known(one, (*keys[:at], c, *keys[at + 1 :])) for c in own.categories]
            rows.append({_known(one, keys): -1} | dict.fromkeys(parts, 1))
    return rows


def _extremes(matrix: np.ndarray, ranges: list[Range], at: int) -> tuple[float, float]:
    goal = np.zeros(len(ranges))
    goal[at] = 1
    right = np.zeros(len(matrix))
    low = linprog(goal, A_eq=matrix, b_eq=right, bounds=ranges)
    high = linprog(-goal, A_eq=matrix, b_eq=right, bounds=ranges)
    assert low.status == 0, low.message
    return low.fun, np.inf if high.status == 3 else -high.fun
