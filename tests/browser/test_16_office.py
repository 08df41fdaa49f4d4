"""An administration office with one login hands in the month of five practices."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Route

from hoofdaannemer.core.periods import Month
from hoofdaannemer.scenarios.regio.offices import EMAIL, PRACTICES
from tests.browser.visitor import Visitor, plain

pytestmark = pytest.mark.browser

#: Who withdraws its mandate while the office is at work for it.
LEAVES: Final = "Spelenderwijs Therapie"
GIVER: Final = f"praktijk@{PRACTICES[LEAVES]}.example"
#: Presses that lead to a page: one to begin, two a practice, two for the line that came back.
MOST_PRESSES: Final = 1 + 2 * len(PRACTICES) + 2


def test_office_declares_for_its_practices(visit: Callable[..., Visitor]) -> None:
    """Each under its own mandate, one after the other; a withdrawn one refuses the next click."""
    month = Month.of(timezone.localdate()).previous()
    office = visit(EMAIL)
    office.go("/")
    assert office.page.url.endswith("/kantoor/")
    assert office.main.locator("tbody tr").count() == len(PRACTICES)
    presses = _month_of_all(office, month)
    assert presses <= MOST_PRESSES, presses
    assert office.main.locator(".ha-badge--warning, .ha-badge--negative").count() == 0

    _what_is_typed_goes_first(office)
    office.go("/kantoor/")
    office.press(office.row(LEAVES).locator("button"))
    assert LEAVES in _banner(office)
    assert office.answer("/rekeningen/") == 403, "no mandate covers an account"
    _withdraw(visit(GIVER))
    office.press("a[href^='/mijn-maand/']", status=403)
    assert LEAVES in office.text
    assert "Ik doe het weer zelf" in office.text
    office.press("a[href='/kantoor/']")
    assert LEAVES not in office.text
    assert office.main.locator("tbody tr").count() == len(PRACTICES) - 1


def _month_of_all(office: Visitor, month: Month) -> int:
    """Hand in every month that waits, with one line that comes back first; returns the presses."""
    todo = office.main.locator(".ha-badge--warning").count()
    office.post_to(f"/volgende/{month}/")
    presses, seen = 1, set()
    for number in range(todo):
        seen.add(_banner(office))
        if number == 0:
            presses += _come_back(office)
        presses += _hand_in(office)
        office.post_to(f"/volgende/{month}/")
        presses += 1
    assert len(seen) == todo, "each practice once"
    assert "/kantoor/" in office.page.url
    return presses


def _come_back(office: Visitor) -> int:
    """Hand in too much for the first client in care: that line is returned, and no other."""
    _say_something_of_all(office)
    cards = office.main.locator("[data-month-card]")
    at = next(at for at, card in enumerate(cards.all()) if _volume(card).is_visible())
    _volume(cards.nth(at)).fill(str(_cap(cards.nth(at)) + 1))
    office.submit("hand_in")
    assert "TR321" in cards.nth(at).inner_text()
    return 1


def _hand_in(office: Visitor) -> int:
    """Hand the month in with what stands there; what is too much is set to what was allocated."""
    _say_something_of_all(office)
    for card in office.main.locator("[data-month-card]").all():
        volume = _volume(card)
        if volume.is_visible() and int(volume.input_value() or 0) > _cap(card):
            volume.fill(str(_cap(card)))
    office.submit("hand_in")
    assert "TR321" not in office.text
    return 1


def _say_something_of_all(office: Visitor) -> None:
    """A client of whom nothing is known had no care."""
    for card in office.main.locator("[data-month-card]").all():
        switch = card.locator("[role=switch]")
        if switch.is_visible() and not _volume(card).input_value() and not switch.is_checked():
            switch.check()
            card.locator("select").first.select_option("not_started")


def _what_is_typed_goes_first(office: Visitor) -> None:
    """On to the next practice while a number is still on its way, as where the site is slow.

    The number belongs to the first one, and whoever came in stays in.
    """
    running = Month.of(timezone.localdate())
    page = f"/mijn-maand/{running}/"
    office.press(office.row(LEAVES).locator("button"))
    office.go(page)
    typed = _volume(office.main.locator("[data-month-card]").first)
    number = str(int(typed.input_value() or 100) - 1)
    on_its_way: list[Route] = []

    def hold(route: Route) -> None:
        if on_its_way:
            route.continue_()
        else:
            on_its_way.append(route)

    office.page.route(f"**{page}", hold)
    typed.fill(number)
    typed.blur()
    _until(office, lambda: bool(on_its_way))
    next_button = office.main.locator("form[action*='/volgende/'] button")
    with office.page.expect_navigation():
        next_button.click()
        assert LEAVES in _banner(office), "it waits for the number"
        on_its_way[0].continue_()
    office.page.unroute(f"**{page}")
    assert LEAVES not in _banner(office)
    office.go("/kantoor/")
    office.press(office.row(LEAVES).locator("button"))
    office.go(page)
    assert typed.input_value() == number


def _until(office: Visitor, holds: Callable[[], bool]) -> None:
    """Wait until the browser has done what it was told to."""
    while not holds():
        office.page.wait_for_timeout(20)


def _withdraw(giver: Visitor) -> None:
    giver.go("/machtigingen/")
    giver.press("tbody a[href^='/machtigingen/']")
    giver.press("a[href$='/intrekken/']")
    giver.fill(reason="Ik doe het weer zelf")
    giver.submit()
    assert giver.main.locator("a[href$='/intrekken/']").count() == 0
    giver.go("/logboek/wijzigingen/")
    assert giver.main.locator("a[href^='/machtigingen/']").count() >= 1, "what the office did"


def _banner(office: Visitor) -> str:
    """For whom one acts, as every page says it."""
    return plain(office.page.locator(".ha-acting").inner_text())


def _volume(card: Locator) -> Locator:
    return card.locator("input[name^=volume_]")


def _cap(card: Locator) -> int:
    """What was allocated for the month, as the card says it."""
    found = re.search(r"tot ([\d.]+) ", plain(card.inner_text()))
    assert found, card.inner_text()
    return int(found[1].replace(".", ""))
