"""A practice owner on a phone: from a new client to the month that was handed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Locator

from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.periods import Month
from tests.browser import people
from tests.browser.care import accept_and_start, place
from tests.browser.conftest import Site
from tests.browser.visitor import Visitor, plain

pytestmark = pytest.mark.browser

PHONE = 390
#: Of a minute at Praktijk Zandloper: the usual price less two percent.
PRICE = Decimal("1.78")
#: Why care ends (JZ588 of the Jeugdwet): the client ended it, one-sidedly.
BY_CLIENT = "32"


def test_practice_takes_a_client(site: Site, visit: Callable[..., Visitor]) -> None:
    """The owner accepts, names herself, reports start and stop, which go up as our 305 and 307."""
    today = timezone.localdate()
    [placed] = place(
        site, visit, "Praktijk Zandloper", product="behandeling", start=today - timedelta(days=3)
    )
    owner = visit(people.ZANDLOPER, width=PHONE, by_form=True)
    owner.go("/")
    waiting = owner.main.locator(f"li:has(a[href='{placed.path}'])")
    assert re.search(r"nog \d+ werkdag|vandaag", waiting.first.inner_text()), "the deadline"
    owner.press(waiting.first.locator(f"a[href='{placed.path}']"))
    assert f"{placed.number}" in owner.main.locator("h1").inner_text()
    owner.post_to("/aannemen/")

    owner.press("a[href$='/medewerker/']")
    herself = owner.page.locator("select[name=professional]")
    name = herself.locator("option").nth(1).inner_text()
    owner.fill(professional=name)
    owner.submit()
    assert name.split(" (")[0] in owner.text
    assert re.search(r"nog \d+ werkdag|vandaag|te laat", owner.text), "the start's deadline"

    owner.press("a[href$='/start/']")
    assert owner.page.locator("[name=begin]").input_value()
    owner.fill(begin=f"{today}")
    owner.submit()
    assert owner.main.locator("a[href$='/stop/']").count() == 1, owner.text
    assert f"{today:%d-%m-%Y}" in owner.text
    told = placed.town.receive("305", placed.client.bsn)
    assert f"ToewijzingNummer>{placed.allocation}<".encode() in told
    assert f"Begindatum>{today}<".encode() in told

    # The family moved away on the same day.
    owner.press("a[href$='/stop/']")
    owner.fill(begin=f"{today}", end=f"{today}")
    owner.submit()
    assert owner.page.locator("[name=reason]").get_attribute("aria-invalid") == "true"
    owner.fill(reason=BY_CLIENT)
    owner.submit()
    assert owner.page.url.endswith(placed.path)
    assert owner.main.locator("a[href$='/stop/']").count() == 0, owner.text
    ended = placed.town.receive("307", placed.client.bsn)
    assert f"ToewijzingNummer>{placed.allocation}<".encode() in ended
    assert f"Einddatum>{today}<".encode() in ended
    assert f"RedenBeeindiging>{BY_CLIENT}<".encode() in ended


def test_practice_hands_in_its_month(site: Site, visit: Callable[..., Visitor]) -> None:
    """Of two cards the owner makes one too large: the page says so at once, and she hands in.

    What is too much is rejected, the other approved. Then she mends the first.
    """
    month = Month.of(timezone.localdate()).previous()
    owner = visit(people.ZANDLOPER, width=PHONE)
    placed = place(
        site, visit, "Praktijk Zandloper", product="behandeling", start=month.first, clients=2
    )
    for one in placed:
        accept_and_start(owner, one, month.first)

    owner.go("/mijn-maand/")
    assert owner.page.url.endswith(f"/mijn-maand/{month}/")
    assert owner.page.evaluate("document.documentElement.scrollWidth") <= PHONE
    cards = [owner.main.locator(f"section:has(h2:has-text('{one.number}'))") for one in placed]
    cap = _cap(cards[0])
    too_much, right = cap + 500, _cap(cards[1]) - 10
    before = _total(owner)
    _volume(cards[0]).press_sequentially(str(too_much))
    assert f"{too_much} minuten is meer dan de {cap} minuten" in plain(cards[0].inner_text())
    assert "1 aantal is te hoog" in plain(_bar(owner).inner_text())
    _volume(cards[1]).press_sequentially(str(right))
    assert format_euro(PRICE * right) in plain(cards[1].inner_text())
    assert _total(owner) == before + PRICE * too_much + PRICE * right
    _nothing_for_the_others(owner)
    owner.inspect()
    owner.submit("check")
    _assert_verdicts(cards)
    owner.submit("hand_in")
    _assert_verdicts(cards)
    assert f"{right} minuten, {format_euro(PRICE * right)}" in plain(cards[1].inner_text())
    assert "maandafsluiting" in owner.text, "when the money comes"

    _volume(cards[0]).fill(str(cap))
    assert "TR321" not in cards[0].inner_text(), "what was said of the old number is gone"
    owner.submit("hand_in")
    assert f"{cap} minuten, {format_euro(PRICE * cap)}" in plain(cards[0].inner_text())
    assert owner.main.locator(".ha-alert--negative").count() == 0

    owner.go("/declaraties/")
    owner.press(owner.main.locator("tbody tr a").nth(1))
    rejected, approved = owner.row(f"{too_much} minuten"), owner.row(f"{right} minuten")
    assert format_euro(PRICE * too_much) in plain(rejected.inner_text())
    assert "TR321" in rejected.inner_text()
    assert format_euro(PRICE * right) in plain(approved.inner_text())
    assert "TR321" not in approved.inner_text()


def test_practice_loses_nothing_between_two_clients(
    site: Site, visit: Callable[..., Visitor]
) -> None:
    """What was typed is kept when the field is left, also where the page is closed at once."""
    owner = visit(people.ZANDLOPER, width=PHONE)
    running = Month.of(timezone.localdate())
    owner.go(f"/mijn-maand/{running}/")
    first = owner.main.locator("[data-month-card]").first
    number = int(_volume(first).input_value() or 100) - 1
    with owner.page.expect_response(lambda answer: answer.request.method == "POST") as kept:
        _volume(first).fill(str(number))
        _volume(first).blur()
    assert kept.value.status == 204
    owner.go(f"/mijn-maand/{running}/")
    assert _volume(first).input_value() == str(number)


def _nothing_for_the_others(owner: Visitor) -> None:
    """Say of every client without a number that there was no care: the month is handed in whole."""
    every = owner.main.locator("section:has(input[name^=volume_])")
    for card in (every.nth(number) for number in range(every.count())):
        switch = card.locator("[role=switch]")
        if not _volume(card).input_value() and not switch.is_checked():
            switch.check()
            assert not _volume(card).is_visible()
            card.locator("select").first.select_option("not_started")


def _assert_verdicts(cards: Sequence[Locator]) -> None:
    """The first card says too much was declared, the second says nothing bad."""
    assert "TR321" in cards[0].inner_text()
    assert cards[1].locator(".ha-alert--positive").count() == 1
    assert "TR" not in cards[1].inner_text()


def _volume(card: Locator) -> Locator:
    return card.locator("input[name^=volume_]")


def _bar(owner: Visitor) -> Locator:
    return owner.main.locator("[data-month-bar]")


def _total(owner: Visitor) -> Decimal:
    """The amount in the bar, in euros."""
    shown = plain(_bar(owner).locator("[data-month-total]").inner_text())
    return Decimal(shown.removeprefix("€ ").replace(".", "").replace(",", "."))


def _cap(card: Locator) -> int:
    """What was allocated for the month, as the card says it."""
    found = re.search(r"tot (\d+) ", plain(card.inner_text()))
    assert found, card.inner_text()
    return int(found[1])
