"""What a reviewer sees: exact figures beside what will be shown, and why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accountability import documents, stored
from hoofdaannemer.accountability.definitions import DEFINITIONS
from hoofdaannemer.accountability.definitions.model import Shown
from hoofdaannemer.accountability.disclosure import TOTAL, ProtectedCell, Reason
from hoofdaannemer.accountability.models import Release, Report, ReportTable
from hoofdaannemer.accountability.reporting import Column, Figure
from hoofdaannemer.core.scope import Scope

REASONS = {
    Reason.SMALL: _("too few clients"),
    Reason.GROUP: _("says something about everybody"),
    Reason.DOMINANCE: _("mostly of one or two"),
    Reason.BASIS: _("rests on a hidden number"),
    Reason.COMPLEMENT: _("would give another away"),
}
Place = tuple[str, documents.Keys, str]
TOTALS = {"municipality": _("all municipalities"), "product": _("all products")}
PLACES: tuple[str, ...] = ("municipality", "product")
HEADS = {"product": _("Product"), "subcontractor": _("Subcontractor")}


@dataclass(frozen=True, slots=True)
class ReviewCell:
    """The exact figure, what is shown of it, and why it is hidden."""

    exact: str
    shown: str
    reason: Any = ""


@dataclass(frozen=True, slots=True)
class ReviewTable:
    """A table for the reviewer; the last row is a total where there is one."""

    title: str
    headers: Sequence[Any]
    head: Any
    rows: Sequence[tuple[str, Sequence[ReviewCell]]]


def review_cells(scope: Scope, report: Report) -> dict[Place, ProtectedCell]:
    """All cells of a report by table, keys and measure. Never for a municipality."""
    found: dict[Place, ProtectedCell] = {}
    for row in ReportTable.objects.visible_to(scope).filter(report=report):
        table = stored.table_from_dict(row.content)
        names = [dimension.name for dimension in table.dimensions]
        for cell in table.cells:
            keys = tuple(sorted(zip(names, cell.keys, strict=True)))
            found[table.code, keys, cell.measure] = cell
    return found


def by_product(
    report: Report, cells: Mapping[Place, ProtectedCell], municipality: str, title: str
) -> ReviewTable:
    """Rows of products for one municipality, or for all together."""
    columns = DEFINITIONS[report.definition].columns
    return _review(
        columns, cells, municipality, ("product", documents.products(report.labels)), title
    )


def by_subcontractor(
    report: Report, cells: Mapping[Place, ProtectedCell], municipality: str, title: str
) -> ReviewTable | None:
    """Rows of subcontractors; None where the contract does not show their figures."""
    if "subcontractor" not in report.labels:
        return None
    columns = DEFINITIONS[report.definition].of_subcontractors
    named = documents.subcontractors(report.labels["subcontractor"])
    return _review(columns, cells, municipality, named, title)


def _review(
    columns: Sequence[Shown],
    cells: Mapping[Place, ProtectedCell],
    municipality: str,
    of: tuple[str, Sequence[tuple[str, str]]],
    title: str,
) -> ReviewTable:
    """Rows of one dimension, by its name with the code and words of each."""
    name, named = of
    rows = []
    for code, words in named:
        where = {"municipality": municipality, name: code}
        figures = [_cell(cells.get(documents.column_key(c, **where)), c) for c in columns]
        rows.append((words, figures))
    return ReviewTable(title, [column.title for column in columns], HEADS[name], rows)


def whole_contract(report: Report, cells: Mapping[Place, ProtectedCell], title: str) -> ReviewTable:
    """The figures about the contract as a whole, one row."""
    facts = DEFINITIONS[report.definition].facts
    row = [_cell(cells.get(documents.column_key(c)), c) for c in facts]
    return ReviewTable(title, [column.title for column in facts], HEADS["product"], [(title, row)])


def hidden_count(cells: Mapping[Place, ProtectedCell]) -> int:
    """How many figures are hidden."""
    return sum(cell.suppressed for cell in cells.values())


def changed_rows(release: Release) -> list[dict[str, Any]]:
    """What a release shows otherwise than the one before, in words."""
    return _in_words(release.definition, release.labels, release.changes)


def coming_changes(scope: Scope, report: Report, municipality: str) -> list[dict[str, Any]]:
    """What a municipality will see otherwise once this correction is published."""
    before = (
        Release.objects.visible_to(scope)
        .filter(report=report.replaces_id or 0, municipality__code=municipality)
        .first()
    )
    if before is None:
        return []
    rows = ReportTable.objects.visible_to(scope).filter(report=report)
    tables = [stored.table_from_dict(row.content) for row in rows]
    own, _apart = documents.parted(report.definition, tables)
    old = {table.code: table.cells for table in before.tables.visible_to(scope)}
    changes = documents.changes(old, documents.for_municipality(own, municipality))
    return _in_words(report.definition, report.labels, changes)


def _in_words(
    code: str, labels: Mapping[str, Mapping[str, str]], changes: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Changes as `components/comparison.html` takes them."""
    definition = DEFINITIONS[code]
    columns = {(c.table, c.measure, c.fixed): c for c in (*definition.columns, *definition.facts)}
    rows = []
    for change in changes:
        keys: dict[str, str] = dict(change["keys"])
        own = {name: keys.pop(name) for name in PLACES if name in keys}
        column = columns.get((change["table"], change["measure"], tuple(sorted(keys.items()))))
        if column:
            rows.append(
                {
                    "label": f"{column.title}: {_place(labels, own)}",
                    "before": _as_shown(change["old"], column),
                    "after": _as_shown(change["new"], column),
                    "changed": True,
                }
            )
    return rows


def _cell(cell: ProtectedCell | None, column: Shown) -> ReviewCell:
    if cell is None or cell.exact is None:
        return ReviewCell("–", "–")
    look = Column(str(column.title), column.unit, max(column.decimals, _decimals(cell.exact)))
    shown = Figure(value=cell.value, suppressed=cell.suppressed)
    return ReviewCell(
        exact=Figure(value=cell.exact).shown(look),
        shown=shown.shown(Column(str(column.title), column.unit, column.decimals)),
        reason=REASONS[cell.reason] if cell.reason else "",
    )


def _decimals(value: Decimal) -> int:
    return 0 if value == value.to_integral_value() else 2


def _as_shown(value: str | None, column: Shown) -> str:
    figure = documents.figure(
        {"keys": {}, "measure": column.measure, "value": value, "suppressed": value == "x"}
    )
    return figure.shown(Column(str(column.title), column.unit, column.decimals))


def _place(labels: Mapping[str, Mapping[str, str]], keys: Mapping[str, str]) -> str:
    words = [
        str(TOTALS[name]) if code == TOTAL else labels[name].get(code, code)
        for name, code in keys.items()
    ]
    return ", ".join(words) or str(_("whole contract"))
