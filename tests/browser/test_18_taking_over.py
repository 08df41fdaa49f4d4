"""A contract manager takes over the care that ran before, and undoes it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from hoofdaannemer.core.export import XLSX_TYPE
from hoofdaannemer.scenarios.people import Person
from hoofdaannemer.scenarios.regio.catalogue import PROVIDERS
from tests.browser import people
from tests.browser.post import goods, new_client, unused
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

PHONE: Final = 390
TOWN: Final = "0307"
PRODUCT: Final = goods("behandeling")
#: A practice that no other story visits, and its contract.
PRACTICE: Final = "Kinder- en Jeugdpraktijk Noorderlicht"
CONTRACT: Final = f"OC-{[one.name for one in PROVIDERS].index(PRACTICE) + 1:03d}"
NOBODY: Final = "Praktijk Bestaat Niet"
REASON: Final = "Het bestand was van vorig jaar"
#: Rows of a client: the person, the allocation, the placement.
ROWS_EACH: Final = 3

Rows = Mapping[str, Sequence[Mapping[str, object]]]


@dataclass(frozen=True)
class Running:
    """Care of the earlier administration."""

    client: Person
    number: int
    placement: int


def test_running_care_is_taken_over_and_undone(visit: Callable[..., Visitor]) -> None:
    """A wrong row is named, mended, and all is taken over; then undone, and only care goes."""
    manager = visit(people.CONTRACT_MANAGER)
    care = [Running(new_client(TOWN), unused(), unused()) for _number in range(2)]
    manager.go("/overnames/nieuw/")
    template = manager.download("a[href$='/sjabloon/']")
    _wrong_row_is_named(manager, template, care)
    page = _take_over(manager, template, care)
    _find(manager, care, found=1)
    _undo(manager, visit, page)
    _find(manager, care, found=0)


def _wrong_row_is_named(manager: Visitor, template: bytes, care: Sequence[Running]) -> None:
    """Of the second client the practice is unknown: that row stands apart, and the file goes."""
    _hand_in(manager, _filled(template, care, last=NOBODY))
    wrong = manager.row("IMP-24").inner_text()
    assert "plaatsingen" in wrong
    assert "uitvoerder" in wrong
    assert manager.main.locator("tbody tr", has_text="IMP-").count() == 1, "one wrong cell"
    assert _count(manager, "goed en nieuw") == ROWS_EACH * len(care) - 1
    left = load_workbook(io.BytesIO(manager.download("a[href$='/niet-meegenomen/']")))
    heads, line = left["plaatsingen"].iter_rows(values_only=True)
    assert dict(zip(heads, line, strict=True))["uitvoerder"] == NOBODY
    manager.press("a[href$='/weggooien/']")
    manager.submit()
    assert manager.page.url.endswith("/overnames/")


def _take_over(manager: Visitor, template: bytes, care: Sequence[Running]) -> str:
    """The mended file is checked, compared with the earlier administration and taken over."""
    manager.go("/overnames/nieuw/")
    _hand_in(manager, _filled(template, care, last=CONTRACT))
    page = urlsplit(manager.page.url).path
    assert _count(manager, "goed en nieuw") == ROWS_EACH * len(care)
    assert "IMP-" not in manager.text
    manager.press("a[href$='/aansluiting/']")
    _reconciled(manager, care, "toewijzingen", "plaatsingen")
    manager.go(page)
    manager.press("a[href$='/overnemen/']")
    manager.submit()
    assert urlsplit(manager.page.url).path == page
    manager.settle()
    assert _count(manager, "overgenomen") == ROWS_EACH * len(care)
    manager.press("a[href$='/aansluiting/']")
    _reconciled(manager, care, "toewijzingen", "plaatsingen")
    assert manager.download("a[href$='/pdf/']").startswith(b"%PDF-")
    return page


def _undo(manager: Visitor, visit: Callable[..., Visitor], page: str) -> None:
    """What goes and what stays is told beforehand, on a phone as well; a reason is needed."""
    on_phone = visit(people.CONTRACT_MANAGER, width=PHONE)
    on_phone.go(f"{page}terugdraaien/")
    assert on_phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE
    manager.go(page)
    manager.press("a[href$='/terugdraaien/']")
    for sheet in ("cliënten", "toewijzingen", "plaatsingen"):
        assert manager.row(sheet).locator("td").inner_text() == "2"
    told = manager.main.locator("ul li").all_inner_texts()
    assert any("Tarieven blijven" in line for line in told), told
    manager.submit()
    assert manager.page.locator("[name=reason]").get_attribute("aria-invalid") == "true"
    manager.fill(reason=REASON)
    manager.submit()
    assert urlsplit(manager.page.url).path == page
    manager.settle()
    assert _count(manager, "teruggedraaid") == 2 * ROWS_EACH
    assert REASON in manager.text
    assert manager.main.locator("a[href$='/terugdraaien/']").count() == 0
    manager.go(f"{page}terugdraaien/")
    assert manager.main.locator("form").count() == 0, "nothing is left to undo"


def _hand_in(manager: Visitor, content: bytes) -> None:
    manager.attach("file", "lopende-zorg.xlsx", content, XLSX_TYPE)
    manager.submit()
    manager.settle()


def _reconciled(manager: Visitor, care: Sequence[Running], *sheets: str) -> None:
    """The control totals of the file are ours."""
    for sheet in sheets:
        cells = manager.row(sheet).locator("td").all_inner_texts()
        assert cells[-3:] == [f"{len(care)}", f"{len(care)}", "0"], cells


def _count(manager: Visitor, label: str) -> int:
    """Rows of the file of which this became."""
    table = manager.main.locator("table").first
    row = table.locator("tbody tr").filter(has_text=label).first
    return int(row.locator("td").inner_text())


def _find(manager: Visitor, care: Sequence[Running], *, found: int) -> None:
    """Whether each allocation is in the list."""
    for one in care:
        manager.go(f"/toewijzingen/?number={one.number}")
        assert manager.main.locator(f"td a:has-text('{one.number}')").count() == found


def _filled(template: bytes, care: Sequence[Running], *, last: str) -> bytes:
    """The template with this care; the last client is delivered by `last`."""
    book = load_workbook(io.BytesIO(template))
    providers = [*([CONTRACT] * (len(care) - 1)), last]
    totals = {"toewijzingen": len(care), "plaatsingen": len(care)}
    rows: dict[str, list[Mapping[str, object]]] = {
        "clienten": [_person(one.client) for one in care],
        "toewijzingen": [_allocation(one) for one in care],
        "plaatsingen": [
            _placement(one, provider) for one, provider in zip(care, providers, strict=True)
        ],
        "totalen": [totals],
    }
    for name, lines in rows.items():
        sheet = book[name]
        heads = [cell.value for cell in sheet[1]]
        for line in lines:
            sheet.append([line.get(str(head)) for head in heads])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _person(client: Person) -> Mapping[str, object]:
    return {
        "bsn": client.bsn,
        "achternaam": client.surname,
        "voorvoegsel": client.prefix,
        "voorletters": client.initials,
        "geboortedatum": client.birth_date,
        "geslacht": client.sex,
        "straat": client.street,
        "huisnummer": client.house_number,
        "postcode": client.postcode,
        "plaats": client.town,
    }


def _allocation(one: Running) -> Mapping[str, object]:
    """Five hours a month, since half a year."""
    return {
        **_known_by(one),
        "bsn": one.client.bsn,
        "productcategorie": PRODUCT.category,
        "productcode": PRODUCT.code,
        "volume": 300,
        "eenheid": PRODUCT.unit,
        "frequentie": PRODUCT.frequency,
    }


def _placement(one: Running, provider: str) -> Mapping[str, object]:
    return {
        **_known_by(one),
        "uitvoerder": provider,
        "gestart_op": _begun(),
        "nummer": one.placement,
    }


def _known_by(one: Running) -> Mapping[str, object]:
    return {
        "wet": "jw",
        "gemeente": TOWN,
        "toewijzingsnummer": one.number,
        "begindatum": _begun(),
        "einddatum": timezone.localdate() + timedelta(days=90),
    }


def _begun() -> date:
    return timezone.localdate() - timedelta(days=180)
