"""The pages of a take-over of running care: who opens them, what they show and hand out."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from hoofdaannemer.accessmatrix.subcontracts import DAY_ONE
from hoofdaannemer.audit.models import AccessRecord
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Role, Scope
from subcontracts import import_workbooks, tasks
from subcontracts.models import CareImport, Client, Placement, Product
from subcontracts.rules import importfile
from subcontracts.rules.importcolumns import COLUMNS
from tests import factories
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.importing import (
    allocated,
    checked,
    person,
    running,
    taken,
    workbook,
)

ROLES = [role for role in Role if role not in (Role.SYSTEM, Role.NOBODY)]


@pytest.fixture
def here(system: Scope) -> World:
    return factories.world(system)


def pdf_text(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def sheet_of(content: bytes, name: str) -> list[tuple[Any, ...]]:
    return list(load_workbook(io.BytesIO(content))[name].iter_rows(values_only=True))


@pytest.mark.parametrize("role", ROLES)
def test_matrix(here: World, browse: Browse, role: Role) -> None:
    row = checked(here, running(here))
    provider = role in (Role.SUBCONTRACTOR_ADMIN, Role.SUBCONTRACTOR_USER)
    browser = browse(here, role, here.pxq if provider else None)
    plain = ("care_import_list", "care_import_new", "care_import_template")
    got = {
        name: browser.get(reverse(name, args=[] if name in plain else [row.pk])).status_code
        for name in DAY_ONE
    }
    assert got == {name: allowed.get(role, 403) for name, (_method, allowed) in DAY_ONE.items()}


def test_another_main_contractor_finds_nothing(here: World, browse: Browse) -> None:
    row = checked(here, running(here))
    become(here.system)
    browser = browse(factories.world(here.system), Role.CONTRACT_MANAGER)
    for name in DAY_ONE:
        if name not in ("care_import_list", "care_import_new", "care_import_template"):
            assert browser.get(reverse(name, args=[row.pk])).status_code == 404, name
    assert not browser.get(reverse("care_import_list")).context["table"].rows


def test_from_the_template_to_the_accepted_reconciliation(here: World, browse: Browse) -> None:
    browser = browse(here, Role.CONTRACT_MANAGER)
    template = browser.get(reverse("care_import_template")).content
    assert sheet_of(template, "plaatsingen") == [COLUMNS["plaatsingen"]]
    assert len(sheet_of(template, "uitleg")) > sum(map(len, COLUMNS.values()))
    today = timezone.localdate()
    rows: dict[str, Any] = running(here, einddatum=today + timedelta(days=99))
    rows["toewijzingen"][0]["einddatum"] = today + timedelta(days=99)
    rows["clienten"].append(person(achternaam="Zonder Zorg"))
    file = SimpleUploadedFile("oud.xlsx", workbook(rows))
    response = browser.post(reverse("care_import_new"), {"as_of": today, "file": file})
    row = CareImport.objects.get()
    page = reverse("care_import_detail", args=[row.pk])
    assert response.url == page
    assert browser.get(page).context["is_busy"]
    become(here.system)
    tasks.take_over_care()
    shown = browser.get(page).context
    assert [cell.record.rule for cell in shown["table"].rows] == ["IMP-32"]
    assert shown["may_confirm"]
    assert "Zonder Zorg" not in browser.get(page).content.decode()
    confirm = reverse("care_import_confirm", args=[row.pk])
    assert "3 rijen" in browser.get(confirm).content.decode()
    assert not Client.objects.exists()
    browser.post(confirm)
    become(here.system)
    tasks.take_over_care()
    assert Placement.objects.count() == 1
    accept = reverse("care_import_accept", args=[row.pk])
    # Who had it taken over is told that somebody else accepts it.
    assert "CON-144" in browser.get(accept).content.decode()
    other = browse(here, Role.CONTROLLER)
    report = reverse("care_import_report", args=[row.pk])
    assert report in other.get(reverse("home")).content.decode()
    assert other.get(report).context["may_accept"]
    assert other.post(accept, {"note": "De laatste had geen zorg."}).url == report
    become(here.system)
    assert CareImport.objects.get().status == "accepted"
    assert "De laatste had geen zorg." in other.get(report).content.decode()


def test_what_is_left_out_is_handed_out_and_handed_in_again(here: World, browse: Browse) -> None:
    rows: dict[str, Any] = running(here)
    rows["plaatsingen"][0]["uitvoerder"] = "+bestaat niet"
    row = taken(here, rows)
    browser = browse(here, Role.CONTRACT_MANAGER)
    content = browser.get(reverse("care_import_wrong", args=[row.pk])).content
    heads, line = sheet_of(content, "plaatsingen")
    cells = dict(zip(heads, line, strict=True))
    # No spreadsheet takes it for a formula.
    assert cells["uitvoerder"] == "'+bestaat niet"
    assert (cells["rij"], cells["regel"]) == (2, "IMP-24")
    become(here.system)
    seen = AccessRecord.objects.filter(purpose="care_import.downloaded")
    assert list(seen.values_list("client", flat=True)) == [Client.objects.get().pk]
    # What it says of what is wrong is no column of ours.
    read = importfile.read(content)
    assert read["plaatsingen"][0]["uitvoerder"] == "+bestaat niet"
    assert not read["clienten"]


def test_the_reconciliation_comes_as_a_workbook(here: World, browse: Browse) -> None:
    row = checked(here, running(here))
    browser = browse(here, Role.CONTROLLER)
    content = browser.get(reverse("care_import_report_file", args=[row.pk])).content
    heads, line = sheet_of(content, "per uitvoerder")
    assert line[2:5] == (1, 4, 13765.71)
    assert len(heads) == len(line)


def test_the_reconciliation_that_was_accepted_is_kept_as_a_document(
    here: World, browse: Browse
) -> None:
    rows: dict[str, Any] = running(here)
    rows["totalen"] = [{"clienten": 2, "plaatsingen": 1, "bedrag": "13.765,71"}]
    rows["toewijzingen"].append(allocated(rows["clienten"][0]["bsn"], 4002, gemeente=9999))
    row = taken(here, rows)
    browser = browse(here, Role.CONTROLLER)
    page = reverse("care_import_paper", args=[row.pk])
    assert "Nog niet aanvaard" in pdf_text(browser.get(page).content)
    browser.post(reverse("care_import_accept", args=[row.pk]), {"note": "Amersfoort had er een."})
    kept = browser.get(page).content
    text = pdf_text(kept)
    for said in ("Amersfoort had er een.", "IMP-21", "€ 13.765,71", "toewijzingen 2 1 0 1 -1"):
        assert said in text
    assert "Nog niet aanvaard" not in text
    # Neither who has the care nor under which number.
    assert not {"Kanarie", "4001", "4002"} & set(text.split())
    become(here.system)
    Product.objects.update(name="Anders")
    assert browser.get(page).content == kept


def test_a_list_takes_few_queries(here: World, browse: Browse) -> None:
    rows: dict[str, Any] = {"clienten": [person() for _number in range(20)]}
    row = checked(here, rows)
    browser = browse(here, Role.CONTRACT_MANAGER)
    page = reverse("care_import_detail", args=[row.pk])
    browser.get(page)
    with CaptureQueriesContext(connection) as queries:
        assert len(browser.get(page).context["table"].rows) == 20
    assert len(queries) < 25


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"bsn;achternaam", "CSV-02"),
        (b"PK\x03\x04 no zip", "CSV-02"),
        (import_workbooks.book({"clienten": [("bsn",), ("1",)]}), "CSV-03"),
        (workbook({}), "CSV-04"),
    ],
    ids=["text", "broken", "columns", "empty"],
)
def test_a_file_that_cannot_be_read(raw: bytes, code: str) -> None:
    with pytest.raises(RuleError) as caught:
        importfile.read(raw)
    assert caught.value.code == code


def test_csv_files_in_a_zip_say_the_same(here: World) -> None:
    rows = running(here)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for sheet, lines in rows.items():
            text = io.StringIO()
            writer = csv.writer(text, delimiter=";")
            writer.writerow(COLUMNS[sheet])
            writer.writerows([[line.get(name) for name in COLUMNS[sheet]] for line in lines])
            archive.writestr(f"oud/{sheet.upper()}.csv", "\ufeff" + text.getvalue())
    found = importfile.read(packed.getvalue())
    assert {sheet: len(lines) for sheet, lines in found.items() if lines} == {
        "clienten": 1,
        "toewijzingen": 1,
        "plaatsingen": 1,
    }
