"""Products from a file: read cell by cell, all of them or none."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import Product
from subcontracts.rules.productfile import COLUMNS, ProductRow, lines
from subcontracts.services import product_files
from tests import factories
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.setting_up import manager

HEADS = ";".join(COLUMNS)
UNITS = {"01": "Minuut", "04": "Uur", "16": "Dagdeel (4 uur)"}
NEW = ProductRow("wmo", "02", "02A99", "Begeleiding thuis", "04")


def file(*rows: str) -> bytes:
    return "\n".join((HEADS, *rows)).encode("utf-8-sig")


def test_a_row_is_a_product() -> None:
    (found,) = lines(file("Wmo;02;02a99;Begeleiding thuis;uur"), UNITS)
    assert found.said == NEW
    (again,) = lines(file("WMO;2;02A99;Begeleiding thuis;4"), UNITS)
    assert again.said == NEW


def test_a_spreadsheet_is_read_as_well() -> None:
    book = Workbook()
    assert book.active
    book.active.append(COLUMNS)
    # A spreadsheet takes a category for a number.
    book.active.append(["Wmo", 2, "02A99", "Begeleiding thuis", "Uur"])
    kept = BytesIO()
    book.save(kept)
    assert [one.said for one in lines(kept.getvalue(), UNITS)] == [NEW]


def test_every_wrong_cell_is_told() -> None:
    long = "x" * 81
    found = lines(file("Wlz;123;02A9;;stuk", f"jeugdwet;45;45A99;{long};16"), UNITS)
    assert [(one.number, fault.column, fault.rule) for one in found for fault in one.faults] == [
        (2, "wet", "CON-213"),
        (2, "productcategorie", "CON-214"),
        (2, "productcode", "CON-215"),
        (2, "naam", "CON-216"),
        (2, "eenheid", "CON-217"),
        (3, "naam", "CON-216"),
    ]


@given(st.lists(st.text(max_size=90), min_size=5, max_size=5))
def test_any_cells_are_read_or_told(cells: list[str]) -> None:
    quoted = ";".join('"{}"'.format(cell.replace('"', "")) for cell in cells)
    try:
        found = lines(f"{HEADS}\n{quoted}".encode(), UNITS)
    except (RuleError, UnicodeEncodeError) as refusal:
        assert isinstance(refusal, UnicodeEncodeError) or refusal.code.startswith("CSV-")
    else:
        assert all(bool(one.faults) == (one.said is None) for one in found)


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system)


def taken(world: World, raw: bytes) -> int:
    return product_files.take(scope=manager(world), main_contractor_id=world.main.pk, raw=raw)


def test_what_is_new_is_added_and_what_is_known_stays(world: World) -> None:
    known = world.products["guidance"]
    unit = product_files.units()[known.unit]
    same = f"Jeugdwet;{known.category};{known.code};{known.name};{unit}"
    before = Product.objects.count()
    assert taken(world, file(same, "Wmo;02;02A99;Begeleiding thuis;uur")) == 1
    become(world.system)
    assert Product.objects.count() == before + 1
    assert Product.objects.get(code="02A99").unit == "04"
    # Handed in once more nothing is new.
    assert taken(world, file(same, "Wmo;02;02A99;Begeleiding thuis;uur")) == 0


def test_one_wrong_cell_stops_all(world: World) -> None:
    known = world.products["guidance"]
    other = f"Jeugdwet;{known.category};{known.code};Iets anders;{known.unit}"
    good = "Wmo;02;02A99;Begeleiding thuis;uur"
    scope = manager(world)
    outcome = product_files.check(
        scope=scope, main_contractor_id=world.main.pk, raw=file(good, other, good)
    )
    assert [(line.number, fault.column, fault.rule) for line, fault in outcome.faults] == [
        (3, "naam", "CON-30"),
        (4, "productcode", "CON-30"),
    ]
    with pytest.raises(RuleError, match="CON-218"):
        taken(world, file(good, other))
    become(world.system)
    assert not Product.objects.filter(code="02A99").exists()


def test_only_contract_managers_add_them(world: World) -> None:
    scope = become(world.at(Role.CONTROLLER))
    with pytest.raises(NotAllowedError):
        product_files.take(scope=scope, main_contractor_id=world.main.pk, raw=file("a;b;c;d;e"))


def test_the_template_comes_back_with_more_rows(world: World, browse: Browse) -> None:
    browser = browse(world, Role.CONTRACT_MANAGER)
    page = reverse("product_file")
    assert page in browser.get(reverse("product_list")).content.decode()
    template = browser.get(reverse("product_file_template"))
    text = b"".join(template.streaming_content).decode("utf-8-sig")
    raw = (text.rstrip() + "\r\nWmo;02;02A99;Begeleiding thuis;Uur\r\n").encode()

    def posted(button: str) -> object:
        upload = SimpleUploadedFile("producten.csv", raw, "text/csv")
        return browser.post(page, {"file": upload, button: ""})

    shown = posted("check").content.decode()  # type: ignore[attr-defined]
    assert "Begeleiding thuis" in shown
    assert world.products["guidance"].name in shown
    become(world.system)
    assert not Product.objects.filter(code="02A99").exists()
    assert posted("take").status_code == 302  # type: ignore[attr-defined]
    become(world.system)
    assert Product.objects.get(code="02A99").name == "Begeleiding thuis"


def test_others_have_no_such_page(world: World, browse: Browse) -> None:
    assert browse(world, Role.CONTROLLER).get(reverse("product_file")).status_code == 403
