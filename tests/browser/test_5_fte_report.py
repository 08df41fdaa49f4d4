"""A subcontractor that is paid for people hands in who worked."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Final

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from hoofdaannemer.core.export import XLSX_TYPE
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.templatetags.core_format import volume
from tests.browser import people
from tests.browser.visitor import Visitor, plain

pytestmark = pytest.mark.browser

#: A column of the template of a report.
FTE: Final = "FTE"


def test_fte_report(visit: Callable[..., Visitor]) -> None:
    """The report of last month: kept as a draft, refused above 1.5 FTE, then handed in."""
    month = Month.of(timezone.localdate()).previous()
    provider = visit(people.SPRINGPLANK)
    provider.go("/fte/")
    provider.press(f"form[action$='/{month}/beginnen/'] button")
    numbers = provider.main.locator("input[name^=fte_]")
    assert numbers.count() >= 6
    for number in numbers.all():
        number.fill("0,75")
    numbers.first.fill("1,6")
    provider.submit("hand_in")
    assert provider.main.locator("input[name^=fte_][aria-invalid=true]").count() == 1

    numbers.first.fill("0,5")
    provider.submit("save")
    provider.submit("hand_in")
    # What changed and what is odd is shown first.
    provider.submit("hand_in")
    rows = provider.main.locator("table").first.locator("tbody tr").count()
    total = Decimal("0.5") + Decimal("0.75") * (rows - 1)
    assert volume(total) in plain(provider.main.locator("tfoot").inner_text())
    assert provider.main.locator("a[href$='/invullen/']").count() == 0, "handed in is handed in"

    provider.go("/fte/")
    assert provider.main.locator(f"form[action$='/{month}/beginnen/']").count() == 0
    controller = visit(people.CONTROLLER)
    controller.go(f"/fte/?month={month}")
    handed_in = plain(controller.row("De Springplank Jeugdzorg").inner_text())
    assert volume(total) in handed_in


def test_an_fte_report_from_a_file(visit: Callable[..., Visitor]) -> None:
    """A wrong cell is named and holds the file up; mended it is taken over and handed in."""
    month = Month.of(timezone.localdate()).previous()
    provider = visit(people.SPRINGPLANK)
    _open_draft(provider, month)
    provider.press("a[href$='/bestand/']")
    template = provider.download("a[href$='/sjabloon/']")
    provider.attach("file", "inzet.xlsx", _filled(template, "veel"), XLSX_TYPE)
    provider.submit("check")
    assert "BIL-253" in provider.text
    # Nothing is taken over yet: with the others left out or mended first.
    provider.attach("file", "inzet.xlsx", _filled(template, 0.25), XLSX_TYPE)
    provider.submit("check")
    assert "BIL-253" not in provider.text
    provider.submit("take")
    filled = [one.input_value() for one in provider.main.locator("input[name^=fte_]").all()]
    assert filled[0].startswith("0,25"), filled
    provider.submit("hand_in")
    provider.submit("hand_in")
    assert provider.main.locator("a[href$='/invullen/']").count() == 0, "handed in is handed in"
    provider.go("/fte/kolommen/")
    provider.press("tbody a[href^='/fte/kolommen/']")
    assert provider.page.locator("[name=column_fte]").input_value() == FTE


def _open_draft(provider: Visitor, month: Month) -> None:
    """The report of the month: begun, or a correction of what was handed in."""
    provider.go("/fte/")
    begin = provider.main.locator(f"form[action$='/{month}/beginnen/'] button")
    if begin.count():
        provider.press(begin)
        return
    provider.press("tbody a[href^='/fte/']")
    if "/invullen/" not in provider.page.url:
        provider.press("form[action$='/corrigeren/'] button")


def _filled(template: bytes, first: object) -> bytes:
    """The template with `first` as FTE of the first person, and a half for all others."""
    book = load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    column = heads.index(FTE) + 1
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, column).value = first if row == 2 else 0.5  # type: ignore[assignment]
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
