"""From a referral to a client with an allocation, and what becomes of a faulty message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.browser import people
from tests.browser.conftest import Site
from tests.browser.post import TownHall, goods, identification_of, new_client
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

REFERRER = "Huisartsenpraktijk Lindenhof"


def test_referral_to_allocation(site: Site, visit: Callable[..., Visitor]) -> None:
    """The coordinator asks by form, Amersfoort answers by file, the client is there."""
    town, client, product = TownHall(site.home, "0307"), new_client("0307"), goods("begeleiding")
    start = timezone.localdate() + timedelta(days=3)
    coordinator = visit(people.CARE_COORDINATOR, by_form=True)
    coordinator.go("/verzoeken/")
    coordinator.press("a[href='/verzoeken/nieuw/']")
    coordinator.fill(
        bsn=client.bsn,
        surname=client.surname,
        name_prefix=client.prefix,
        initials=client.initials,
        birth_date=f"{client.birth_date:%Y-%m-%d}",
        sex=client.sex,
        municipality="Amersfoort",
        product=product.code,
        start_date=f"{start:%Y-%m-%d}",
        end_date=f"{start + timedelta(days=200):%Y-%m-%d}",
        volume="3",
        frequency="2",
        referrer_type="02",
        guardian_known="1",
    )
    coordinator.submit()
    assert coordinator.main.locator("[aria-invalid=true]").get_attribute("name") == "referrer_name"
    coordinator.fill(referrer_name=REFERRER)
    coordinator.submit()
    request = coordinator.page.url.removeprefix(site.address)
    reference = coordinator.main.locator("h1").inner_text().split()[-1]
    assert product.code in coordinator.text

    asked = town.receive("315", client.bsn, reference)
    assert REFERRER.encode() in asked
    town.drop(town.reply(asked))
    first = f"{reference}-1"
    number, raw = town.allocate(client, product, start=start, volume=3, reference=first)
    town.drop(raw)
    answer = town.receive("302", identification_of(raw))
    assert b"RetourCode>" not in answer

    coordinator.go(f"/toewijzingen/?number={number}")
    coordinator.press(f"td a:has-text('{number}')")
    assert product.code in coordinator.text
    coordinator.press("a[href^='/clienten/']")
    assert client.surname in coordinator.main.locator("h1").inner_text()
    assert client.bsn not in coordinator.page.content()
    assert str(number) in coordinator.text
    coordinator.go(request)
    assert reference in coordinator.text


def test_faulty_allocation(site: Site, visit: Callable[..., Visitor]) -> None:
    """An allocation that ends before it starts is refused, kept, and shown with rule and place."""
    town, client = TownHall(site.home, "0342"), new_client("0342")
    today = timezone.localdate()
    number, raw = town.allocate(client, goods("behandeling"), start=today, days=-10)
    coordinator = visit(people.CARE_COORDINATOR)
    coordinator.go("/berichten/aanleveren/")
    coordinator.attach("documents", "fout-301.xml", raw, "application/xml")
    coordinator.submit()
    assert "CS003 (0001)" in coordinator.text
    assert "ToegewezenProduct[1]/Einddatum" in coordinator.text

    coordinator.press("a[href^='/berichten/']:has-text('JW301')")
    assert "CS003" in coordinator.text
    assert "ToegewezenProduct[1]/Einddatum" in coordinator.text
    kept = coordinator.download("a[href$='/xml/']")
    assert kept == raw
    answer = town.receive("302", identification_of(raw))
    assert b"RetourCode>0001<" in answer
    coordinator.go(f"/toewijzingen/?number={number}")
    assert coordinator.main.locator("tbody tr").count() == 0
