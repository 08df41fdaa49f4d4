"""A chart as SVG for the page.

Presentation attributes only: the content security policy forbids styles, and a browser drops them.
Text takes the colour of the page around it (`currentColor`), so that dark mode works.
"""

from __future__ import annotations

from html import escape

from hoofdaannemer.core.charts.layout import PHONE, lay_out
from hoofdaannemer.core.charts.model import (
    INK,
    SIZE,
    SUBTLE,
    Box,
    Chart,
    Dot,
    Label,
    Mark,
    Stroke,
)

FONT = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif"


def svg(chart: Chart, width: float = PHONE) -> str:
    """The chart, this many pixels wide. Safe to put in a page: all text is escaped.

    The element ids derive from the code of the chart, which must be unique in its page.
    """
    sheet = lay_out(chart, width)
    name, words = f"{chart.code}-title", f"{chart.code}-desc"
    size = f'width="{_n(sheet.width)}" height="{_n(sheet.height)}"'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ha-chart" role="img" {size} '
        f'viewBox="0 0 {_n(sheet.width)} {_n(sheet.height)}" '
        f'aria-labelledby="{escape(name)} {escape(words)}" '
        f'font-family="{FONT}" font-size="{SIZE}">'
        f'<title id="{escape(name)}">{escape(chart.title)}</title>'
        f'<desc id="{escape(words)}">{escape(chart.description)}</desc>'
    )
    return head + "".join(_element(mark) for mark in sheet.marks) + "</svg>"


def _element(mark: Mark) -> str:
    if isinstance(mark, Box):
        place = f'x="{_n(mark.x)}" y="{_n(mark.y)}"'
        size = f'width="{_n(mark.width)}" height="{_n(mark.height)}"'
        return f'<rect {place} {size} fill="{mark.colour}"/>'
    if isinstance(mark, Dot):
        place = f'cx="{_n(mark.x)}" cy="{_n(mark.y)}"'
        return f'<circle {place} r="{_n(mark.radius)}" fill="{mark.colour}"/>'
    return _stroke(mark) if isinstance(mark, Stroke) else _text(mark)


def _stroke(mark: Stroke) -> str:
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in mark.points)
    dash = f' stroke-dasharray="{" ".join(map(str, mark.dash))}"' if mark.dash else ""
    pen = f'{_paint("stroke", mark.colour)} stroke-width="{_n(mark.width)}"{dash}'
    return f'<polyline points="{points}" fill="none" {pen} stroke-linejoin="round"/>'


def _text(mark: Label) -> str:
    place = f'x="{_n(mark.x)}" y="{_n(mark.y)}" text-anchor="{mark.anchor}"'
    weight = ' font-weight="600"' if mark.bold else ""
    return f"<text {place} {_paint('fill', mark.colour)}{weight}>{escape(mark.text)}</text>"


def _paint(attribute: str, colour: str) -> str:
    if colour == INK:
        return f'{attribute}="currentColor"'
    if colour == SUBTLE:
        return f'{attribute}="currentColor" {attribute}-opacity="0.75"'
    return f'{attribute}="{colour}"'


def _n(number: float) -> str:
    """At most one decimal, so that the same chart is the same text everywhere."""
    return f"{number:.1f}".removesuffix(".0")
