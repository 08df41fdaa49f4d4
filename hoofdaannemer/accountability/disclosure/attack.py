"""The attack: what someone who holds all releases can compute about what was hidden.

Part of the product: the review screen shows it before a release, and `protect` ends with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hoofdaannemer.accountability.disclosure.figures import Figures, exact, gather
from hoofdaannemer.accountability.disclosure.policy import Policy
from hoofdaannemer.accountability.disclosure.primary import Target, group_targets
from hoofdaannemer.accountability.disclosure.solver import SLACK, Form, Reader
from hoofdaannemer.accountability.disclosure.system import Earlier, Knowledge, System, build
from hoofdaannemer.accountability.disclosure.tables import (
    CellKey,
    Kind,
    Measure,
    ProtectedTable,
    ReleasedTable,
    cell_key,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """How close a reader comes to one hidden figure, in the unit of its measure.

    `low` and `high` bound it; `need` is how far apart they must lie (0: it is only hidden to
    protect others). Where `whole` is given, the figure is what is left of that total outside the
    cell.
    """

    measure: str
    cell: CellKey
    whole: CellKey | None
    low: float
    high: float
    need: Decimal

    @property
    def is_exposed(self) -> bool:
        return self.high - self.low < float(self.need) - SLACK

    @property
    def shortfall(self) -> float:
        """How much of the needed width is missing; negative where there is room to spare."""
        return float(self.need) - (self.high - self.low)


def attack(
    tables: Sequence[ProtectedTable],
    released: Sequence[ReleasedTable] = (),
    *,
    thorough: bool = True,
) -> list[Finding]:
    """Bounds of every hidden figure of these tables and of all releases before, the worst first.

    Not thorough: only figures whose bounds were not shown to be wide enough on the way are solved
    and returned, which is enough to say that nothing is exposed.
    Raises ValueError where an earlier release came without its exact figures.
    """
    if not tables:
        return []
    figures = gather([exact(table) for table in tables])
    findings: list[Finding] = []
    for measure in figures.measures.values():
        if measure.kind is not Kind.STATISTIC:
            findings += _attack_measure(figures, measure, tables, released, thorough)
    return sorted(findings, key=lambda f: (-f.shortfall, f.measure, sorted(f.cell)))


def worst(findings: Sequence[Finding]) -> Finding | None:
    """The figure of which a reader knows most, measured by what it needs."""
    return max(findings, key=lambda finding: finding.shortfall, default=None)


def earlier_of(measure: Measure, released: Sequence[ReleasedTable]) -> list[Earlier]:
    """What earlier releases say of a measure, newest first."""
    found = []
    for tables in _by_release(measure, released):
        figures = gather([exact(table) for table in tables])
        knowledge = knowledge_of(figures, figures.measures[measure.code], tables[0].policy)
        found.append(Earlier(figures, shown_values(tables, measure), knowledge))
    return found


def knowledge_of(figures: Figures, measure: Measure, policy: Policy) -> Knowledge:
    """A count that an amount rests on is taken to be known exactly: amount divided by tariff undoes
    its rounding.
    """
    undone = any(
        m.kind is Kind.AMOUNT and measure.code in m.basis for m in figures.measures.values()
    )
    return Knowledge(measure, policy, measure.kind is Kind.COUNT and undone)


def shown_values(tables: Sequence[ProtectedTable], measure: Measure) -> dict[CellKey, Decimal]:
    """The figures that are shown, by cell."""
    return {
        cell_key(table, cell.keys): cell.value
        for table in tables
        for cell in table.cells
        if cell.measure == measure.code and cell.value is not None
    }


def form_of(system: System, view: int, target: Target) -> Form:
    """What must stay uncertain, as a sum of unknowns."""
    index = system.views[view]
    cell = index[target.cell]
    return ((cell, 1),) if target.whole is None else ((index[target.whole], 1), (cell, -1))


def released_targets(
    system: System, measure: Measure, released: Sequence[ReleasedTable]
) -> dict[Form, Target]:
    """What earlier releases hid: a new one may not give it away afterwards."""
    found: dict[Form, Target] = {}
    for view, own in enumerate(_by_release(measure, released), start=1):
        figures = gather([exact(table) for table in own])
        for target in stored_targets(own, figures, measure):
            found.setdefault(form_of(system, view, target), target)
    return found


def stored_targets(
    tables: Sequence[ProtectedTable], figures: Figures, measure: Measure
) -> list[Target]:
    """What must stay uncertain in these tables, and the cells that are hidden for it."""
    found: dict[CellKey, Target] = {}
    for table in tables:
        for cell in table.cells:
            key = cell_key(table, cell.keys)
            if cell.measure == measure.code and cell.suppressed and key not in found:
                found[key] = Target(key, cell.need)
    policy = tables[0].policy
    grouped = (
        group_targets(figures, measure, policy)
        if measure.kind is Kind.COUNT and policy.group
        else ()
    )
    return [*found.values(), *grouped]


def _by_release(measure: Measure, released: Sequence[ReleasedTable]) -> list[list[ProtectedTable]]:
    """The tables of each earlier release that shows a measure, newest first."""
    found: dict[str, list[ProtectedTable]] = {}
    for release in reversed(released):
        found.setdefault(release.release, []).append(release.table)
    return [
        tables
        for tables in found.values()
        if any(measure.code in {m.code for m in t.measures} for t in tables)
    ]


def _attack_measure(
    figures: Figures,
    measure: Measure,
    tables: Sequence[ProtectedTable],
    released: Sequence[ReleasedTable],
    thorough: bool,
) -> list[Finding]:
    knowledge = knowledge_of(figures, measure, tables[0].policy)
    system = build(figures, measure, earlier_of(measure, released))
    values = figures.values[measure.code]
    shown = {
        key: knowledge.behind(v, values[key]) for key, v in shown_values(tables, measure).items()
    }
    reader = Reader(system, *system.bounds(shown))
    targets = {
        form_of(system, 0, target): target for target in stored_targets(tables, figures, measure)
    }
    targets |= {
        form: t
        for form, t in released_targets(system, measure, released).items()
        if form not in targets
    }
    if not thorough:
        reader.explore([form for form, target in targets.items() if target.need])
    return [
        Finding(measure.code, target.cell, target.whole, *reader.interval(form), target.need)
        for form, target in targets.items()
        if thorough or reader.seen_width(form) < float(target.need) - SLACK
    ]
