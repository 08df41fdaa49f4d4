"""Where the money goes: another account, an invoice, and a payment that comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import pytest
from lxml import etree

from tests.billing.bank import status
from tests.browser import people
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

PHONE: Final = 390


def test_another_account_is_checked_and_undone(visit: Callable[..., Visitor]) -> None:
    """A practice asks on its phone, the controller calls and approves, and it is taken back."""
    practice, controller = visit(people.ZANDLOPER, width=PHONE), visit(people.CONTROLLER)
    practice.go("/rekeningen/")
    practice.press("a[href='/rekeningen/wijzigen/']")
    practice.fill(iban="NL92ABNA0417164300", reason="Andere bank")
    practice.submit()
    assert practice.main.locator("[aria-invalid=true]").count() == 1, "no account number"
    practice.fill(iban="NL91 ABNA 0417 1643 00")
    practice.submit()
    change = urlsplit(practice.page.url).path
    controller.go("/")
    controller.press(f"a[href='{change}']")
    controller.press("a[href$='/beslissen/']")
    controller.fill(verdict="approve", checked="Gebeld op het nummer uit het contract")
    controller.submit()
    assert "wordt tot en met" in controller.text
    practice.go(change)
    practice.press("a[href$='/terugdraaien/']")
    practice.fill(reason="Toch niet")
    practice.submit()
    assert "Toch niet" in practice.text


def test_a_statement_as_an_invoice(visit: Callable[..., Visitor]) -> None:
    """A practice agrees once, and takes the invoice of its last statement."""
    practice = visit(people.ZANDLOPER, width=PHONE)
    practice.go("/e-facturen/regelen/")
    practice.fill(tax_number="NL000000001B64")
    practice.page.locator("[name=agrees]").check()
    practice.submit()
    practice.go("/maandoverzichten/")
    practice.press("tbody a[href^='/maandoverzichten/']")
    practice.post_to("/e-factuur/maken/")
    root = etree.fromstring(practice.download("a[href$='/e-factuur/']"))
    assert etree.QName(root).localname == "Invoice"
    assert practice.download("a[href$='/excel/']").startswith(b"PK")


def test_a_payment_that_came_back_is_due_again(visit: Callable[..., Visitor]) -> None:
    """The bank rejects one payment; the controller hands that in and sees it in the next run."""
    controller = visit(people.SECOND_CONTROLLER)
    controller.go("/betalingen/")
    row = controller.main.locator("tbody tr").first
    statement = row.locator("a").first.inner_text().strip()
    reference = next(one for one in row.inner_text().split() if one.endswith(f"-{statement}"))
    controller.go("/bankberichten/")
    controller.press("a[href='/bankberichten/inlezen/']")
    told = status("X", lines=[(reference, "RJCT", "MS03")])
    controller.attach("file", "status.xml", told, "application/xml")
    controller.submit()
    assert reference in controller.text
    controller.go("/betalingen/?came_back=yes")
    assert statement in controller.text
    controller.go("/betaalruns/voorbereiden/")
    assert "1 maandoverzicht" in controller.text or "maandoverzichten" in controller.text
