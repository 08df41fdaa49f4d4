"""Care declared from a practice's own administration, and the year of who is paid for people."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO
from typing import Final
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from tests.browser import people
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

PHONE: Final = 390


def test_a_year_is_proposed_agreed_and_locked(visit: Callable[..., Visitor]) -> None:
    """One controller proposes, the subcontractor agrees on a phone, another controller locks."""
    first, second = visit(people.CONTROLLER), visit(people.SECOND_CONTROLLER)
    provider = visit(people.SPRINGPLANK, width=PHONE)
    first.go(f"/jaarafrekening/?year={timezone.localdate().year - 1}")
    first.press(first.row("De Springplank").locator("a[href*='/jaar/']"))
    first.post_to(urlsplit(first.page.url).path)
    settlement = urlsplit(first.page.url).path
    provider.go(settlement, status=404)
    first.press("a[href$='/voorstellen/']")
    first.submit()
    assert first.answer(f"{settlement}vaststellen/") == 200
    provider.go("/")
    provider.press(f"a[href='{settlement}']")
    provider.post_to("/akkoord/")
    second.go(settlement)
    second.press("a[href$='/vaststellen/']")
    second.submit()
    provider.go(settlement)
    assert provider.download("a[href$='/pdf/']").startswith(b"%PDF-")


def test_a_file_of_the_own_administration(visit: Callable[..., Visitor]) -> None:
    """Tried with one wrong cell: it is named with its place, can be mended, and nothing is sent."""
    practice = visit(people.ZANDLOPER)
    practice.go("/declaraties/indienen/")
    template = practice.download("a[href$='csv/'], a[href*='.csv'], a[href*='csv']")
    head, *rows = csv.reader(StringIO(template.decode("utf-8-sig")), delimiter=";")
    volume = head.index("Volume")
    for row, value in zip(rows, ("1", "veel"), strict=False):
        row[volume] = value
    filled = StringIO()
    csv.writer(filled, delimiter=";").writerows([head, *rows[:2]])
    practice.attach("file", "zorg-proef.csv", filled.getvalue().encode(), "text/csv")
    practice.submit("check")
    # The first time one says what the columns mean; what we guess of our own template is right.
    practice.submit("check")
    assert "Volume" in practice.row("te herstellen").inner_text()
    assert b"veel" in practice.download("a[href$='/te-herstellen/']")
    practice.press("a[href$='/weggooien/']")
    practice.submit()
    assert "zorg-proef.csv" not in practice.text
