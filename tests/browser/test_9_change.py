"""A municipality changes an allocation: software below has it, and the trail shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import pytest
from django.utils import timezone
from playwright.sync_api import Playwright

from hoofdaannemer.core.periods import Month
from tests.browser import people
from tests.browser.care import Placed, place
from tests.browser.conftest import Site
from tests.browser.post import goods, identification_of
from tests.browser.software import NAME, Software, mailbox, make_token
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

PRODUCT: Final = goods("behandeling")
LONGER: Final = 300


def test_change(playwright: Playwright, site: Site, visit: Callable[..., Visitor]) -> None:
    """The 301 lands, the placement follows, software fetches and answers, the trail is whole."""
    start = Month.of(timezone.localdate()).first
    [placed] = place(site, visit, NAME, product=PRODUCT.key, start=start, volume=PRODUCT.volume[0])
    coordinator = visit(people.CARE_COORDINATOR)
    _prolong(coordinator, placed, start)
    with mailbox(playwright, site, make_token(visit(people.GGZ_EEMLANDEN))) as calls:
        _fetch_and_answer(Software(calls), placed, start)
    _walk_trail(coordinator, placed)


def _prolong(coordinator: Visitor, placed: Placed, start: date) -> None:
    raw = placed.town.change(placed.allocation, placed.client, PRODUCT, start=start, days=LONGER)
    placed.town.drop(raw)
    returned = placed.town.receive("302", identification_of(raw))
    assert b"RetourCode>" not in returned
    coordinator.go(placed.path)
    last = start + timedelta(days=LONGER)
    assert f"{last.day} " in coordinator.text and str(last.year) in coordinator.text


def _fetch_and_answer(software: Software, placed: Placed, start: date) -> None:
    """The newest 301 about the client is under the same number, with the new last day."""
    last = start + timedelta(days=LONGER)
    texts = (placed.client.bsn, f"ToewijzingNummer>{placed.number}<", f"Einddatum>{last}<")

    found = software.find(*texts)
    assert found, "the changed allocation is not in the mailbox"
    software.accept(found[1])


def _walk_trail(coordinator: Visitor, placed: Placed) -> None:
    """Two clicks from the placement: from the first 301 to the answer to the second relay."""
    coordinator.go(placed.path)
    coordinator.press("a[href$='/herkomst/']")
    lines = coordinator.main.locator(".ha-story__line")
    told = [lines.nth(at).locator("a").first.inner_text() for at in range(lines.count())]
    for title, times in (
        ("JW301 ontvangen van Amersfoort", 2),
        ("JW302 verzonden aan Amersfoort", 2),
        (f"JW301 verzonden aan {NAME}", 2),
        (f"JW302 ontvangen van {NAME}", 1),
    ):
        assert told.count(title) == times, (title, told)
    # Each line leads to its page; the second 301 to a page that leads back to the trail.
    second = coordinator.main.get_by_role("link", name="JW301 ontvangen van Amersfoort").last
    coordinator.press(second)
    coordinator.press("a[href$='/herkomst/']")
    assert coordinator.main.locator(".ha-story__line").count() == len(told)
