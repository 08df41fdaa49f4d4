"""What a chart shows, and the marks it consists of once it is laid out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

INK = "ink"
SUBTLE = "subtle"
"""Colours that the page decides, for text and axes."""
SIZE = 13
"""Pixels: the size of all text."""
MARK = "×"
"""Stands where a figure is hidden; a dash or nothing would be read as nought."""
COLOURS = ("#1c7f92", "#9460a8", "#b5651d", "#4f7f3a")
"""Of the series, in order: at least 3 : 1 against white and against the dark surface."""


class ChartKind(StrEnum):
    """Lines for time, bars for comparison; never pies."""

    LINE = "line"
    BAR = "bar"


@dataclass(frozen=True, slots=True)
class Point:
    """A value, a hidden value, or (None, not suppressed) nothing."""

    value: Decimal | None
    suppressed: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or one bar per label."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What a chart shows. `description` says in words what one should see in it.

    `axis` names what the values are ("cliënten", "euro"). Raises ValueError where a series has
    another number of points than there are labels, or where there are more series than colours.
    """

    code: str
    kind: ChartKind
    title: str
    description: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    axis: str = ""
    decimals: int = 0

    def __post_init__(self) -> None:
        if any(len(series.points) != len(self.labels) for series in self.series):
            raise ValueError(f"chart {self.code}: a series needs one point per label")
        if not 1 <= len(self.series) <= len(COLOURS) or not self.labels:
            raise ValueError(f"chart {self.code}: one to {len(COLOURS)} series, and labels")

    @property
    def has_hidden(self) -> bool:
        return any(point.suppressed for series in self.series for point in series.points)


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points."""

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float = 1
    dash: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    colour: str
    radius: float = 3


@dataclass(frozen=True, slots=True)
class Label:
    """A line of text; `y` is its base line, `anchor` start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    colour: str = INK
    bold: bool = False


Mark = Stroke | Box | Dot | Label


@dataclass(frozen=True, slots=True)
class Layout:
    """Marks on a sheet, in pixels from its upper left corner."""

    width: float
    height: float
    marks: tuple[Mark, ...]


def format_number(value: Decimal, decimals: int = 0) -> str:
    """A number as the Dutch write it: 1.234,5. For showing only."""
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def hidden_note() -> str:
    """What the mark means, as a line under a chart or table."""
    return _("%(mark)s not shown: it is about too few, or would give such a figure away.") % {
        "mark": MARK
    }
