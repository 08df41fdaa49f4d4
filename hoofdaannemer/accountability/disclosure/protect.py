"""Protection: hide, hide companions until nothing can be computed back, round, and attack the
result.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from hoofdaannemer.accountability.disclosure.attack import (
    Finding,
    attack,
    earlier_of,
    form_of,
    knowledge_of,
    released_targets,
)
from hoofdaannemer.accountability.disclosure.figures import Figures, gather
from hoofdaannemer.accountability.disclosure.policy import Policy, nearest, shown_count
from hoofdaannemer.accountability.disclosure.primary import Hidden, sensitive
from hoofdaannemer.accountability.disclosure.solver import SLACK, Form, Reader, cheapest_cover
from hoofdaannemer.accountability.disclosure.system import Bounds, Knowledge, System, build
from hoofdaannemer.accountability.disclosure.tables import (
    Cell,
    CellKey,
    Kind,
    Measure,
    ProtectedCell,
    ProtectedTable,
    Reason,
    ReleasedTable,
    Table,
    cell_key,
)
from hoofdaannemer.core.errors import RuleError

NOUGHT_COST = 4.0
"""Hiding a nought costs more than hiding a small figure: readers want to see that there was
nobody.
"""


class ExposedError(RuleError):
    """ACC-01: what was released before gives figures of this release away. `findings` says
    which.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        message = _(
            "These tables cannot be released beside earlier releases: %(count)d figures about "
            "very few people could be computed from them. Leave out a table or a dimension."
        )
        super().__init__("ACC-01", message % {"count": len(self.findings)})


def protect(
    tables: Sequence[Table], policy: Policy, released: Sequence[ReleasedTable] = ()
) -> list[ProtectedTable]:
    """The tables as they may be shown, such that no hidden figure can be bounded more closely than
    the policy says.

    Raises ExposedError (ACC-01) where earlier releases make that impossible, and ValueError where
    tables contradict each other, do not add up, or miss the counts that their figures rest on.
    """
    figures = gather(tables)
    hidden: dict[str, Hidden] = {}
    needs: dict[str, dict[CellKey, Decimal]] = {}
    for measure in _in_order(figures.measures):
        hidden[measure.code], targets = sensitive(figures, measure, policy, hidden)
        needs[measure.code] = {
            target.cell: target.need for target in targets if target.whole is None
        }
        if measure.kind is Kind.STATISTIC:
            continue
        system = build(figures, measure, earlier_of(measure, released))
        wanted = {form_of(system, 0, target): target.need for target in targets}
        for form, target in released_targets(system, measure, released).items():
            wanted[form] = max(target.need, wanted.get(form, Decimal(0)))
        _Cover(figures, measure, policy, system, hidden[measure.code]).until_wide(wanted)
    protected = [_apply(table, policy, hidden, needs) for table in tables]
    if exposed := [
        finding for finding in attack(protected, released, thorough=False) if finding.is_exposed
    ]:
        raise ExposedError(exposed)
    return protected


def show(measure: Measure, policy: Policy, value: Decimal) -> Decimal:
    """A figure that may be shown, rounded; the answer depends on the figure alone."""
    base = measure.rounding or policy.rounding
    return (
        shown_count(value, base, policy.minimum)
        if measure.kind is Kind.COUNT
        else nearest(value, base)
    )


class _Cover:
    """Hides companions of one measure; `hidden` grows in place."""

    def __init__(
        self, figures: Figures, measure: Measure, policy: Policy, system: System, hidden: Hidden
    ) -> None:
        self.measure, self.policy, self.system, self.hidden = measure, policy, system, hidden
        self.values = figures.values[measure.code]
        self.knowledge: Knowledge = knowledge_of(figures, measure, policy)
        self.key_of = {index: key for key, index in system.current.items()}
        self.reader = Reader(system, *system.bounds(self._shown()))

    def until_wide(self, wanted: Mapping[Form, Decimal]) -> None:
        """Hide until every form in `wanted` can lie as far apart as it needs, with whole numbers of
        people.

        The first round solves without whole numbers, which is quick and nearly always enough; later
        ones with them.
        """
        whole = False
        while narrow := self._narrow(wanted):
            before = len(self.hidden)
            for form in narrow:
                self._hide_for(form, float(wanted[form]), whole)
            if whole and len(self.hidden) == before:
                return  # no more can be done: the closing attack reports what is left
            whole = self.system.whole_numbers or len(self.hidden) == before

    def _narrow(self, wanted: Mapping[Form, Decimal]) -> list[Form]:
        self.reader.explore(list(wanted))
        found = []
        for form, need in wanted.items():
            if self.reader.seen_width(form) < float(need) - SLACK:
                low, high = self.reader.interval(form)
                if high - low < float(need) - SLACK:
                    found.append(form)
        return found

    def _hide_for(self, form: Form, need: float, whole: bool) -> None:
        costs = self._costs()
        chosen = cheapest_cover(
            self.reader, form, need, costs, whole=whole and self.system.whole_numbers
        )
        if chosen is None:
            chosen = list(costs) if whole else []
        for index in chosen:
            self.hidden[self.key_of[index]] = Reason.COMPLEMENT
        self.reader.reveal_less(*self.system.bounds(self._shown()))

    def _costs(self) -> dict[int, float]:
        """Cost per unit of every cell that can still be hidden: totals and large figures are dear.

        What was shown in an earlier release is known for good; hiding it now would only look like
        protection.
        """
        deepest = max(len(key) for key in self.values)
        costs = {}
        for key, index in self.system.current.items():
            if key not in self.hidden and index not in self.system.known:
                size = abs(float(self.values[key]))
                own = NOUGHT_COST if not size else 1 + math.log1p(size)
                costs[index] = own * (1 + deepest - len(key))
        return costs

    def _shown(self) -> dict[CellKey, Bounds]:
        return {
            key: self.knowledge.behind(show(self.measure, self.policy, value), value)
            for key, value in self.values.items()
            if key not in self.hidden
        }


def _in_order(measures: Mapping[str, Measure]) -> list[Measure]:
    """Measures after those that they rest on. Raises ValueError where they rest on each other."""
    ordered: dict[str, Measure] = {}
    while len(ordered) < len(measures):
        ready = [
            m
            for c, m in measures.items()
            if c not in ordered and all(basis in ordered for basis in m.basis)
        ]
        if not ready:
            raise ValueError("measures rest on each other")
        ordered |= {measure.code: measure for measure in ready}
    return list(ordered.values())


def _apply(
    table: Table,
    policy: Policy,
    hidden: Mapping[str, Hidden],
    needs: Mapping[str, Mapping[CellKey, Decimal]],
) -> ProtectedTable:
    measures = {measure.code: measure for measure in table.measures}

    def protected(cell: Cell) -> ProtectedCell:
        key = cell_key(table, cell.keys)
        reason = hidden[cell.measure].get(key)
        if cell.value is None or reason is None:
            shown = None if cell.value is None else show(measures[cell.measure], policy, cell.value)
            return ProtectedCell(cell.keys, cell.measure, shown, False, cell.value)
        need = needs[cell.measure].get(key, Decimal(0))
        return ProtectedCell(cell.keys, cell.measure, None, True, cell.value, reason, need)

    cells = tuple(protected(cell) for cell in table.cells)
    return ProtectedTable(table.code, table.dimensions, table.measures, cells, table.fixed, policy)
