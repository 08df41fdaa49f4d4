"""What the parties say to each other: about an amount, an announcement, a tariff to come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import pytest

from tests.browser import people
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

PHONE: Final = 390


def test_from_a_question_about_an_amount_to_agreement(visit: Callable[..., Visitor]) -> None:
    """A practice asks on its phone, does not agree with the first answer, and then does."""
    practice, controller = visit(people.ZANDLOPER, width=PHONE), visit(people.CONTROLLER)
    practice.go("/maandoverzichten/")
    # About the newest statement it asks something already, maybe about its only line.
    practice.press("tbody tr:nth-child(2) a[href^='/maandoverzichten/']")
    practice.press("a[href$='/vraag/']")
    practice.fill(kind="question", text="Hoe komt dit bedrag tot stand?")
    practice.submit()
    question = urlsplit(practice.page.url).path

    def answered(outcome: str, text: str) -> None:
        controller.go(question)
        controller.press("a[href$='/antwoord/']")
        controller.fill(outcome=outcome, text=text)
        controller.submit()

    answered("explained", "Minuten maal het tarief van een uur, gedeeld door zestig.")
    practice.go("/")
    practice.press(f"a[href='{question}']")
    practice.press("a[href$='/reactie/']")
    practice.fill(text="Eén afspraak ontbreekt.")
    practice.submit()
    answered("elsewhere", "Klopt. Dien hem in, dan staat hij op het volgende overzicht.")
    practice.go(question)
    practice.post_to("/akkoord/")
    assert "dan staat hij op het volgende overzicht" in practice.text
    controller.go("/geschillen/?is_open=closed")
    assert controller.main.locator(f"a[href='{question}']").count() == 1


def test_an_announcement_is_read_and_proven(visit: Callable[..., Visitor]) -> None:
    """It waits on the work list of a practice until somebody confirms."""
    practice = visit(people.STERRENKIJKER, width=PHONE)
    practice.go("/")
    practice.press("a[href^='/mededelingen/']")
    announcement = urlsplit(practice.page.url).path
    practice.post_to("/gelezen/")
    practice.go("/")
    assert not practice.main.locator(f"a[href='{announcement}']").count()
    manager = visit(people.CONTRACT_MANAGER)
    manager.go(announcement)
    manager.press("a[href$='/leesbewijs/']")
    assert "Praktijk Sterrenkijker" in manager.text


def test_a_tariff_round_with_what_it_would_cost(visit: Callable[..., Visitor]) -> None:
    """The manager sees every step of the tariff, who reacted, and the effect in euros."""
    manager = visit(people.CONTRACT_MANAGER)
    manager.go("/tarieven/rondes/")
    manager.press("tbody a[href^='/tarieven/rondes/']")
    manager.press("a[href^='/tarieven/rondes/producten/']")
    manager.page.go_back()
    manager.press("a[href$='/gevolg/']")
    assert "Praktijk" in manager.text
    manager.go("/tarieven/opbouw/")
    manager.press("tbody a[href^='/tarieven/opbouw/']")
    assert "cao Jeugdzorg" in manager.text
    reader = visit(people.CONTROLLER, width=PHONE)
    reader.go("/tarieven/rondes/")
    reader.go("/contactpersonen/")


def test_running_care_is_checked_before_it_is_taken_over(visit: Callable[..., Visitor]) -> None:
    """A template to fill in; a file that is none is refused with what to do."""
    manager = visit(people.CONTRACT_MANAGER)
    manager.go("/overnames/")
    manager.press("a[href='/overnames/nieuw/']")
    assert manager.download("a[href$='/sjabloon/']").startswith(b"PK")
    manager.attach("file", "zorg.xlsx", b"geen werkboek", "application/octet-stream")
    manager.submit()
    assert "CSV-0" in manager.text
