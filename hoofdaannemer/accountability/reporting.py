"""A report as it leaves the house: the one value that page, PDF and spreadsheet are made of.

Everything in it is shown to the reader: figures are protected before they come here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from hoofdaannemer.core.charts import MARK, Chart, format_number
from hoofdaannemer.core.money import format_euro


class Unit(StrEnum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    EURO = "euro"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `decimals` is for numbers, euros always have two."""

    title: str
    unit: Unit = Unit.NUMBER
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell: a text, a figure, a hidden figure, or nothing."""

    text: str = ""
    value: Decimal | None = None
    suppressed: bool = False

    def shown(self, column: Column) -> str:
        """The cell as a reader sees it."""
        if self.suppressed:
            return MARK
        if self.value is None:
            return self.text
        if column.unit is Unit.EURO:
            return format_euro(self.value)
        return format_number(self.value, column.decimals)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, with one figure per column."""

    figures: tuple[Figure, ...]
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table with its title. Raises ValueError where a row misses a column."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""

    def __post_init__(self) -> None:
        if any(len(row.figures) != len(self.columns) for row in self.rows):
            raise ValueError(f"table {self.title!r} has a row with another number of columns")

    @property
    def has_hidden(self) -> bool:
        return any(figure.suppressed for row in self.rows for figure in row.figures)


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of the story: a heading and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """A release. Texts are in the reader's language; `fingerprint` is the hash of the snapshot."""

    title: str
    main_contractor: str
    municipality: str
    period: str
    as_known_on: str
    version: str
    fingerprint: str
    narrative: tuple[Passage, ...] = ()
    tables: tuple[ReportTable, ...] = ()
    charts: tuple[Chart, ...] = ()
    definitions: tuple[tuple[str, str], ...] = ()

    @property
    def has_hidden(self) -> bool:
        in_charts = (p.suppressed for c in self.charts for s in c.series for p in s.points)
        return any(table.has_hidden for table in self.tables) or any(in_charts)
