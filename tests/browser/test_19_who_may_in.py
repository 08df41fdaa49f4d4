"""The administrator lets an auditor in by mail, sees what happened, and shuts the door again."""

from __future__ import annotations

import io
import zipfile
from base64 import b32decode
from collections.abc import Callable
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from django_otp.oath import totp

from hoofdaannemer.core.scope import Role
from tests.browser import crawl, people
from tests.browser.post import unused
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

CHOSEN: Final = "Een zin die lang genoeg is 7"
#: The least of the evidence of a line that is paid to another; an own team's is shorter.
LINKS: Final = 6
OWN_TEAM: Final = "Zorgkompas Team"
#: What neither of the two may know of.
CLIENTS: Final = (
    "/clienten/",
    "/toewijzingen/",
    "/plaatsingen/",
    "/verzoeken/",
    "/berichten/",
    "/declaraties/",
    "/maandoverzichten/",
    "/kwaliteit/bewijzen/",
)
#: What is closed to an auditor as well.
OF_OTHERS: Final = (
    "/betaalruns/",
    "/contracten/",
    "/onderaannemers/",
    "/rapportages/",
    "/gebruikers/",
    "/logboek/wijzigingen/",
)


def test_an_auditor_is_let_in_and_reads_the_pack(
    visit: Callable[..., Visitor], stranger: Visitor
) -> None:
    """Invited for a month, in by the mail with a password and an app, and blocked at the end."""
    administrator, email = visit(people.ADMINISTRATOR), f"accountant{unused()}@kantoor.example"
    assert {path: administrator.answer(path) for path in CLIENTS} == dict.fromkeys(CLIENTS, 403)
    _invite(administrator, email)
    auditor = stranger
    _come_in(auditor, email)

    _read_the_pack(auditor)
    assert not crawl.findings(auditor, set())
    closed = (*CLIENTS, *OF_OTHERS)
    assert {path: auditor.answer(path) for path in closed} == dict.fromkeys(closed, 403)

    administrator.go(f"/gebruikers/?email={email}")
    administrator.press("tbody a[href^='/gebruikers/']")
    administrator.press("a[href$='/blokkeren/']")
    administrator.submit()
    auditor.go("/")
    assert "/inloggen/" in auditor.page.url, "from the next request on"
    administrator.go("/logboek/wijzigingen/")
    administrator.press(administrator.page.locator("a[href='/logboek/geweigerd/']"))


def test_a_session_elsewhere_is_ended(visit: Callable[..., Visitor]) -> None:
    """Who forgot to log out on another computer does so from this one."""
    elsewhere, here = visit(people.ADMINISTRATOR), visit(people.ADMINISTRATOR, anew=True)
    here.go("/account/")
    before = here.main.locator("form[action*='/account/sessies/']").count()
    here.press(here.main.locator("form[action='/account/sessies/'] button"))
    assert here.main.locator("form[action*='/account/sessies/']").count() < before
    assert here.answer("/gebruikers/") == 200
    elsewhere.go("/gebruikers/")
    assert "/inloggen/" in elsewhere.page.url


def _invite(administrator: Visitor, email: str) -> None:
    """Ask somebody to be the auditor for a month, which is not without a last day."""
    administrator.go("/gebruikers/")
    administrator.press("a[href='/gebruikers/uitnodigen/']")
    administrator.fill(email=email, name="Ank Accountant", role=Role.AUDITOR.value)
    administrator.submit()
    assert administrator.main.locator("[data-error-summary]").count() == 1
    administrator.fill(last_day=f"{timezone.localdate() + timedelta(days=30)}")
    administrator.submit()
    assert email in administrator.row(email).inner_text()


def _come_in(auditor: Visitor, email: str) -> None:
    """By the link in the mail: a password, the key in an app, its code, and the spare codes."""
    auditor.go("/demo/post/")
    mail = auditor.main.locator("li", has_text=email).locator("a")
    auditor.wait_for(mail)
    auditor.press(mail)
    auditor.press("a[href*='/uitnodiging/']")
    auditor.fill(password=CHOSEN, again=CHOSEN)
    auditor.submit()
    key = b32decode(auditor.main.locator("code").inner_text().replace(" ", ""))
    auditor.fill(code=f"{totp(key):06d}")
    auditor.submit()
    assert auditor.main.locator("li code").count() >= 8, "the spare codes"
    auditor.press("a.ha-button[href='/']")


def _read_the_pack(auditor: Visitor) -> None:
    """From the menu to the statement, its sample, the evidence of a line, and all of it as ZIP."""
    menu = auditor.page.locator(".ha-nav a")
    assert menu.count() == 2, menu.all_inner_texts()
    auditor.press(menu.last)
    auditor.press("tbody tr a")
    statement = urlsplit(auditor.page.url).path
    assert auditor.answer(f"{statement}steekproef/") == 403, "a controller draws"
    auditor.press("a[href^='/productie/steekproeven/']")
    lines = auditor.main.locator("tbody tr").count()
    with zipfile.ZipFile(io.BytesIO(auditor.download("a[href$='/zip/']"))) as pack:
        names = pack.namelist()
    assert {"populatie.csv", "productieverantwoording.pdf"} <= set(names)
    assert sum(one.startswith("regels/") for one in names) == lines
    paid = auditor.main.locator("tbody tr").filter(has_not_text=OWN_TEAM)
    auditor.press(paid.locator("a"))
    assert auditor.main.locator("section h2").count() >= LINKS, "from allocation to payment"
