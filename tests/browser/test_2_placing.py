"""The coordinator chooses who delivers, and sees why others cannot."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from tests.browser import people
from tests.browser.care import accept_and_start, open_place_page, place, placement_number
from tests.browser.conftest import Site
from tests.browser.post import TownHall, goods, new_client
from tests.browser.visitor import Visitor, plain

pytestmark = pytest.mark.browser

#: Of GGZ Eemlanden, in euros: 130,000 for each of its people.
CEILING = 8 * 130_000
OWN_TEAM = "Zorgkompas Team Jeugd"


def test_placing(site: Site, visit: Callable[..., Visitor]) -> None:
    """Tariff, waiting time and room of candidates; who is not qualified has no button."""
    town, client = TownHall(site.home, "0307"), new_client("0307")
    [allocation] = town.introduce([client], goods("behandeling"), start=timezone.localdate())
    coordinator = visit(people.CARE_COORDINATOR)
    open_place_page(coordinator, allocation)

    practice = plain(coordinator.row("Praktijk Zandloper").inner_text())
    assert "€ 1,78" in practice, "the usual price less two percent"
    large = plain(coordinator.row("GGZ Eemlanden").inner_text())
    assert re.search(r"\b\d+ dag", large), "the waiting time"
    room = re.search(r"€ ([\d.]+),\d\d$", large)
    assert room
    assert int(room[1].replace(".", "")) < CEILING, "what was declared is taken off"
    lapsed = coordinator.row("Praktijk Sterrenkijker")
    assert "bevoegd" in lapsed.inner_text()
    assert lapsed.locator("button").count() == 0
    assert coordinator.row("Begeleiding Aan Huis Smit").locator("button").count() == 0

    coordinator.press(coordinator.row("Praktijk Zandloper").locator("button[name=subcontractor]"))
    assert "Praktijk Zandloper" in coordinator.text
    number = placement_number(coordinator)
    assert number != allocation, "relayed under a number of the contract's own range"
    assert 900_000_000 <= number <= 949_999_999

    # All of it is placed: the way to the page is gone, and the page has no button any more.
    coordinator.go(f"/toewijzingen/?number={allocation}")
    coordinator.press(f"td a:has-text('{allocation}')")
    page = urlsplit(coordinator.page.url).path
    assert coordinator.main.locator("a[href$='/plaatsen/']").count() == 0
    coordinator.go(f"{page}plaatsen/")
    assert coordinator.row("Heidezicht").count() == 1
    assert coordinator.main.locator("button[name=subcontractor]").count() == 0
    coordinator.go(page)
    placements = coordinator.main.locator("tbody tr")
    assert placements.count() == 1, "not placed twice"
    assert str(number) in plain(placements.inner_text())


def test_placing_with_an_own_team(site: Site, visit: Callable[..., Visitor]) -> None:
    """The team takes the client and reports the start itself; it goes up as any other."""
    today = timezone.localdate()
    [placed] = place(site, visit, OWN_TEAM, product="begeleiding", start=today)
    team = visit(people.TEAM_JEUGD)
    team.go("/")
    assert team.main.locator(f"a[href='{placed.path}']").count() >= 1, "on its work list"
    accept_and_start(team, placed, today)
    told = placed.town.receive("305", placed.client.bsn)
    assert f"ToewijzingNummer>{placed.allocation}<".encode() in told
    assert f"Begindatum>{today}<".encode() in told
    # What it does is done by the main contractor itself: there is no message to make by hand.
    assert team.main.locator("a[href*='/berichten/maken/']").count() == 0
