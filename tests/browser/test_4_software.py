"""A large subcontractor's own software at the HTTPS mailbox, with a key made by its delegate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import pytest
from django.utils import timezone
from playwright.sync_api import Playwright

from hoofdaannemer.core.periods import Month
from hoofdaannemer.scenarios.regio import KVK
from messaging.istandaard import builders, serialize
from messaging.istandaard.model.declaration import ServiceLine
from messaging.istandaard.model.delivery import StartProduct
from messaging.istandaard.model.values import Amount, ClosedPeriod, LineReference, Product
from tests.browser import people
from tests.browser.care import Placed, place
from tests.browser.conftest import Site
from tests.browser.post import goods, unused
from tests.browser.software import MAILBOX, NAME, Software, mailbox, make_token
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

PRODUCT: Final = goods("behandeling")
#: Cents a minute: the usual price plus four percent.
TARIFF: Final = 189


def test_software(playwright: Playwright, site: Site, visit: Callable[..., Visitor]) -> None:
    """The relayed 301 is fetched and answered, start and declaration are posted and answered."""
    last_month = Month.of(timezone.localdate()).previous()
    [placed] = place(site, visit, NAME, product=PRODUCT.key, start=last_month.first, volume=400)
    delegate = visit(people.GGZ_EEMLANDEN)
    token = make_token(delegate)
    with mailbox(playwright, site, "") as stranger:
        assert stranger.get(MAILBOX).status == 401
    with mailbox(playwright, site, token) as calls:
        software = Software(calls)
        _fetch_allocation(software, placed)
        _post_start(software, placed, last_month.first + timedelta(days=4))
        _post_declaration(software, placed, last_month)
    delegate.go("/api-sleutels/")
    delegate.press(delegate.row("Dossiersysteem").locator("a"))
    delegate.submit()
    with mailbox(playwright, site, token) as calls:
        assert calls.get(MAILBOX).status == 401, "a stopped key opens nothing"


def _fetch_allocation(software: Software, placed: Placed) -> None:
    """List, fetch, acknowledge and answer the relayed 301."""
    found = software.find(placed.client.bsn)
    assert found, "the relayed allocation is not in the mailbox"
    listed, raw = found
    assert listed["type"] == "JW301"
    assert listed["main_contractor"] == KVK
    assert f"ToewijzingNummer>{placed.number}<".encode() in raw
    assert f"Afzender>{placed.town.code}<".encode() in raw, "under the municipality's code"
    software.acknowledge(listed["url"])
    software.acknowledge(listed["url"])
    assert listed["id"] not in [one["id"] for one in software.waiting()]
    software.accept(raw)


def _post_start(software: Software, placed: Placed, begin: date) -> None:
    """A 305 is answered with a 306 and goes up at once; sent twice it changes nothing."""
    start = StartProduct(
        allocation_number=placed.number,
        product=Product(category=PRODUCT.category, code=PRODUCT.code),
        allocation_start_date=Month.of(begin).first,
        begin_date=begin,
    )
    message = builders.start(software.envelope(placed.town.code), _person(placed), [start])
    raw = serialize(message)
    posted = software.send(raw)
    assert posted.status == 201, posted.text()
    verdict = posted.json()
    assert (verdict["findings"], verdict["answer"]["type"]) == ([], "JW306")
    assert software.send(raw).json()["id"] == verdict["id"]
    assert b"RetourCode>" not in software.fetch(verdict["answer"]["url"])
    told = placed.town.receive("305", placed.client.bsn)
    assert f"Begindatum>{begin}<".encode() in told
    assert f"ToewijzingNummer>{placed.allocation}<".encode() in told


def _post_declaration(software: Software, placed: Placed, month: Month) -> None:
    """A 323 of a good line and one of an unknown allocation: the 325 grants the first."""
    unknown = placed.number + 1_000_000
    lines = [
        (placed.client.bsn, _line(placed.number, month, 300)),
        (placed.client.bsn, _line(unknown, month, 20)),
    ]
    period = ClosedPeriod(start=month.first, end=month.last)
    envelope = software.envelope(placed.town.code)
    declared = builders.declaration(envelope, f"D{unused():010d}", period, lines)
    posted = software.send(serialize(declared))
    assert posted.status == 201, posted.text()
    verdict = posted.json()
    assert verdict["answer"]["type"] == "JW325"
    raw = software.fetch(verdict["answer"]["url"])
    assert f"TotaalBedrag>{320 * TARIFF}<".encode() in raw, "declared"
    assert f"TotaalBedrag>{300 * TARIFF}<".encode() in raw, "granted"
    assert f"ToewijzingNummer>{unknown}<".encode() in raw
    assert b"RetourCode>9338<" in raw
    assert f"ToewijzingNummer>{placed.number}<".encode() not in raw, "only what was rejected"


def _line(number: int, month: Month, units: int) -> ServiceLine:
    return ServiceLine(
        reference=LineReference(number=f"R{unused():012d}"),
        allocation_number=number,
        category=PRODUCT.category,
        code=PRODUCT.code,
        product_period=ClosedPeriod(start=month.first, end=month.last),
        delivered_volume=units,
        unit=PRODUCT.unit,
        tariff=TARIFF,
        submitted_amount=Amount(cents=units * TARIFF),
    )


def _person(placed: Placed) -> builders.Person:
    client = placed.client
    return builders.Person(
        bsn=client.bsn,
        birth_date=client.birth_date,
        surname=client.surname,
        prefix=client.prefix,
        initials=client.initials,
        sex=client.sex,
    )
