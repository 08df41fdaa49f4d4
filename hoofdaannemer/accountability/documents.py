"""From protected cells to the one document that page, PDF and spreadsheet are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from hoofdaannemer.accountability import stored
from hoofdaannemer.accountability.definitions import DEFINITIONS
from hoofdaannemer.accountability.definitions.model import Shown as ShownColumn
from hoofdaannemer.accountability.disclosure import TOTAL, ProtectedTable
from hoofdaannemer.accountability.models import Release, Report, SubcontractorRelease
from hoofdaannemer.accountability.reporting import (
    Column,
    Figure,
    Passage,
    ReportDocument,
    ReportTable,
    Row,
    Unit,
)
from hoofdaannemer.core.charts import Chart, ChartKind, Point, Series
from hoofdaannemer.core.templatetags.core_format import date_nl, moment_nl, period_nl

PublishedCell = dict[str, Any]
"""`{keys, measure, value, suppressed}`, as `ProtectedTable.published` gives it."""
Shown = dict[str, list[PublishedCell]]
"""Published cells by code of their table."""
Keys = tuple[tuple[str, str], ...]


def for_municipality(tables: Iterable[ProtectedTable], code: str) -> Shown:
    """The cells that one municipality gets: its own, and those of all municipalities together."""
    return {
        table.code: [
            cell
            for cell in table.published()
            if _keys_of(cell).get("municipality", TOTAL) in {code, TOTAL}
        ]
        for table in tables
    }


def changes(before: Shown, after: Shown) -> list[dict[str, Any]]:
    """Cells that are shown otherwise than before; a cell that was not there is `null`."""
    old, new = _indexed(before), _indexed(after)
    found = []
    for place in dict.fromkeys([*old, *new]):
        table, keys, measure = place
        was, now = old.get(place), new.get(place)
        if was != now:
            found.append(
                {"table": table, "keys": dict(keys), "measure": measure, "old": was, "new": now}
            )
    return found


def fingerprint(report: Report, shown: Shown) -> str:
    """SHA-256 of what is published, and of nothing else.

    With the exact figures in it, a reader could try out what the hidden ones must have been.
    """
    about = [report.definition, report.start_date.isoformat(), report.as_known_on.isoformat()]
    return stored.digest([report.version, *about, shown])


def of_release(release: Release, shown: Shown) -> ReportDocument:
    """What a municipality reads, in the language that is active now."""
    definition = DEFINITIONS[release.definition]
    return ReportDocument(
        title=f"{definition.title} {release.contract_name}",
        main_contractor=release.main_contractor_name,
        municipality=release.municipality_name,
        period=period_nl(release.period),
        as_known_on=moment_nl(release.as_known_on),
        version=_("Version %(number)d") % {"number": release.version},
        fingerprint=release.fingerprint,
        narrative=_narrative(release),
        tables=_tables(release, shown),
        charts=_charts(release, shown),
        definitions=tuple(
            (str(column.title), str(column.meaning))
            for column in (*definition.columns, *definition.facts)
        ),
    )


def parted(
    definition: str, tables: Iterable[ProtectedTable]
) -> tuple[list[ProtectedTable], list[ProtectedTable]]:
    """Tables of the report itself, and those of subcontractors, which are published apart."""
    apart = {column.table for column in DEFINITIONS[definition].of_subcontractors}
    every = list(tables)
    return (
        [table for table in every if table.code not in apart],
        [table for table in every if table.code in apart],
    )


def labels_of_report(labels: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """Without names of subcontractors."""
    return {name: words for name, words in labels.items() if name != "subcontractor"}


def of_subcontractors(release: Release, row: SubcontractorRelease) -> ReportDocument:
    """What a municipality reads of subcontractors, in the language that is active now."""
    tables = [list_of(row.listed)]
    columns = DEFINITIONS[release.definition].of_subcontractors if row.cells else ()
    if row.cells:
        cells = indexed_cells(row.cells)
        names = subcontractors(row.labels)
        own = release.labels["own"]
        tables.append(_grid(columns, cells, own, names, release.municipality_name))
        if len(release.labels["municipality"]) > 1:
            title = _("All municipalities together")
            tables.append(_grid(columns, cells, TOTAL, names, title))
    return ReportDocument(
        title=_("Subcontractors %(contract)s") % {"contract": release.contract_name},
        main_contractor=release.main_contractor_name,
        municipality=release.municipality_name,
        period=period_nl(release.period),
        as_known_on=moment_nl(release.as_known_on),
        version=_("Version %(number)d") % {"number": release.version},
        fingerprint=row.fingerprint,
        tables=tuple(tables),
        definitions=tuple((str(column.title), str(column.meaning)) for column in columns),
    )


def subcontractors_file_name(row: SubcontractorRelease, kind: str) -> str:
    """`kwartaal-0307-2026-01-v1-onderaannemers.pdf`."""
    stem = file_name(row.release, kind).removesuffix(f".{kind}")
    return f"{stem}-onderaannemers.{kind}"


def file_name(release: Release, kind: str) -> str:
    """`kwartaal-0307-2026-01-v1.pdf`: codes and dates only."""
    start = release.start_date
    code = release.labels["own"]
    return f"{release.definition.lower()}-{code}-{start:%Y-%m}-v{release.version}.{kind}"


def figure(cell: PublishedCell | None) -> Figure:
    """A published cell as a figure; no cell is no figure."""
    if cell is None or (cell["value"] is None and not cell["suppressed"]):
        return Figure(text="–")
    if cell["suppressed"]:
        return Figure(suppressed=True)
    return Figure(value=Decimal(cell["value"]))


def column_key(column: ShownColumn, **where: str) -> tuple[str, Keys, str]:
    """Where the cell of a column stands, for one municipality and product."""
    keys = {**where, **dict(column.fixed)}
    return column.table, tuple(sorted(keys.items())), column.measure


def _keys_of(cell: PublishedCell) -> dict[str, str]:
    keys: dict[str, str] = cell["keys"]
    return keys


def indexed_cells(shown: Shown) -> dict[tuple[str, Keys, str], PublishedCell]:
    """Cells by table, keys and measure."""
    return {
        (table, tuple(sorted(_keys_of(cell).items())), cell["measure"]): cell
        for table, cells in shown.items()
        for cell in cells
    }


def _indexed(shown: Shown) -> dict[tuple[str, Keys, str], str | None]:
    return {
        place: "x" if cell["suppressed"] else cell["value"]
        for place, cell in indexed_cells(shown).items()
    }


def _narrative(release: Release) -> tuple[Passage, ...]:
    found = []
    if release.changes:
        text = _(
            "This version replaces version %(number)d. %(count)d figures are shown differently."
        ) % {
            "number": release.replaces.version if release.replaces else release.version - 1,
            "count": len(release.changes),
        }
        found.append(Passage(_("Changes"), (text,)))
    if release.narrative:
        paragraphs = tuple(part.strip() for part in release.narrative.split("\n") if part.strip())
        found.append(Passage(_("Explanation"), paragraphs))
    return tuple(found)


def _tables(release: Release, shown: Shown) -> tuple[ReportTable, ...]:
    definition = DEFINITIONS[release.definition]
    own = release.labels["own"]
    tables = [_by_product(release, shown, own, release.municipality_name)]
    if len(release.labels["municipality"]) > 1:
        tables.append(_by_product(release, shown, TOTAL, _("All municipalities together")))
    cells = indexed_cells(shown)
    facts = Row(tuple(figure(cells.get(column_key(column))) for column in definition.facts))
    columns = tuple(_column(column) for column in definition.facts)
    tables.append(ReportTable(_("People deployed"), columns, (facts,)))
    return tuple(tables)


def _by_product(release: Release, shown: Shown, municipality: str, title: str) -> ReportTable:
    columns = DEFINITIONS[release.definition].columns
    rows = products(release.labels)
    return _grid(columns, indexed_cells(shown), municipality, ("product", rows), title)


def _grid(
    columns: Sequence[ShownColumn],
    cells: Mapping[tuple[str, Keys, str], PublishedCell],
    municipality: str,
    of: tuple[str, Sequence[tuple[str, str]]],
    title: str,
) -> ReportTable:
    """Rows of one dimension, by its name with the code and words of each, for one municipality."""
    name, named = of
    rows = []
    for code, words in named:
        where = {"municipality": municipality, name: code}
        figures = tuple(figure(cells.get(column_key(column, **where))) for column in columns)
        rows.append(Row((Figure(text=words), *figures), is_total=code == TOTAL))
    head = _("Product") if name == "product" else _("Subcontractor")
    heads = (Column(head, Unit.TEXT), *(_column(column) for column in columns))
    return ReportTable(title, heads, tuple(rows))


def list_of(listed: Iterable[Mapping[str, Any]]) -> ReportTable:
    """Subcontractors by name: `[{kvk, name, products, since}]`."""
    heads = (_("Name"), _("Trade register number"), _("Products"), _("Since"))
    rows = tuple(
        Row(
            tuple(
                Figure(text=text)
                for text in (
                    one["name"],
                    one["kvk"],
                    ", ".join(one["products"]) or "–",
                    date_nl(date.fromisoformat(one["since"])),
                )
            )
        )
        for one in listed
    )
    return ReportTable(
        _("Subcontractors that worked under this contract"),
        tuple(Column(head, Unit.TEXT) for head in heads),
        rows,
    )


def subcontractors(labels: Mapping[str, str]) -> tuple[str, Sequence[tuple[str, str]]]:
    """The dimension, with the code and words of each row by name; own teams and the total last."""
    in_order = sorted(labels.items(), key=lambda one: (not one[1], one[1].casefold(), one[0]))
    named = [(code, name or _("Own teams of the main contractor")) for code, name in in_order]
    return "subcontractor", [*named, (TOTAL, _("All together"))]


def products(labels: Mapping[str, Mapping[str, str]]) -> Sequence[tuple[str, str]]:
    """Code and words of each row, the total last."""
    named = [(code, f"{name} ({code})") for code, name in labels["product"].items()]
    return [*named, (TOTAL, _("All products"))]


def _column(column: ShownColumn) -> Column:
    return Column(str(column.title), column.unit, column.decimals)


def _charts(release: Release, shown: Shown) -> tuple[Chart, ...]:
    """Clients in care per product, in the own municipality."""
    named = products(release.labels)[:-1]
    if not named:
        return ()
    column = DEFINITIONS[release.definition].columns[0]
    cells = indexed_cells(shown)
    own = release.labels["own"]
    figures = [
        figure(cells.get(column_key(column, municipality=own, product=code)))
        for code, _name in named
    ]
    title = _("%(measure)s per product in %(municipality)s") % {
        "measure": column.title,
        "municipality": release.municipality_name,
    }
    chart = Chart(
        code=f"release-{release.definition.lower()}",
        kind=ChartKind.BAR,
        title=title,
        description=_("One bar for each product; the table has the same figures."),
        labels=tuple(name for _code, name in named),
        series=(Series(str(column.title), tuple(Point(f.value, f.suppressed) for f in figures)),),
        axis=_("clients"),
    )
    return (chart,)
