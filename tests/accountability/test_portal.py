"""What a municipal viewer gets over HTTP, under the database role of municipalities."""

from __future__ import annotations

import io
import re

import openpyxl
import pypdf
import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import translation
from psycopg import sql

from hoofdaannemer.accountability import documents
from hoofdaannemer.accountability.models import Receipt, Release
from hoofdaannemer.accountability.reporting import ReportDocument
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.scope import Role, acting_as
from tests.accountability.build import logged_in, published, region, somebody, viewer
from tests.factories import World

CLIENT_TABLES = [
    "subcontracts_client",
    "subcontracts_allocation",
    "subcontracts_placement",
    "subcontracts_deliverystart",
    "subcontracts_municipalcontract",
    "billing_declaredline",
    "billing_entitlement",
    "billing_payment",
    "messaging_incomingmessage",
    "qualifications_evidence",
    "accountability_report",
    "accountability_reporttable",
]


@pytest.fixture
def release(chain: World) -> Release:
    region(chain)
    report = published(chain)
    return Release.objects.get(report=report, municipality=chain.municipality)


def document_of(release: Release) -> ReportDocument:
    return documents.of_release(release, {t.code: t.cells for t in release.tables.all()})


def figures(document: ReportDocument) -> list[list[str]]:
    """All figures of all tables as a reader sees them."""
    return [
        [f.shown(c) for f, c in zip(row.figures, table.columns, strict=True)]
        for table in document.tables
        for row in table.rows
    ]


def test_list_page_and_files(chain: World, release: Release, client: Client) -> None:
    logged_in(client, viewer(chain.municipality))
    page = client.get("/gepubliceerd/")
    assert page.status_code == 200
    assert f"/gepubliceerd/{release.pk}/" in page.content.decode()
    page = client.get(f"/gepubliceerd/{release.pk}/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "<svg" in text
    assert "style=" not in text
    assert (
        page.headers["Cache-Control"] == "no-store, private"
        or "no-store" in page.headers["Cache-Control"]
    )
    scopes.apply(scopes.system())
    for row in figures(document_of(release)):
        for figure in row:
            assert figure.replace("€ ", "") in text.replace("\xa0", " ")
    for kind in ("pdf", "xlsx"):
        file = client.get(f"/gepubliceerd/{release.pk}/{kind}/")
        assert file.status_code == 200
        scopes.apply(scopes.system())
        assert file.content == bytes(release.files.get(kind=kind).content)


def test_pdf_and_spreadsheet_show_the_figures_of_the_page(release: Release) -> None:
    with translation.override("nl"):
        document = document_of(release)
    pdf = pypdf.PdfReader(io.BytesIO(bytes(release.files.get(kind="pdf").content)))
    words = re.sub(r"\s+", "", "".join(page.extract_text() for page in pdf.pages))
    book = openpyxl.load_workbook(io.BytesIO(bytes(release.files.get(kind="xlsx").content)))
    sheets = book.worksheets[1:]
    assert len(sheets) == len(document.tables)
    for table, sheet in zip(document.tables, sheets, strict=True):
        for number, row in enumerate(table.rows, start=2):
            for at, (figure, column) in enumerate(zip(row.figures, table.columns, strict=True), 1):
                assert re.sub(r"\s+", "", figure.shown(column)) in words
                value = sheet.cell(number, at).value
                if figure.suppressed:
                    assert value == "×"
                elif figure.value is not None:
                    assert value == figure.value


def test_other_municipality_is_not_there(chain: World, release: Release, client: Client) -> None:
    logged_in(client, viewer(chain.other_municipality))
    assert client.get(f"/gepubliceerd/{release.pk}/").status_code == 404
    assert client.get(f"/gepubliceerd/{release.pk}/pdf/").status_code == 404
    text = client.get("/gepubliceerd/").content.decode()
    assert f"/gepubliceerd/{release.pk}/" not in text
    assert release.municipality_name not in text


@pytest.mark.parametrize("path", ["/rapportages/", "/rapportages/1/", "/rapportages/nieuw/"])
def test_a_viewer_never_sees_how_a_report_is_made(chain: World, client: Client, path: str) -> None:
    logged_in(client, viewer(chain.municipality))
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("table", CLIENT_TABLES)
def test_the_role_of_municipalities_reaches_no_other_table(chain: World, table: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        acting_as(viewer(chain.municipality)),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))


@pytest.mark.parametrize("table", ["release", "releasetable", "releasefile"])
def test_the_database_shows_the_own_municipality_only(
    chain: World, release: Release, table: str
) -> None:
    with acting_as(viewer(chain.municipality)), connection.cursor() as cursor:
        name = sql.Identifier(f"accountability_{table}")
        cursor.execute(sql.SQL("SELECT DISTINCT municipality_id FROM {}").format(name))
        assert cursor.fetchall() == [(chain.municipality.pk,)]


def test_visits_are_kept_and_staff_leave_no_trace(
    chain: World, release: Release, client: Client
) -> None:
    scope = viewer(chain.municipality)
    logged_in(client, scope)
    client.get(f"/gepubliceerd/{release.pk}/")
    client.get(f"/gepubliceerd/{release.pk}/pdf/")
    logged_in(Client(), somebody(chain, Role.CONTROLLER)).get(f"/gepubliceerd/{release.pk}/")
    scopes.apply(scopes.system())
    kept = Receipt.objects.order_by("pk").values_list("user", "release", "action")
    assert list(kept) == [
        (scope.user_id, release.pk, "opened"),
        (scope.user_id, release.pk, "pdf"),
    ]


def test_an_unknown_kind_of_file_is_not_there(
    chain: World, release: Release, client: Client
) -> None:
    logged_in(client, viewer(chain.municipality))
    assert client.get(f"/gepubliceerd/{release.pk}/csv/").status_code == 404
