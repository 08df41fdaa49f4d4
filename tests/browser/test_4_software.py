"""A large subcontractor's own software at the HTTPS mailbox, with a key made by its delegate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import pytest
from django.utils import timezone
from playwright.sync_api import Playwright

from hoofdaannemer.core.money import format_euro
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
from tests.browser.software import MAILBOX, NAME, Software, envelope, mailbox, make_token
from tests.browser.visitor import Visitor, plain

pytestmark = pytest.mark.browser

PRODUCT: Final = goods("behandeling")
#: Cents a minute: the usual price plus four percent.
TARIFF: Final = 189


def test_software(playwright: Playwright, site: Site, visit: Callable[..., Visitor]) -> None:
    """The relayed 301 is fetched and answered, start and declaration are posted and answered."""
    last_month = Month.of(timezone.localdate()).previous()
    first_month = last_month.previous()
    [placed] = place(site, visit, NAME, product=PRODUCT.key, start=first_month.first, volume=400)
    delegate = visit(people.GGZ_EEMLANDEN)
    token = make_token(delegate)
    with mailbox(playwright, site, "") as stranger:
        assert stranger.get(MAILBOX).status == 401
    with mailbox(playwright, site, token) as calls:
        software = Software(calls)
        _fetch_allocation(software, placed)
        _post_start(software, placed, first_month.first + timedelta(days=4))
        _post_declaration(software, placed, last_month)
    _upload_declaration(delegate, placed, last_month)
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
    message = builders.start(envelope(placed.town.code), _person(placed), [start])
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
    posted = software.send(
        _declared(placed, month, _line(placed.number, month, 300), _line(unknown, month, 20))
    )
    assert posted.status == 201, posted.text()
    verdict = posted.json()
    assert verdict["answer"]["type"] == "JW325"
    raw = software.fetch(verdict["answer"]["url"])
    assert f"TotaalBedrag>{320 * TARIFF}<".encode() in raw, "declared"
    assert f"TotaalBedrag>{300 * TARIFF}<".encode() in raw, "granted"
    assert f"ToewijzingNummer>{unknown}<".encode() in raw
    assert b"RetourCode>9338<" in raw
    assert f"ToewijzingNummer>{placed.number}<".encode() not in raw, "only what was rejected"


def _upload_declaration(delegate: Visitor, placed: Placed, month: Month) -> None:
    """Late care by hand: the 323 is tried and then handed in, and each line has its verdict."""
    late = month.previous()
    good, bad = _line(placed.number, late, 60), _line(placed.number + 1_000_000, late, 20)
    file = ("declaratie-323.xml", _declared(placed, month, good, bad), "application/xml")
    delegate.go("/declaraties/indienen/")
    delegate.attach("file", *file)
    delegate.submit("check")
    tried = delegate.main.locator("[role=status] li")
    assert tried.count() == 1, tried.all_inner_texts()
    assert bad.reference.number in plain(tried.inner_text())
    delegate.attach("file", *file)
    delegate.submit("hand_in")
    delegate.press("tbody a[href^='/declaraties/']")
    for line, verdict in ((good, ".ha-badge--positive"), (bad, ".ha-badge--negative")):
        row = delegate.row(line.reference.number)
        assert row.locator(verdict).count() == 1, row.inner_text()
        assert format_euro(Decimal(line.submitted_amount.cents) / 100) in plain(row.inner_text())
    assert delegate.download("a[href$='/afgekeurd/']").startswith(b"PK")


def _declared(placed: Placed, month: Month, *lines: ServiceLine) -> bytes:
    """A 323 of these lines about the client."""
    period = ClosedPeriod(start=month.first, end=month.last)
    about = [(placed.client.bsn, line) for line in lines]
    to = envelope(placed.town.code)
    return serialize(builders.declaration(to, f"D{unused():010d}", period, about))


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
