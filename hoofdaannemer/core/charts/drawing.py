"""A chart as a drawing for the PDF, from the same layout as the page's."""

from __future__ import annotations

from reportlab.graphics import shapes
from reportlab.lib.colors import Color, HexColor

from hoofdaannemer.core.charts.layout import lay_out
from hoofdaannemer.core.charts.model import (
    INK,
    SIZE,
    SUBTLE,
    Box,
    Chart,
    Dot,
    Mark,
    Stroke,
)

GRID = "#c9d3d8"
SCALE = 0.7
"""Points on paper per pixel of the layout: text of 13 pixels becomes 9 points."""


def drawing(chart: Chart, width: float, font: str, bold: str) -> shapes.Drawing:
    """The chart, this many points wide, in two registered fonts."""
    sheet = lay_out(chart, width / SCALE)
    paper = shapes.Drawing(sheet.width * SCALE, sheet.height * SCALE)
    group = shapes.Group(transform=(SCALE, 0, 0, -SCALE, 0, sheet.height * SCALE))
    for mark in sheet.marks:
        group.add(_shape(mark, font, bold))
    paper.add(group)
    return paper


def _shape(mark: Mark, font: str, bold: str) -> shapes.Shape:
    colour = _colour(mark.colour)
    if isinstance(mark, Box):
        return shapes.Rect(
            mark.x, mark.y, mark.width, mark.height, fillColor=colour, strokeColor=None
        )
    if isinstance(mark, Dot):
        return shapes.Circle(mark.x, mark.y, mark.radius, fillColor=colour, strokeColor=None)
    if isinstance(mark, Stroke):
        flat = [number for point in mark.points for number in point]
        thin = HexColor(GRID) if mark.colour == SUBTLE else colour
        pen = {"strokeColor": thin, "strokeWidth": mark.width}
        return shapes.PolyLine(flat, strokeDashArray=list(mark.dash) or None, **pen)
    text = shapes.String(
        0, 0, mark.text, fontName=bold if mark.bold else font, fontSize=SIZE, fillColor=colour
    )
    text.textAnchor = mark.anchor
    # The sheet counts downward and the paper upward: letters have to be turned back.
    return shapes.Group(text, transform=(1, 0, 0, -1, mark.x, mark.y))


def _colour(colour: str) -> Color:
    return HexColor({INK: "#16232a", SUBTLE: "#4d5c64"}.get(colour, colour))
