"""A contract manager weighs another funding form, stops new clients, and moves care elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from hoofdaannemer.core.periods import Month
from tests.browser import people
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

PHONE: Final = 390
#: A practice that no other story visits, and who takes its clients over.
LEAVES: Final = "Orthopedagogiek De Vlieger"
TAKES_OVER: Final = "Zorgkompas Team Jeugd"
#: Who asked for a client stop, which waits for an answer.
FULL: Final = "Praktijk Klein Geluk"


def _contract_of(visitor: Visitor, name: str) -> str:
    """Open the contract of a subcontractor; the path of its page."""
    visitor.go(f"/onderaannemers/?name={name}")
    visitor.press(visitor.row(name).locator("a"))
    visitor.press("a[href^='/contracten/']")
    return urlsplit(visitor.page.url).path


def test_declared_care_as_fte(visit: Callable[..., Visitor]) -> None:
    """Who would win and lose, at the price for which all together cost the same."""
    manager = visit(people.CONTRACT_MANAGER)
    manager.go("/wat-als/")
    manager.press("a[href='/wat-als/nieuw/']")
    manager.press("a[href='/wat-als/nieuw/fte/']")
    month = Month.of(timezone.localdate()).previous().previous()
    manager.fill(
        name="Productie als fte",
        first=str(month.previous()),
        last=str(month),
        counted="norm",
        norm="90.000,00",
    )
    manager.submit()
    outcome = urlsplit(manager.page.url).path
    manager.settle()
    assert "GGZ Eemlanden" in manager.text
    assert "Zorgkompas Team" not in manager.text, "own teams are paid by nobody"
    assert manager.download("a[href*='_export=xlsx']").startswith(b"PK")
    # The values of the chart stand in a table of their own, without a link.
    manager.press(manager.main.locator("tbody a").filter(has_text="GGZ Eemlanden").first)
    assert manager.main.locator("tbody tr").count() >= 2, "month by month"
    controller = visit(people.CONTROLLER, width=PHONE)
    controller.go(outcome)
    assert visit(people.ZANDLOPER).answer(outcome) == 403


def test_a_client_stop_that_was_asked(visit: Callable[..., Visitor]) -> None:
    """It waits on the work list; with consent it stands on the contract."""
    manager = visit(people.CONTRACT_MANAGER)
    manager.go("/")
    manager.press("a[href^='/clientenstops/'][href$='/besluit/']")
    manager.fill(outcome="grant", answer="Tot en met het voorjaar")
    manager.submit()
    assert FULL in manager.text
    assert "Tot en met het voorjaar" in manager.text
    coordinator = visit(people.CARE_COORDINATOR, width=PHONE)
    coordinator.go("/clientenstops/")
    assert FULL in coordinator.text


def test_care_moves_and_the_contract_ends(visit: Callable[..., Visitor]) -> None:
    """All clients of a practice go to an own team, in one action; then notice is given."""
    manager = visit(people.CONTRACT_MANAGER)
    manager.go("/bestedingsruimte/")
    contract = _contract_of(manager, LEAVES)
    manager.press("a[href$='/verplaatsen/']")
    day = Month.of(timezone.localdate()).next().first
    manager.fill(day=day.isoformat(), destination=TAKES_OVER)
    manager.page.locator("[name='reason'][value='own_team']").check()
    manager.submit()
    move = urlsplit(manager.page.url).path
    rows = manager.main.locator("tbody tr").count()
    assert rows, "the practice has clients"
    manager.press("a[href$='/bevestigen/']")
    assert TAKES_OVER in manager.text
    manager.submit()
    manager.settle()
    assert urlsplit(manager.page.url).path == move
    assert manager.main.locator("tbody tr").count() == rows

    manager.go(contract)
    assert manager.main.locator(f"a[href='{move}']").count(), "it stands on the contract"
    manager.press("a[href$='/opzeggen/']")
    manager.page.locator("[name='by'][value='mutual']").check()
    last = Month.of(timezone.localdate()).last
    manager.fill(
        given_on=timezone.localdate().isoformat(),
        last_day=last.isoformat(),
        reason="De eigenaar komt bij ons in dienst",
    )
    manager.submit()
    assert urlsplit(manager.page.url).path == contract
    assert "De eigenaar komt bij ons in dienst" in manager.text
    reader = visit(people.CONTROLLER, width=PHONE)
    reader.go(contract)
