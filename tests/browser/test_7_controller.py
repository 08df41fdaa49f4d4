"""The month's end for the main contractor's controllers: statements, a payment run, a SEPA file."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

import pytest
from django.utils import timezone
from lxml import etree
from pypdf import PdfReader

from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.periods import Month
from tests.browser import people
from tests.browser.care import Placed, accept_and_start, place
from tests.browser.conftest import Site
from tests.browser.post import goods
from tests.browser.visitor import Visitor, plain

pytestmark = pytest.mark.browser

PHONE: Final = 390
TRAJECTORIES: Final = "Gezin Centraal"
PRODUCT: Final = goods("gezinstraject")
#: Of the price of a trajectory at its start.
START_SHARE: Final = Decimal("0.60")
#: Every account of the scenario is Dutch.
ACCOUNT = re.compile(r"NL\d\d[A-Z]{4}\d{10}")


def test_controller(site: Site, visit: Callable[..., Visitor]) -> None:
    """One runs the month and prepares the payment; only the other can release it.

    A trajectory that began in the month brings its first part on the statement.
    """
    month = Month.of(timezone.localdate()).previous()
    [trajectory] = place(site, visit, TRAJECTORIES, product=PRODUCT.key, start=month.first)
    accept_and_start(visit(people.GEZIN_CENTRAAL), trajectory, month.last)
    first, second = visit(people.CONTROLLER), visit(people.SECOND_CONTROLLER)
    _run_month(first, month)
    _read_statement(first, month)
    _find_first_part(visit(people.GEZIN_CENTRAAL, width=PHONE), month, trajectory)

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
    unusual = second.main.locator("[name='checks']").all()
    assert unusual, "a first payment is unusual"
    for one in unusual:
        one.check()
    second.submit()
    assert second.page.url.endswith(run)
    _check_sepa(second.download("a[href$='/sepa/']"), prepared)
    assert second.main.locator("a[href$='/vrijgeven/']").count() == 0


def _run_month(controller: Visitor, month: Month) -> None:
    """Start the run and wait until nothing is busy; what misses its input is named."""
    controller.go(f"/maandafsluiting/{month}/")
    controller.post_to("/draaien/")
    assert "/maandafsluiting/run/" in controller.page.url
    controller.settle()


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


def _find_first_part(provider: Visitor, month: Month, trajectory: Placed) -> None:
    """On its statement, and with how it came about at the funding line of its contract."""
    part = format_euro(PRODUCT.price * START_SHARE)
    provider.go(f"/maandoverzichten/?month={month}")
    provider.press("tbody a[href^='/maandoverzichten/']")
    assert part in plain(provider.row(f"{trajectory.number}").inner_text())
    provider.go("/contracten/")
    provider.press("tbody a[href^='/contracten/']")
    provider.press("a[href^='/financieringslijnen/']")
    assert part in plain(provider.row(f"{trajectory.number}").inner_text())
    assert provider.page.evaluate("document.documentElement.scrollWidth") <= PHONE


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
