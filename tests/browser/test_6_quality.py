"""Proofs: uploaded by a practice, judged by the quality officer, and what a lapsed one does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from hoofdaannemer.scenarios.regio.quality import LAPSED, SCAN
from tests.browser import people
from tests.browser.care import open_place_page
from tests.browser.conftest import Site
from tests.browser.post import TownHall, goods, new_client, unused
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

ZANDLOPER, SMIT = "Praktijk Zandloper", "Begeleiding Aan Huis Smit"


def test_quality_judges(visit: Callable[..., Visitor]) -> None:
    """One proof is approved; another is rejected, with a reason that its uploader reads."""
    good = _upload(visit(people.ZANDLOPER), "Registratie SKJ")
    bad = _upload(visit(people.SMIT), "Diploma zorg mbo 4")
    officer = visit(people.QUALITY_OFFICER)
    officer.go("/")
    assert officer.main.locator(f"a[href='{good}']").count() >= 1
    officer.press(f"a[href='{good}']")
    assert officer.download("a[href$='/bestand/']") == SCAN
    officer.fill(decision="approve")
    officer.post_to("/oordeel/")
    assert officer.page.url.removeprefix(officer.address) != good, "on to the next one"
    officer.go(good)
    assert officer.main.locator(".ha-badge--positive").count() >= 1

    officer.go(bad)
    officer.fill(decision="reject")
    officer.post_to("/oordeel/")
    assert officer.page.locator("[name=reason]").get_attribute("aria-invalid") == "true"
    reason = f"De naam op het diploma is niet te lezen ({unused()})."
    officer.fill(decision="reject", reason=reason)
    officer.post_to("/oordeel/")
    officer.go(bad)
    assert officer.main.locator(".ha-badge--negative").count() >= 1
    officer.go("/")
    assert officer.main.locator(f"a[href='{good}'], a[href='{bad}']").count() == 0

    uploader = visit(people.SMIT)
    uploader.go(bad)
    assert reason in uploader.text
    assert uploader.main.locator("form[action$='/oordeel/']").count() == 0
    assert visit(people.ZANDLOPER).answer(bad) == 404


def test_lapsed_blocks_and_holds(site: Site, visit: Callable[..., Visitor]) -> None:
    """A lapsed diploma keeps its practice from new clients, and its declared lines are held."""
    assert SMIT in LAPSED
    town, client = TownHall(site.home, "0114"), new_client("0114")
    [allocation] = town.introduce([client], goods("ondersteuning"), start=timezone.localdate())
    coordinator = visit(people.CARE_COORDINATOR)
    open_place_page(coordinator, allocation)
    lapsed = coordinator.row(SMIT)
    assert lapsed.locator("button").count() == 0
    assert "bevoegd" in lapsed.inner_text()
    assert coordinator.row("Praktijk Levenskracht").locator("button").count() == 1

    officer = visit(people.QUALITY_OFFICER)
    officer.go("/kwaliteit/overzicht/")
    assert "Diploma zorg mbo 4" in officer.row(SMIT).inner_text()
    officer.go("/aanhoudingen/")
    held = officer.row(SMIT)
    assert "Diploma zorg mbo 4" in held.inner_text()
    assert "art. 3.3" in held.inner_text()
    assert officer.main.locator("tbody tr", has_text=ZANDLOPER).count() == 0
    provider = visit(people.SMIT)
    provider.go("/aanhoudingen/")
    assert "art. 3.3" in provider.row("art. 3.3").inner_text()
    assert "Praktijk Sterrenkijker" not in provider.text


def _upload(uploader: Visitor, requirement: str) -> str:
    """Hand in a proof of the owner; gives the address of its page."""
    uploader.go("/kwaliteit/bewijzen/")
    uploader.press("a[href^='/kwaliteit/bewijzen/nieuw/']")
    today = timezone.localdate()
    owner = uploader.page.locator("select[name=professional] option").nth(1).inner_text()
    uploader.fill(
        requirement=requirement,
        professional=owner,
        number=str(unused()),
        valid_from=f"{today}",
        valid_until=f"{today + timedelta(days=900)}",
    )
    uploader.attach("file", "bewijs.pdf", SCAN, "application/pdf")
    uploader.submit()
    assert uploader.page.url.rstrip("/").rsplit("/", 1)[-1].isdigit(), uploader.text
    return uploader.page.url.removeprefix(uploader.address)
