"""A subcontractor that is paid for people hands in who worked."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.utils import timezone

from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.templatetags.core_format import volume
from tests.browser import people
from tests.browser.visitor import Visitor, plain

pytestmark = pytest.mark.browser


def test_fte_report(visit: Callable[..., Visitor]) -> None:
    """The report of last month: kept as a draft, refused above 1.5 FTE, then handed in."""
    month = Month.of(timezone.localdate()).previous()
    provider = visit(people.SPRINGPLANK)
    provider.go("/fte/")
    provider.press(f"form[action$='/{month}/beginnen/'] button")
    numbers = provider.main.locator("input[name^=fte_]")
    assert numbers.count() >= 6
    for number in numbers.all():
        number.fill("0,75")
    numbers.first.fill("1,6")
    provider.submit("hand_in")
    assert provider.main.locator("input[name^=fte_][aria-invalid=true]").count() == 1

    numbers.first.fill("0,5")
    provider.submit("save")
    provider.submit("hand_in")
    # What changed and what is odd is shown first.
    provider.submit("hand_in")
    rows = provider.main.locator("table").first.locator("tbody tr").count()
    total = Decimal("0.5") + Decimal("0.75") * (rows - 1)
    assert volume(total) in plain(provider.main.locator("tfoot").inner_text())
    assert provider.main.locator("a[href$='/invullen/']").count() == 0, "handed in is handed in"

    provider.go("/fte/")
    assert provider.main.locator(f"form[action$='/{month}/beginnen/']").count() == 0
    controller = visit(people.CONTROLLER)
    controller.go(f"/fte/?month={month}")
    handed_in = plain(controller.row("De Springplank Jeugdzorg").inner_text())
    assert volume(total) in handed_in
