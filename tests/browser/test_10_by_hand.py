"""A practice without software makes the message of a start by hand, checked while it is typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, expect

from tests.browser import people
from tests.browser.care import place
from tests.browser.conftest import Site
from tests.browser.visitor import Visitor, plain

pytestmark = pytest.mark.browser

PHONE = 390
LINE = "Client/StartProducten/StartProduct"


def field(visitor: Visitor, path: str) -> Locator:
    """The control of an element."""
    return visitor.page.locator(f"[name='{path}']")


def said(visitor: Visitor, path: str) -> Locator:
    """What is said at an element."""
    anchor = field(visitor, path).get_attribute("id")
    return visitor.page.locator(f"[id='{anchor}-said']")


def told(visitor: Visitor) -> Locator:
    """What a screen reader hears of the check."""
    return visitor.page.locator("[data-entry-live]")


def test_a_practice_makes_a_start_by_hand(site: Site, visit: Callable[..., Visitor]) -> None:
    """A mistake is told beside the field while one types; mended and sent, the 306 comes back."""
    today = timezone.localdate()
    [placed] = place(
        site, visit, "Praktijk Zandloper", product="behandeling", start=today - timedelta(days=3)
    )
    owner = visit(people.ZANDLOPER, width=PHONE)
    owner.go(placed.path)
    owner.post_to("/aannemen/")
    owner.press("a[href*='/berichten/maken/jw305/']")
    assert owner.page.evaluate("document.documentElement.scrollWidth") <= PHONE
    bsn, begin = field(owner, "Client/Bsn"), field(owner, f"{LINE}[1]/Begindatum")
    assert bsn.input_value() == placed.client.bsn
    expect(said(owner, f"{LINE}[1]/Begindatum")).to_be_hidden()

    begin.fill(f"{today}")
    expect(told(owner)).to_have_text(re.compile("Binnen dit bericht klopt alles"))
    assert f"Begindatum>{today}<" in owner.page.locator("[data-entry-panel] pre").inner_text()
    bsn.fill("123456789")
    expect(said(owner, "Client/Bsn")).to_be_visible()
    expect(told(owner)).to_have_text(re.compile("1 punt klopt niet"))
    assert bsn.get_attribute("aria-invalid") == "true"
    owner.inspect()
    # A field that was passed over is told of when it is left, the others are counted only.
    name = field(owner, "Client/Naam/Geslachtsnaam/Achternaam")
    was = name.input_value()
    name.fill("")
    name.blur()
    expect(said(owner, "Client/Naam/Geslachtsnaam/Achternaam")).to_be_visible()
    name.fill(was)
    bsn.fill(placed.client.bsn)
    expect(said(owner, "Client/Bsn")).to_be_hidden()

    # One start more, and away again: what was typed stays.
    owner.press(f"button[name=_add][value='{LINE}']")
    assert begin.input_value() == f"{today}"
    owner.press(f"button[name=_remove][value='{LINE}[2]']")
    assert field(owner, f"{LINE}[2]/Begindatum").count() == 0
    # Enter checks; it neither sends nor adds.
    with owner.page.expect_navigation():
        bsn.press("Enter")
    assert field(owner, f"{LINE}[2]/Begindatum").count() == 0
    assert "Je kunt het versturen" in owner.text
    owner.inspect()

    owner.press("button[name=_send]")
    assert re.search(r"/berichten/\d+/", owner.page.url)
    assert "JW306" in plain(owner.page.locator("main").inner_text())
    received = placed.town.receive("305", placed.client.bsn)
    assert f"Begindatum>{today}<".encode() in received


def test_everything_works_without_script(site: Site, visit: Callable[..., Visitor]) -> None:
    """The button checks what the script would have checked."""
    owner = visit(people.ZANDLOPER)
    owner.page.route("**/entry*.js", lambda route: route.abort())
    owner.page.goto(f"{owner.address}/berichten/maken/jw307/")
    owner.main.locator("button[name=_check]").last.click()
    owner.page.wait_for_load_state()
    errors = owner.main.locator("[data-error-summary] a")
    assert errors.count() > 3
    errors.first.click()
    assert owner.page.url.split("#")[1].startswith("e-")
