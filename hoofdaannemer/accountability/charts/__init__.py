"""Charts: one definition, laid out once, drawn as SVG for the page and as a drawing for the PDF."""

from hoofdaannemer.accountability.charts.drawing import drawing
from hoofdaannemer.accountability.charts.layout import lay_out, ticks
from hoofdaannemer.accountability.charts.model import (
    MARK,
    Chart,
    ChartKind,
    Point,
    Series,
    format_number,
    hidden_note,
)
from hoofdaannemer.accountability.charts.svg import svg

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
