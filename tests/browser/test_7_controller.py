"""The month's end for the main contractor's controllers: statements, a payment run, a SEPA file."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.utils import timezone
from lxml import etree
from pypdf import PdfReader

from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.periods import Month
from tests.browser import people
from tests.browser.visitor import Visitor, plain

pytestmark = pytest.mark.browser

#: Every account of the scenario is Dutch.
ACCOUNT = re.compile(r"NL\d\d[A-Z]{4}\d{10}")


def test_controller(visit: Callable[..., Visitor]) -> None:
    """One runs the month and prepares the payment; only the other can release it."""
    month = Month.of(timezone.localdate()).previous()
    first, second = visit(people.CONTROLLER), visit(people.SECOND_CONTROLLER)
    _run_month(first, month)
    _read_statement(first, month)

    first.go("/betaalruns/")
    first.press("a[href='/betaalruns/voorbereiden/']")
    first.submit()
    run = f"/betaalruns/{first.number}/"
    prepared = first.text
    assert first.main.locator("a[href$='/vrijgeven/']").count() == 0
    assert first.answer(f"{run}sepa/") == 404
    first.go(f"{run}vrijgeven/")
    first.submit(status=403)
    assert first.answer(f"{run}sepa/") == 404, "not released by who prepared it"

    second.go("/")
    assert second.main.locator(f"a[href^='{run}']").count() >= 1, "it stands on the work list"
    second.go(run)
    second.press("a[href$='/vrijgeven/']")
    second.submit()
    assert second.page.url.endswith(run)
    _check_sepa(second.download("a[href$='/sepa/']"), prepared)
    assert second.main.locator("a[href$='/vrijgeven/']").count() == 0


def _run_month(controller: Visitor, month: Month) -> None:
    """Start the run and wait until nothing is busy; what misses its input is named."""
    controller.go(f"/maandafsluiting/{month}/")
    controller.post_to("/draaien/")
    assert "/maandafsluiting/run/" in controller.page.url
    page = controller.page
    while controller.main.locator("progress, [role=progressbar]").count():
        page.wait_for_timeout(1_000)
        page.reload()
    controller.inspect()


def _read_statement(controller: Visitor, month: Month) -> None:
    """The PDF of a statement bears the amount that the page says."""
    controller.go(f"/maandoverzichten/?month={month}")
    controller.press(controller.row("GGZ Eemlanden").locator("a"))
    assert "GGZ Eemlanden" in controller.text
    lines = [_last_amount(one.inner_text()) for one in controller.main.locator("tbody tr").all()]
    total = format_euro(sum(lines, Decimal(0)))
    assert total in controller.main.locator("dl").last.inner_text().replace("\xa0", " ")
    content = controller.download("a[href$='/pdf/']")
    assert content.startswith(b"%PDF-")
    read = plain(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))
    assert "GGZ Eemlanden" in read
    assert read.count(total) >= 2, "in the head and under the lines"
    assert all(format_euro(line) in read for line in lines)


def _last_amount(text: str) -> Decimal:
    found = re.findall(r"€ (-?[\d.]+,\d\d)", plain(text))
    return Decimal(found[-1].replace(".", "").replace(",", "."))


def _check_sepa(content: bytes, prepared: str) -> None:
    """A credit transfer whose sums and number of payments agree, with whole accounts."""
    root = etree.fromstring(content)
    space = {"p": etree.QName(root).namespace}

    def texts(path: str) -> list[str]:
        return [str(one.text) for one in root.findall(path, space)]

    assert "pain.001.001" in space["p"]
    amounts = [Decimal(one) for one in texts(".//p:InstdAmt")]
    assert amounts
    assert all(amount > 0 for amount in amounts)
    assert texts(".//p:GrpHdr/p:CtrlSum") == [f"{sum(amounts):.2f}"]
    assert texts(".//p:GrpHdr/p:NbOfTxs") == [str(len(amounts))]
    assert format_euro(sum(amounts, Decimal(0))) in prepared
    assert all(ACCOUNT.fullmatch(one) for one in texts(".//p:CdtrAcct//p:IBAN"))
