"""Paragraphs of PDFs: measured once for a width, and again for another."""

from __future__ import annotations

from hoofdaannemer.core.paper import BODY, text_of

TEXT = "Begeleiding individueel, drie uren tegen 66,00 euro " * 4


def test_measured_again_for_another_width() -> None:
    paragraph = text_of(TEXT)
    wide = paragraph.wrap(400, 1000)
    lines = paragraph.blPara
    assert paragraph.wrap(400, 1000) == wide
    assert paragraph.blPara is lines, "its lines were broken twice"
    assert paragraph.wrap(100, 1000) == text_of(TEXT).wrap(100, 1000) > (0, 0)
    assert paragraph.wrap(100, 1000)[1] > wide[1]


def test_halves_of_a_split_paragraph_are_as_high_as_the_whole() -> None:
    paragraph = text_of(TEXT)
    _width, height = paragraph.wrap(100, 1000)
    halves = paragraph.split(100, 3 * BODY.leading)
    assert len(halves) == 2
    assert sum(one.wrap(100, 1000)[1] for one in halves) == height
