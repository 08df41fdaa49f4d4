"""Charts: what they show, and that the page's security policy lets it be seen."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest

from hoofdaannemer.core.charts import (
    MARK,
    Chart,
    ChartKind,
    Point,
    Series,
    drawing,
    format_number,
    svg,
    ticks,
)

SVG = "{http://www.w3.org/2000/svg}"


def points(*values):
    """A number, "x" for a hidden value, None for no value."""
    return tuple(
        Point(None, suppressed=True) if v == "x" else Point(None if v is None else Decimal(v))
        for v in values
    )


def chart(kind, *series, labels=("jan", "feb", "mrt"), **more):
    named = tuple(Series(f"reeks {n}", points(*values)) for n, values in enumerate(series))
    return Chart("clients", kind, "Cliënten", "Stijgt <snel> & veel.", labels, named, **more)


def texts(drawn):
    return [text.text for text in ET.fromstring(drawn).iter(f"{SVG}text")]  # noqa: S314  # our own


@pytest.mark.parametrize("kind", ChartKind)
def test_the_page_policy_drops_nothing_of_it(kind):
    drawn = svg(chart(kind, (10, "x", 30), (20, 25, 15)))
    attributes = {name for e in ET.fromstring(drawn).iter() for name in e.attrib}  # noqa: S314
    tags = {e.tag.removeprefix(SVG) for e in ET.fromstring(drawn).iter()}  # noqa: S314
    assert not attributes & {"style", "href"}
    assert not any(name.startswith("on") for name in attributes)
    assert tags <= {"svg", "title", "desc", "rect", "circle", "polyline", "text"}


def test_it_has_a_text_alternative():
    root = ET.fromstring(svg(chart(ChartKind.BAR, (10, 20, 30))))  # noqa: S314
    assert root.get("role") == "img"
    named = [root.find(f"*[@id='{name}']").text for name in root.get("aria-labelledby").split()]
    assert named == ["Cliënten", "Stijgt <snel> & veel."]


@pytest.mark.parametrize("kind", ChartKind)
def test_a_hidden_value_is_marked_and_explained(kind):
    marked = texts(svg(chart(kind, (10, "x", 30))))
    assert marked.count(MARK) == 1
    assert any(text.startswith(f"{MARK} ") for text in marked)
    assert not any(text.startswith(f"{MARK} ") for text in texts(svg(chart(kind, (10, 20, 30)))))


def test_a_line_is_broken_where_a_value_is_hidden():
    lines = ET.fromstring(svg(chart(ChartKind.LINE, (1, 2, "x", 4, 5), labels=tuple("abcde"))))  # noqa: S314
    drawn = [e for e in lines.iter(f"{SVG}polyline") if e.get("stroke-width") == "2"]
    assert [len(e.get("points").split()) for e in drawn] == [2, 2]


def test_no_values_at_all_can_be_drawn():
    assert texts(svg(chart(ChartKind.BAR, ("x", "x", "x")))).count(MARK) == 3
    assert texts(svg(chart(ChartKind.LINE, ("x", "x", "x")))).count(MARK) == 3


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((10, 20, 30), ["0", "10", "20", "30"]),
        ((240, 310, 300), ["0", "100", "200", "300", "400"]),
        ((-5, 3, 10), ["-5", "0", "5", "10"]),
        ((1234500, 85000, 0), ["0", "500.000", "1.000.000", "1.500.000"]),
        ((0, 0, 0), ["0", "1"]),
        (("0.3", "0.1", "0.2"), ["0,0", "0,1", "0,2", "0,3"]),
    ],
)
def test_the_axis_starts_at_nought_and_reaches_the_largest(values, expected):
    found = ticks(chart(ChartKind.LINE, values))
    decimals = 1 if values[0] == "0.3" else 0
    assert [format_number(tick, decimals) for tick in found] == expected


def test_bars_are_as_long_as_their_values():
    root = ET.fromstring(svg(chart(ChartKind.BAR, (10, 20, 40))))  # noqa: S314
    one, two, four = (float(bar.get("width")) for bar in root.iter(f"{SVG}rect"))
    assert (two / one, four / one) == (pytest.approx(2, rel=0.01), pytest.approx(4, rel=0.01))


@pytest.mark.parametrize("kind", ChartKind)
def test_it_fits_a_phone(kind):
    long = ("Ambulante begeleiding individueel, specialistisch", "Dagbehandeling", "Gezinshuis")
    drawn = svg(chart(kind, (1234500, 20, "x"), (1, 2, 3), labels=long))
    root = ET.fromstring(drawn)  # noqa: S314
    assert float(root.get("width")) <= 390 - 2 * 16
    for bar in root.iter(f"{SVG}rect"):
        assert float(bar.get("x")) + float(bar.get("width")) < 358
    for text in root.iter(f"{SVG}text"):
        if text.get("text-anchor") == "start":
            assert float(text.get("x")) + len(text.text) * 13 * 0.5 < 358  # half an em each


def test_page_and_paper_say_the_same():
    one = chart(ChartKind.BAR, (10, "x", 30), (5, 6, 7))
    paper = drawing(one, 358 * 0.7, "Helvetica", "Helvetica-Bold")
    written = [s.text for s in walk(paper) if hasattr(s, "text")]
    assert written == texts(svg(one))


def walk(shape):
    for content in getattr(shape, "contents", ()):
        yield content
        yield from walk(content)


def test_numbers_are_dutch():
    assert format_number(Decimal("1234567.5"), 1) == "1.234.567,5"
    assert "1.234.567" in texts(svg(chart(ChartKind.BAR, (1234567, 2, 3))))


def test_a_series_needs_a_point_per_label():
    with pytest.raises(ValueError, match="one point per label"):
        chart(ChartKind.BAR, (1, 2))
