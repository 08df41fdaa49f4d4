"""The linear programmes: how close a reader comes, and what it costs to keep the reader away.

Solved by HiGHS through scipy, on one thread and without a random seed, so that the same tables give
the same pattern. Floats are fine here: no figure that is shown comes out of the solver, only bounds
that are compared with a margin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_array, hstack, vstack

from hoofdaannemer.accountability.disclosure.system import System, Vector

SLACK = 1e-6
SECONDS = 10.0
"""For one programme; past that the best solution so far is taken, which never overstates how
uncertain a cell is.
"""

ROUGHLY = 0.1
"""Good enough for a point that is only to save work: a share of the cost."""

Form = tuple[tuple[int, int], ...]
"""A sum of unknowns with signs."""


@dataclass
class Reader:
    """Someone who knows the system and its bounds, and computes.

    `points` are figures that the reader cannot rule out: the bounds of anything lie at least as far
    apart as they do.
    """

    system: System
    low: Vector
    high: Vector
    points: list[Vector] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._constraints = LinearConstraint(*self.system.matrix())

    def reveal_less(self, low: Vector, high: Vector) -> None:
        """Widen the bounds; known points stay possible."""
        self.low, self.high = low, high

    def interval(self, form: Form) -> tuple[float, float]:
        """The least and the greatest value of a form that the reader cannot rule out."""
        least, most = self._extreme(form, 1), self._extreme(form, -1)
        return least, most

    def seen_width(self, form: Form) -> float:
        """How far apart the known points lie: a lower bound of the interval's width, without
        solving anything.
        """
        found = [value(form, point) for point in self.points]
        return max(found) - min(found) if found else 0.0

    def explore(self, forms: Sequence[Form]) -> None:
        """Look for a few points in which many forms are large or small at once.

        It only saves work: what these points show need not be solved form by form. The signs follow
        the bits of the position, so that each form is pushed both ways and no two forms always go
        together.
        """
        for bit in range(max(len(forms) - 1, 0).bit_length() + 1):
            for way in (1, -1):
                costs = np.zeros(self.system.size)
                for position, form in enumerate(forms):
                    for index, factor in form:
                        costs[index] += way * factor * (1 if position >> bit & 1 else -1)
                self._reach(costs, ROUGHLY)

    def _extreme(self, form: Form, sign: int) -> float:
        costs = np.zeros(self.system.size)
        for index, factor in form:
            costs[index] += sign * factor
        found = self._reach(costs, 0.0)
        return value(
            form, np.array([float(v) for v in self.system.values]) if found is None else found
        )

    def _reach(self, costs: Vector, gap: float) -> Vector | None:
        """The cheapest point, in whole numbers where figures are."""
        found = solve(costs, self._constraints, self.low, self.high, None)
        if found is not None and self.system.whole_numbers and not is_whole(found):
            found = solve(
                costs,
                self._constraints,
                self.low,
                self.high,
                np.ones(self.system.size, dtype=np.int64),
                gap,
            )
        if found is not None:
            self.points.append(found)
        return found


def value(form: Form, point: Vector) -> float:
    return float(sum(factor * point[index] for index, factor in form))


def is_whole(point: Vector) -> bool:
    """Whether these could be numbers of people."""
    return bool(np.all(np.abs(point - np.rint(point)) < SLACK))


def solve(
    costs: Vector,
    constraints: LinearConstraint,
    low: Vector,
    high: Vector,
    whole: NDArray[np.int64] | None,
    gap: float = 0.0,
) -> Vector | None:
    """The cheapest point, or None where there is none or none was found in time; `gap` is how far
    from it is good enough.
    """
    found: OptimizeResult = milp(
        costs,
        integrality=whole,
        bounds=Bounds(low, high),
        constraints=constraints,
        options={"time_limit": SECONDS, "mip_rel_gap": gap},
    )
    if found.x is None:
        return None
    point: Vector = found.x if whole is None else np.where(whole > 0, np.rint(found.x), found.x)
    return point


def cheapest_cover(
    reader: Reader, form: Form, need: float, costs: Mapping[int, float], *, whole: bool
) -> Sequence[int] | None:
    """The unknowns to hide at least cost so that the bounds of a form lie `need` apart; None: it
    cannot be done.

    Two sets of figures are sought that a reader could not tell apart and that differ by `need` in
    the form. Where one of them leaves the bounds of a shown figure, that figure has to be hidden;
    leaving costs `costs` per unit. The caller hides what is answered; the two sets are kept as
    points of the reader, who then cannot rule them out.
    """
    n, system = reader.system.size, reader.system
    movable = np.array(sorted(costs), dtype=int)
    k = len(movable)
    # Columns of a set: figures within bounds, and for each movable one how far it goes above and
    # below them.
    matrix, row_low, row_high = system.matrix()
    one = hstack([matrix, matrix[:, movable], -matrix[:, movable]], format="csr")
    gap = _gap(form, n, movable)
    none = csr_array((one.shape[0], one.shape[1]))
    rows = vstack(
        [hstack([one, none]), hstack([none, one]), csr_array(np.concatenate([gap, -gap])[None, :])]
    )
    constraints = LinearConstraint(
        rows.tocsr(),
        np.concatenate([row_low, row_low, [need]]),
        np.concatenate([row_high, row_high, [np.inf]]),
    )
    above = np.maximum(system.ceiling - reader.high[movable], 0)
    floor = 0.0 if system.nonnegative else -system.ceiling
    below = np.maximum(reader.low[movable] - floor, 0)
    low = np.tile(np.concatenate([reader.low, np.zeros(2 * k)]), 2)
    high = np.tile(np.concatenate([reader.high, above, below]), 2)
    price = np.array([costs[index] for index in movable])
    cost = np.tile(np.concatenate([np.zeros(n), price, price]), 2)
    found = solve(
        cost, constraints, low, high, np.ones(len(cost), dtype=np.int64) if whole else None
    )
    if found is None:
        return None
    sets = found.reshape(2, n + 2 * k)
    for point in (_point(one_set, n, movable) for one_set in sets):
        if not system.whole_numbers or is_whole(point):
            reader.points.append(point)
    moves = sets[:, n:].reshape(2, 2, k).max(axis=(0, 1))
    return [int(index) for index, move in zip(movable, moves, strict=True) if move > SLACK]


def _point(one_set: Vector, n: int, movable: Vector) -> Vector:
    """The figures that one set of columns stands for."""
    point, k = one_set[:n].copy(), len(movable)
    point[movable] += one_set[n : n + k] - one_set[n + k :]
    return point


def _gap(form: Form, n: int, movable: Vector) -> Vector:
    """The form, over the columns of one set."""
    gap = np.zeros(n)
    for index, factor in form:
        gap[index] += factor
    return np.concatenate([gap, gap[movable], -gap[movable]])
