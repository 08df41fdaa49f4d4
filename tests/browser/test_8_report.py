"""The quarter's report: built, reviewed by a second person, published, read by a municipality."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Final

import openpyxl
import pytest
from pypdf import PdfReader

from hoofdaannemer.core.charts import MARK
from tests.browser import people
from tests.browser.visitor import Visitor, plain

pytestmark = pytest.mark.browser

MUNICIPALITIES: Final = 8
#: What a municipal viewer may not even know of: kinds of rows it never reads.
CLOSED: Final = (
    "/clienten/",
    "/toewijzingen/",
    "/plaatsingen/",
    "/berichten/",
    "/declaraties/",
    "/maandoverzichten/",
    "/betaalruns/",
    "/kwaliteit/bewijzen/",
    "/rapportages/",
    "/gebruikers/",
)


def test_report(visit: Callable[..., Visitor]) -> None:
    """Two people make and review it; the municipality sees the published figures only."""
    maker, reviewer = visit(people.CONTRACT_MANAGER), visit(people.SECOND_CONTRACT_MANAGER)
    report = _build(maker)
    assert maker.main.locator("form[action$='/oordeel/']").count() == 0, "not by its maker"

    reviewer.go("/")
    reviewer.press(f"a[href='{report}']")
    assert reviewer.main.locator("td .ha-badge--warning").count() >= 1, "hidden figures are marked"
    reviewer.fill(decision="approve")
    reviewer.post_to("/oordeel/")
    maker.go(report)
    maker.press("a[href$='/publiceren/']")
    maker.submit()
    assert maker.main.locator("a[href^='/gepubliceerd/']").count() == MUNICIPALITIES
    elsewhere = maker.main.locator(
        "a[href^='/gepubliceerd/']:has-text('Soest')"
    ).first.get_attribute("href")
    assert elsewhere

    viewer = visit(people.AMERSFOORT)
    viewer.go("/gepubliceerd/")
    viewer.press("tbody tr a")
    _read_release(viewer)
    assert viewer.answer(elsewhere) == 404, "another municipality's"
    assert viewer.answer(report) == 403
    assert {path: viewer.answer(path) for path in CLOSED} == dict.fromkeys(CLOSED, 403)


def _build(maker: Visitor) -> str:
    """Ask for the youth report of the last quarter and wait until it is built."""
    maker.go("/rapportages/")
    maker.press("a[href='/rapportages/nieuw/']")
    quarter = maker.page.locator("select[name=quarter] option").filter(has_text="Q").first
    maker.fill(contract="Jeugdhulp", quarter=quarter.get_attribute("value") or "")
    maker.submit()
    maker.settle()
    assert maker.main.locator("table").count() >= 2
    return maker.page.url.removeprefix(maker.address)


def _read_release(viewer: Visitor) -> None:
    """Tables, a chart, and the same hidden cells in page, PDF and spreadsheet."""
    assert viewer.main.locator("svg[role=img], figure svg").count() >= 1
    tables = viewer.main.locator("table")
    hidden = tables.locator("td", has_text=re.compile(rf"^\s*{re.escape(MARK)}\s*$")).count()
    assert hidden >= 1
    pdf = viewer.download("a[href$='/pdf/']")
    read = plain(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))
    assert "Amersfoort" in read
    assert MARK in read
    book = openpyxl.load_workbook(io.BytesIO(viewer.download("a[href$='/xlsx/']")))
    cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert MARK in cells
