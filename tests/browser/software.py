"""A large subcontractor's own software, which calls the HTTPS mailbox with a key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone
from playwright.sync_api import APIRequestContext, APIResponse, Playwright

from hoofdaannemer.scenarios.regio.catalogue import PROVIDERS
from hoofdaannemer.scenarios.regio.parties import FIRST_AGB
from messaging.istandaard import Family, answer, builders, parse, serialize
from tests.browser.conftest import Site
from tests.browser.post import unused
from tests.browser.visitor import Visitor

MAILBOX: Final = "/api/v1/postbus/berichten/"
XML: Final = {"Content-Type": "application/xml"}
NAME: Final = "GGZ Eemlanden"
AGB: Final = f"{FIRST_AGB + 1 + [one.name for one in PROVIDERS].index(NAME):08d}"


@dataclass
class Software:
    """What the subcontractor's software knows and does."""

    mailbox: APIRequestContext

    def waiting(self) -> list[dict[str, Any]]:
        """What lies in the mailbox."""
        listed: list[dict[str, Any]] = self.mailbox.get(MAILBOX).json()["messages"]
        return listed

    def find(self, *texts: str) -> tuple[dict[str, Any], bytes] | None:
        """The message in the mailbox in which all texts stand, as listed and as XML."""
        for listed in self.waiting():
            raw = self.fetch(listed["url"])
            if all(text.encode() in raw for text in texts):
                return listed, raw
        return None

    def fetch(self, url: str) -> bytes:
        """One message as XML."""
        response = self.mailbox.get(url)
        assert response.status == 200
        return response.body()

    def acknowledge(self, url: str) -> None:
        """Say that it arrived."""
        assert self.mailbox.post(f"{url}ontvangen/").status == 204

    def accept(self, raw: bytes) -> None:
        """Answer a message without errors."""
        message = parse(raw).message
        assert message is not None
        number = f"T{unused():010d}"
        reply = serialize(answer(message, [], identification=number, date=timezone.localdate()))
        assert self.send(reply).json()["state"] == "handled"

    def send(self, raw: bytes) -> APIResponse:
        """Post a message."""
        return self.mailbox.post(MAILBOX, data=raw, headers=XML)


def envelope(town: str) -> builders.Envelope:
    """Of a new message of the subcontractor about a client of a municipality."""
    return builders.Envelope(
        family=Family.JW,
        sender=AGB,
        receiver=town,
        number=f"T{unused():010d}",
        day=timezone.localdate(),
    )


def make_token(delegate: Visitor) -> str:
    """Make a key in the page, which shows it once."""
    delegate.go("/api-sleutels/")
    delegate.press("a[href='/api-sleutels/nieuw/']")
    delegate.fill(label="Dossiersysteem")
    delegate.submit()
    return delegate.main.locator("code").inner_text().strip()


@contextmanager
def mailbox(playwright: Playwright, site: Site, token: str) -> Iterator[APIRequestContext]:
    """A caller without any cookie, with the key if there is one."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    caller = playwright.request.new_context(base_url=site.address, extra_http_headers=headers)
    try:
        yield caller
    finally:
        caller.dispose()
