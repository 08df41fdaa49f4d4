"""Charts: one definition, laid out once, drawn as SVG for the page and as a drawing for the PDF."""

from hoofdaannemer.core.charts.drawing import drawing
from hoofdaannemer.core.charts.layout import lay_out, ticks
from hoofdaannemer.core.charts.model import (
    MARK,
    Chart,
    ChartKind,
    Point,
    Series,
    format_number,
    hidden_note,
)
from hoofdaannemer.core.charts.svg import svg

__all__ = [
    "MARK",
    "Chart",
    "ChartKind",
    "Point",
    "Series",
    "drawing",
    "format_number",
    "hidden_note",
    "lay_out",
    "svg",
    "ticks",
]
