"""A contract manager sets up an arrangement from nothing; a practice reads its contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pytest
from django.utils import timezone

from hoofdaannemer.scenarios import people as invented
from tests.browser import people
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

PHONE = 390
#: Seconds that a field or click takes somebody who knows the arrangement.
SECONDS_EACH: Final = 5
HALF_AN_HOUR: Final = 30 * 60
SIGNED: Final = b"%PDF-1.7 getekend"
YEAR: Final = timezone.localdate().year + 1
BEGIN: Final = f"{YEAR}-01-01"


class Manager:
    """A visitor whose fields and clicks are counted."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.count = 0

    def press(self, target: str) -> None:
        self.count += 1
        self.visitor.press(target)

    def fill(self, **values: str) -> None:
        self.count += len(values)
        self.visitor.fill(**values)

    def tick(self, label: str) -> None:
        """Choose the product of which the label says so."""
        self.count += 1
        boxes = self.visitor.main.locator("label").filter(has_text=label)
        boxes.first.click()

    def submit(self, name: str = "") -> None:
        self.count += 1
        self.visitor.submit(name)


@dataclass(frozen=True)
class Agreed:
    """What is agreed with one subcontractor."""

    name: str
    kvk: str
    product: str
    form: str
    parameters: dict[str, str]
    tariff: str = ""


AGREED: Final = (
    Agreed(
        "Stichting Veenrand",
        "91000001",
        "Begeleiding thuis",
        "fte",
        {"parameter_fte": "12,0", "parameter_price": "98.000,00", "parameter_tolerance": "5"},
    ),
    Agreed("Praktijk De Es", "91000002", "Begeleiding thuis", "pxq", {}, "66,00"),
    Agreed(
        "Hunzezorg",
        "91000003",
        "Begeleiding thuis",
        "trajectory",
        {"parameter_price": "6.000,00", "parameter_start_share": "60"},
    ),
)


def test_the_arrangement_of_emmen_from_nothing(visit: Callable[..., Visitor]) -> None:
    """A lump sum that moves with decisions above; FTE, declared care and trajectories below."""
    manager = Manager(visit(people.CONTRACT_MANAGER))
    _municipal_contract(manager)
    for number, agreed in enumerate(AGREED, start=1):
        _subcontractor(manager, agreed, number)
        _subcontract(manager, agreed, number)
    assert manager.count * SECONDS_EACH < HALF_AN_HOUR, manager.count


def _municipal_contract(manager: Manager) -> None:
    manager.visitor.go("/gemeentecontracten/")
    manager.press("a[href='/gemeentecontracten/nieuw/']")
    manager.fill(
        number="EM-A3",
        name="Wmo-ondersteuning gebied Noord",
        family="wmo",
        start_date=BEGIN,
        end_date=f"{YEAR + 3}-12-31",
        budget_form="lump_sum_by_decisions",
        yearly_budget="2.400.000,00",
        planned_decisions="160",
        variable_share="60",
        corridor="5",
        municipality="Emmen",
        share="100",
    )
    manager.tick("Begeleiding thuis")
    manager.submit()
    assert "EM-A3" in manager.visitor.text
    assert "aantal beschikkingen" in manager.visitor.text


def _subcontractor(manager: Manager, agreed: Agreed, number: int) -> None:
    manager.visitor.go("/onderaannemers/")
    manager.press("a[href='/onderaannemers/nieuw/']")
    manager.fill(
        kvk=agreed.kvk,
        name=agreed.name,
        kind="institution",
        start_date=BEGIN,
        iban=invented.iban(800_000_000 + number),
    )
    manager.submit()
    assert agreed.name in manager.visitor.text


def _subcontract(manager: Manager, agreed: Agreed, number: int) -> None:
    manager.visitor.go("/contracten/")
    manager.press("a[href='/contracten/nieuw/']")
    manager.fill(
        subcontractor=agreed.name,
        municipal_contract="Wmo-ondersteuning gebied Noord",
        number=f"EM-A3-{number}",
        start_date=BEGIN,
        end_date=f"{YEAR + 3}-12-31",
        consent_on=BEGIN,
        consent_reference="besluit 12",
        ceiling="400.000,00",
    )
    manager.submit()
    page = manager.visitor.page.url.removeprefix(manager.visitor.address)
    manager.press(f"a[href$='/financiering/{agreed.form}/']")
    manager.fill(**agreed.parameters)
    manager.tick(agreed.product)
    manager.submit()
    if agreed.tariff:
        manager.press("a[href$='/tarief/']")
        manager.fill(product=agreed.product, amount=agreed.tariff, start_date=BEGIN)
        manager.submit()
    for step in ("aanbieden", "ondertekend", "ingaan"):
        manager.press(f"a[href$='/{step}/']")
        if step == "ondertekend":
            manager.fill(for_us="M. van den Brink", for_them="T. Verhoef")
            manager.visitor.attach("file", "contract.pdf", SIGNED, "application/pdf")
            manager.count += 1
        manager.submit()
    assert manager.visitor.page.url.endswith(page)
    assert "actief" in manager.visitor.text
    assert manager.visitor.download("a[href$='/getekend.pdf']") == SIGNED
    offered = manager.visitor.download("a[href*='/contractversies/'][href$='/contract.pdf']")
    assert offered.startswith(b"%PDF-")


def test_a_practice_reads_its_contract_on_a_phone(visit: Callable[..., Visitor]) -> None:
    """What was agreed, and the text as it stands."""
    owner = visit(people.ZANDLOPER, width=PHONE)
    owner.go("/contracten/")
    owner.press("tbody a[href^='/contracten/']")
    assert "prijs keer aantal" in owner.text
    assert owner.page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert owner.download("a[href$='/contract.pdf']").startswith(b"%PDF-")
