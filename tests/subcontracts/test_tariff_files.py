"""Tariffs from a file: read cell by cell, all of them or none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import Subcontract, Tariff
from subcontracts.rules.tarifffile import COLUMNS, TariffRow, lines
from subcontracts.services import tariff_files
from tests import factories
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.setting_up import draft, line, manager

HEADS = ";".join(COLUMNS)
#: Category and code of the product that the draft pays.
GUIDANCE = "45;45A04"


def file(*rows: str) -> bytes:
    return "\n".join((HEADS, *rows)).encode("utf-8-sig")


def faults(raw: bytes) -> list[tuple[int, str, str]]:
    return [(one.number, fault.column, fault.rule) for one in lines(raw) for fault in one.faults]


def test_a_row_is_a_tariff() -> None:
    (found,) = lines(file(f"{GUIDANCE};66,25;01-01-2027;31-12-2027"))
    period = Period(date(2027, 1, 1), date(2027, 12, 31))
    assert found.said == TariffRow("45", "45A04", Decimal("66.25"), period)


def test_every_wrong_cell_is_told() -> None:
    raw = file(
        ";;veel;morgen;ooit", f"{GUIDANCE};0;02-01-2027;01-01-2027", "45;45A04;1,00001;1-1-2027;"
    )
    assert faults(raw) == [
        (2, "productcategorie", "CON-32"),
        (2, "productcode", "CON-32"),
        (2, "tarief", "CON-33"),
        (2, "begindatum", "CON-34"),
        (2, "einddatum", "CON-34"),
        (3, "tarief", "CON-04"),
        (3, "einddatum", "CON-34"),
        (4, "tarief", "CON-33"),
    ]


def spreadsheet() -> bytes:
    book = Workbook()
    book.active.append(list(COLUMNS))
    book.active.append(["45", "45A04", 66.1, date(2027, 1, 1), None])
    book.active.append(["45", "45A04", 70, date(2028, 1, 1), date(2028, 12, 31)])
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_spreadsheet_reads_as_the_same_file_in_csv() -> None:
    csv = file(f"{GUIDANCE};66,1;01-01-2027;", f"{GUIDANCE};70;01-01-2028;31-12-2028")
    assert [one.said for one in lines(spreadsheet())] == [one.said for one in lines(csv)]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"PK\x03\x04 no spreadsheet", "CSV-02"),
        ("productcode;tarief\n".encode("utf-16"), "CSV-02"),
        (b"productcode;tarief\n45A04;1\n", "CSV-03"),
        (HEADS.encode(), "CSV-04"),
        (bytes(3 * 1024 * 1024), "CSV-01"),
    ],
)
def test_a_file_that_cannot_be_read(raw: bytes, code: str) -> None:
    with pytest.raises(RuleError, match=code):
        lines(raw)


@given(st.binary(max_size=60), st.integers(0, 20), st.integers(0, 400))
def test_a_spreadsheet_with_a_broken_part_is_refused(junk: bytes, part: int, cut: int) -> None:
    """Any part of it, cut off anywhere and gone on with anything."""
    whole = spreadsheet()
    broken = BytesIO()
    with ZipFile(BytesIO(whole)) as before, ZipFile(broken, "w") as after:
        names = before.namelist()
        for name in names:
            text = before.read(name)
            is_hit = name == names[part % len(names)]
            after.writestr(name, text[:cut] + junk if is_hit else text)
    try:
        lines(broken.getvalue())
    except RuleError as refusal:
        assert refusal.code.startswith("CSV-")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    for start in (b"", b"PK\x03\x04", HEADS.encode() + b"\n"):
        try:
            lines(start + raw)
        except RuleError as refusal:
            assert refusal.code.startswith("CSV-")


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system)


@pytest.fixture
def priced(world: World) -> Subcontract:
    subcontract = draft(world)
    line(world, subcontract)
    return subcontract


def named(world: World, rest: str) -> str:
    product = world.products["guidance"]
    return f"{product.category};{product.code};{rest}"


def tariffs(subcontract: Subcontract) -> list[tuple[Decimal, date, date | None]]:
    rows = Tariff.objects.filter(subcontract=subcontract).order_by("start_date")
    return list(rows.values_list("amount", "start_date", "end_date"))


def test_tariffs_follow_each_other_in_whatever_order_they_stand(
    world: World, priced: Subcontract
) -> None:
    raw = file(named(world, "70;01-01-2028;"), named(world, "66;01-01-2027;"))
    assert tariff_files.take(scope=manager(world), subcontract=priced, raw=raw) == 2
    assert tariffs(priced) == [
        (Decimal(66), date(2027, 1, 1), date(2027, 12, 31)),
        (Decimal(70), date(2028, 1, 1), None),
    ]


def test_one_wrong_cell_stops_all(world: World, priced: Subcontract) -> None:
    raw = file(named(world, "66;01-01-2027;"), "99;99Z99;1,00;01-01-2027;")
    outcome = tariff_files.check(scope=manager(world), subcontract=priced, raw=raw)
    assert [(one.number, fault.rule) for one, fault in outcome.faults] == [(3, "CON-32")]
    assert len(outcome.tariffs) == 1
    with pytest.raises(RuleError, match="CON-35"):
        tariff_files.take(scope=manager(world), subcontract=priced, raw=raw)
    assert tariffs(priced) == []


def test_two_tariffs_at_one_time_are_refused(world: World, priced: Subcontract) -> None:
    raw = file(named(world, "66;01-01-2027;31-12-2027"), named(world, "67;01-06-2027;"))
    outcome = tariff_files.check(scope=manager(world), subcontract=priced, raw=raw)
    assert [(one.number, fault.rule) for one, fault in outcome.faults] == [(3, "CON-05")]


def test_only_contract_managers_set_them(world: World, priced: Subcontract) -> None:
    raw = file(named(world, "66;01-01-2027;"))
    with pytest.raises(NotAllowedError):
        tariff_files.take(scope=become(world.at(Role.CONTROLLER)), subcontract=priced, raw=raw)


def test_the_page_checks_first_and_sets_then(
    world: World, priced: Subcontract, browse: Browse
) -> None:
    browser = browse(world, Role.CONTRACT_MANAGER)
    page = reverse("subcontract_tariff_file", args=[priced.pk])
    template = browser.get(reverse("subcontract_tariff_template", args=[priced.pk]))
    text = b"".join(template.streaming_content).decode("utf-8-sig")
    assert named(world, ";01-01-2027;") in text
    raw = text.replace(named(world, ";"), named(world, "66,00;"), 1).encode()

    def posted(button: str) -> object:
        upload = SimpleUploadedFile("tarieven.csv", raw, "text/csv")
        return browser.post(page, {"file": upload, button: ""})

    shown = posted("check").content.decode()  # type: ignore[attr-defined]
    assert "€ 66,00" in shown.replace("\xa0", " ")
    become(world.system)
    assert tariffs(priced) == []
    assert posted("take").status_code == 302  # type: ignore[attr-defined]
    become(world.system)
    assert tariffs(priced) == [(Decimal(66), date(2027, 1, 1), None)]
