"""What a practice expects to be paid, and one file of an office for several practices."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Final

import pytest
from django.utils import timezone

from hoofdaannemer.core.periods import Month
from hoofdaannemer.scenarios.regio.catalogue import PROVIDERS
from hoofdaannemer.scenarios.regio.offices import EMAIL, PRACTICES
from hoofdaannemer.scenarios.regio.parties import FIRST_KVK
from tests.browser import people
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

#: Practices of the office of which the first two with care are declared for, and one that gave it
#: no mandate.
DECLARED_FOR: Final = (
    "Kindertherapie De Kiezel",
    "Zorgboerderij De Esrand",
    "Zorgboerderij Zevenlind",
    "Coachpraktijk Binnenste Buiten",
)
NO_MANDATE: Final = "Praktijk Zandloper"
SEVERAL: Final = 2


def test_a_subcontractor_sees_its_own_forecast(visit: Callable[..., Visitor]) -> None:
    """From the statements, on a screen and on a phone; axe looks at the chart as well."""
    for width in (1280, 390):
        owner = visit(people.ZANDLOPER, width=width)
        owner.go("/maandoverzichten/")
        owner.press("a[href$='/prognose/']")
        assert owner.main.locator("svg").count() >= 1
        assert owner.main.locator("table tfoot").count() >= 1
        assert f"{timezone.localdate().year}" in owner.main.locator("h1").inner_text()


def test_one_file_for_several_practices(visit: Callable[..., Visitor]) -> None:
    """Each practice gets its own rows; those of who gave no mandate reach nobody."""
    month = Month.of(timezone.localdate()).previous()
    rows: list[list[str]] = []
    counts: dict[str, int] = {}
    for name in DECLARED_FOR:
        if len(counts) == SEVERAL:
            break
        practice = visit(f"praktijk@{PRACTICES[name]}.example")
        practice.go("/declaraties/indienen/")
        template = practice.download(f"a[href$='/{month}/csv/']").decode("utf-8-sig")
        heads, *own = list(csv.reader(io.StringIO(template), delimiter=";"))
        at = heads.index("Volume")
        if own:
            rows += [[_kvk(name), *one[:at], "1", *one[at + 1 :]] for one in own]
            counts[name] = len(own)
    assert len(counts) == SEVERAL
    stray = [_kvk(NO_MANDATE), *rows[0][1:]]
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([["Praktijk", *heads], *rows, stray])

    office = visit(EMAIL, anew=True)
    office.go("/kantoor/bestanden/nieuw/")
    office.attach("file", "praktijken.csv", text.getvalue().encode(), "text/csv")
    office.submit()
    if office.page.url.endswith("/kolommen/"):
        assert office.page.locator("[name=practice]").input_value() == "Praktijk"
        office.submit("check")
    for name, count in counts.items():
        assert office.row(name).locator("td").nth(1).inner_text().strip() == f"{count}"
    assert "BIL-281" in office.row(f"{len(rows) + 2}").inner_text()
    office.press("a[href$='/indienen/']")
    office.submit()
    shown = office.page.url

    for name, count in counts.items():
        practice = visit(f"praktijk@{PRACTICES[name]}.example")
        practice.go("/declaraties/bestanden/?status=sent")
        practice.press("tbody a[href^='/declaraties/bestanden/']")
        assert "Administratiekantoor De Balans" in practice.text
        assert practice.main.locator("a[href^='/declaraties/']").count() >= 1, count
        assert practice.answer("/kantoor/bestanden/") == 403
    office.go(shown.removeprefix(office.address))
    assert office.main.locator("a[href$='/indienen/']").count() == 0, "nothing is left to hand in"


def _kvk(name: str) -> str:
    """The number in the trade register of a provider of the demo."""
    number = [one.name for one in PROVIDERS].index(name) + 1
    return f"{FIRST_KVK + number:08d}"
