"""Where everything in a chart goes, in pixels from its upper left corner. Values start at zero."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from hoofdaannemer.core.charts.model import (
    COLOURS,
    INK,
    MARK,
    SIZE,
    SUBTLE,
    Box,
    Chart,
    ChartKind,
    Dot,
    Label,
    Layout,
    Mark,
    Point,
    Series,
    Stroke,
    format_number,
    hidden_note,
)

DASHES = ((), (6, 3), (2, 3), (8, 3, 2, 3))
LINE = 17
PHONE = 358.0
"""Pixels: a page of 390 without its margins."""


def lay_out(chart: Chart, width: float = PHONE) -> Layout:
    """Where everything goes on a sheet this many pixels wide."""
    return _bars(chart, width) if chart.kind is ChartKind.BAR else _lines(chart, width)


def ticks(chart: Chart, most: int = 5) -> list[Decimal]:
    """Round values for the axis, from zero to the largest (and down to the least if negative)."""
    values = [p.value for s in chart.series for p in s.points if p.value is not None]
    low, high = min([*values, Decimal(0)]), max([*values, Decimal(0)])
    if low == high:
        return [Decimal(0), Decimal(1)]
    step = Decimal(1).scaleb((high - low).adjusted() - 1)
    factors = (Decimal(f).scaleb(e) for e in range(3) for f in (1, 2, 5))
    step *= next(f for f in factors if (high - low) / (step * f) <= most - 1)
    first = int((low / step).to_integral_value(ROUND_FLOOR))
    last = int((high / step).to_integral_value(ROUND_CEILING))
    return [step * n for n in range(first, last + 1)]


def _bars(chart: Chart, width: float) -> Layout:
    """Bars from left to right, each under its label, its value behind it: room for long names."""
    several = len(chart.series) > 1
    axis = ticks(chart)
    behind = max(_width(_value(chart, s, p)) for s in chart.series for p in s.points) + 8
    room = max(width - behind, width / 3) / float(axis[-1] - axis[0])
    zero, y = -float(axis[0]) * room, (LINE + 4.0 if chart.axis else 0.0)
    marks: list[Mark] = [Label(0, 12, chart.axis, colour=SUBTLE)] if chart.axis else []
    for at, label in enumerate(chart.labels):
        for line in textwrap.wrap(label, int(width / 7)):
            y += LINE
            marks.append(Label(0, y - 4, line, bold=several))
        for colour, series in zip(COLOURS, chart.series, strict=False):
            point = series.points[at]
            length = float(point.value or 0) * room
            marks.append(Stroke(((zero, y), (zero, y + 18)), INK))
            marks.append(Box(zero + min(length, 0), y + 1, abs(length), 16, colour))
            marks.append(Label(zero + max(length, 0) + 6, y + 14, _value(chart, series, point)))
            y += 20
        y += 8
    return _with_note(chart, marks, width, y)


def _value(chart: Chart, series: Series, point: Point) -> str:
    """What stands behind a bar: its value, and which series it is where there are several."""
    value = MARK if point.suppressed else "–"
    if point.value is not None:
        value = format_number(point.value, chart.decimals)
    return f"{value} {series.name}" if len(chart.series) > 1 else value


def _lines(chart: Chart, width: float) -> Layout:
    axis = ticks(chart)
    names = [textwrap.wrap(series.name, 14) for series in chart.series]
    left = max(_width(format_number(t, _decimals(axis))) for t in axis) + 8
    right = width - max((_width(line) for name in names for line in name), default=0) - 12
    top, bottom = 2.0 * LINE, 2.0 * LINE + 190
    scale = (bottom - top) / float(axis[-1] - axis[0])
    marks: list[Mark] = [Label(0, 12, chart.axis, colour=SUBTLE)] if chart.axis else []
    for tick in axis:
        y = bottom - float(tick - axis[0]) * scale
        marks.append(Stroke(((left, y), (right, y)), SUBTLE if tick else INK, 0.5 if tick else 1))
        marks.append(Label(left - 6, y + 4, format_number(tick, _decimals(axis)), "end", SUBTLE))
    step = (right - left - 16) / max(len(chart.labels) - 1, 1)
    xs = [left + 8 + step * n for n in range(len(chart.labels))]
    strip = bottom
    for at, series in enumerate(chart.series):
        hidden = [x for x, point in zip(xs, series.points, strict=True) if point.suppressed]
        strip += 14 if hidden else 0
        marks += [Label(x, strip, MARK, "middle", COLOURS[at], bold=True) for x in hidden]
    marks += _along(chart, xs, strip + LINE)
    ends: list[tuple[float, int]] = []
    base = bottom + float(axis[0]) * scale
    for at, series in enumerate(chart.series):
        ys = [None if p.value is None else base - float(p.value) * scale for p in series.points]
        marks += _path(xs, ys, at)
        ends.append((next((y for y in reversed(ys) if y is not None), base), at))
    marks += _names(ends, names, right + 8)
    return _with_note(chart, marks, width, strip + LINE + 6)


def _along(chart: Chart, xs: list[float], y: float) -> list[Mark]:
    """Labels under the axis, as many as fit; the last always."""
    widest = max(_width(label) for label in chart.labels) + 8
    gap = xs[1] - xs[0] if len(xs) > 1 else widest
    every = max(1, int(-(-widest // gap)))
    count = len(xs)
    return [
        Label(xs[n], y, chart.labels[n], "middle", SUBTLE)
        for n in range(count)
        if (count - 1 - n) % every == 0
    ]


def _path(xs: list[float], ys: list[float | None], at: int) -> list[Mark]:
    """A line that is broken where there is no value to show."""
    marks: list[Mark] = []
    run: list[tuple[float, float]] = []
    for x, y in [*zip(xs, ys, strict=True), (0.0, None)]:
        if y is not None:
            run.append((x, y))
            marks.append(Dot(x, y, COLOURS[at]))
            continue
        if len(run) > 1:
            marks.append(Stroke(tuple(run), COLOURS[at], 2, DASHES[at]))
        run = []
    return marks


def _names(ends: Iterable[tuple[float, int]], names: list[list[str]], x: float) -> list[Mark]:
    """Each series' name at the end of its line, pushed apart where they would overlap."""
    marks: list[Mark] = []
    free = 0.0
    for end, at in sorted(ends):
        free = max(end + 4, free)
        for line in names[at]:
            marks.append(Label(x, free, line, colour=COLOURS[at], bold=True))
            free += LINE
    return marks


def _with_note(chart: Chart, marks: list[Mark], width: float, height: float) -> Layout:
    if chart.has_hidden:
        height += 4
        for line in textwrap.wrap(hidden_note(), int(width / 7)):
            height += LINE
            marks.append(Label(0, height - 4, line, colour=SUBTLE))
    return Layout(width, height + 4, tuple(marks))


def _decimals(axis: list[Decimal]) -> int:
    return max(0, -int((axis[1] - axis[0]).normalize().as_tuple().exponent))


def _width(text: str) -> float:
    """Pixels of a text in a common sans serif, on the safe side."""
    return len(text) * SIZE * 0.58
