"""What a municipality sees of subcontractors: nothing, a list, or their protected figures."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pypdf
import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from psycopg import sql

from hoofdaannemer.accountability import documents, services, stored
from hoofdaannemer.accountability.definitions.quarter_figures import exact
from hoofdaannemer.accountability.disclosure import attack
from hoofdaannemer.accountability.models import (
    Receipt,
    Release,
    Report,
    SubcontractorFile,
    SubcontractorRelease,
)
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, acting_as
from subcontracts.models import FundingLine
from subcontracts.rules.visibility import Visibility
from subcontracts.services import upward_terms
from tests.accountability.build import (
    FIRST,
    LATER,
    declared,
    drafted,
    in_care,
    logged_in,
    moment,
    published,
    region,
    somebody,
    viewer,
)
from tests.factories import Party, World, party

A, S = "0307", "0342"


def shows(world: World, level: str, day: date | None = None) -> None:
    """The youth contract shows as much as this, from a day on."""
    start = day or world.youth.start_date
    upward_terms.set_terms(
        scope=world.system.moved_to(moment(start)),
        contract=world.youth,
        start_date=start,
        values={"visibility_of_subs": level, "inactivity_months": start.day},
    )


@pytest.fixture
def other(chain: World) -> Party:
    """A second subcontractor under the youth contract, paid by the unit like the first."""
    goods = [chain.products["guidance"], chain.products["treatment"]]
    form = FundingLine.Form.PXQ
    return party(chain.system, chain.main, chain.youth, "Andere Zorg", form, goods)


def served_by_two(world: World, other: Party) -> None:
    """Small groups with each of two subcontractors, among larger ones."""
    region(world)
    in_care(world, 14, party=other)
    in_care(world, 3, party=other, municipality=world.other_municipality)


def of(report: Report, world: World) -> Release:
    return Release.objects.get(report=report, municipality=world.municipality)


def page(release: Release) -> str:
    return f"/gepubliceerd/{release.pk}/onderaannemers/"


@pytest.mark.parametrize("level", ["none", "list", "figures", ""])
def test_as_much_is_published_as_the_contract_shows(
    chain: World, other: Party, client: Client, level: str
) -> None:
    if level:
        shows(chain, level)
    served_by_two(chain, other)
    release = of(published(chain), chain)
    rows = {row.level: row for row in SubcontractorRelease.objects.filter(release=release)}
    expected = {"list": {"list"}, "figures": {"list", "figures"}}.get(level, set())
    assert set(rows) == expected
    assert "subcontractor" not in release.labels
    kept = {table.code for table in release.tables.all()}
    assert kept == {"zorg", "instroom", "uitstroom", "inzet"}
    logged_in(client, viewer(chain.municipality))
    shown = client.get(page(release))
    on_report = client.get(release.get_absolute_url()).content.decode()
    assert shown.status_code == (200 if expected else 404)
    assert (page(release) in on_report) == bool(expected)
    text = shown.content.decode()
    kvk = chain.pxq.organisation.kvk
    assert (kvk in text) == bool(expected)
    assert ("Cliënten in zorg" in text) == (level == "figures")
    for kind in ("pdf", "xlsx"):
        file = client.get(f"{page(release)}{kind}/")
        assert file.status_code == (200 if expected else 404)


def test_the_list_says_who_with_what_and_since_when(chain: World, client: Client) -> None:
    shows(chain, "list")
    release = of(published(chain), chain)
    row = SubcontractorRelease.objects.get(release=release)
    organisation = chain.pxq.organisation
    [own] = [one for one in row.listed if one["kvk"] == organisation.kvk]
    assert own["name"] == organisation.name
    assert own["since"] == chain.pxq.subcontract.start_date.isoformat()
    lines = chain.pxq.subcontract.funding_lines.all()
    products = {p.product.name for line in lines for p in line.line_products.all()}
    assert set(own["products"]) == products
    assert row.cells == {}
    pdf = SubcontractorFile.objects.get(of=row, kind="pdf")
    words = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(pdf.content)).pages)
    assert organisation.kvk in words


def test_figures_by_subcontractor_add_up_to_the_report(chain: World, other: Party) -> None:
    shows(chain, "figures")
    first = in_care(chain, 12)
    second = in_care(chain, 15, party=other)
    in_care(chain, 1, party=other, client=first[0].client)
    declared(chain, first, 4, Month(2026, 1))
    declared(chain, second, 2, Month(2026, 1), other)
    snapshot = exact(chain.youth, FIRST, LATER)
    assert snapshot.visibility is Visibility.FIGURES
    cells = {(t.code, c.measure, c.keys): c.value for t in snapshot.tables for c in t.cells}
    one, two = chain.pxq.organisation.kvk, other.organisation.kvk
    assert cells["aanbieders", "clients", (A, one)] == 12
    assert cells["aanbieders", "clients", (A, two)] == 16
    # Somebody with care of both counts once.
    assert cells["aanbieders", "clients", (A, "*")] == cells["zorg", "clients", (A, "*")] == 27
    assert cells["aanbieders", "cost", (A, one)] == Decimal(12 * 4 * 66)
    total = cells["aanbieders", "cost", ("*", "*")]
    assert total == cells["zorg", "cost", ("*", "*")]
    parts = [cells["aanbieders", "cost", (A, code)] or Decimal(0) for code in (one, two)]
    assert sum(parts) == total
    assert snapshot.tables[0].measures[0].adds_up_over("subcontractor") is False


def test_who_moves_to_another_subcontractor_starts_there_and_not_in_care(
    chain: World, other: Party
) -> None:
    shows(chain, "figures")
    client = in_care(chain, 1)[0].client
    in_care(chain, 1, party=other, client=client, begin=date(2026, 2, 2))
    cells = {
        (t.code, c.keys): c.value
        for t in exact(chain.youth, FIRST, LATER).tables
        for c in t.cells
        if c.measure == "clients"
    }
    other = other.organisation.kvk
    assert cells["instroom", (A, "*", "new")] == 0
    assert cells["instroom_aanbieders", (A, other, "new")] == 1
    assert cells["instroom_aanbieders", (A, "*", "new")] == 1


def test_small_numbers_cannot_be_computed_back_over_the_totals(chain: World, other: Party) -> None:
    shows(chain, "figures")
    served_by_two(chain, other)
    report = published(chain)
    tables = [stored.table_from_dict(t.content) for t in report.tables.all()]
    assert {table.code for table in tables} >= {"aanbieders", "instroom_aanbieders"}
    findings = attack(tables)
    assert not [finding for finding in findings if finding.is_exposed]
    two = other.organisation.kvk
    cells = {
        (c["keys"]["municipality"], c["keys"]["subcontractor"]): c
        for row in SubcontractorRelease.objects.filter(release__report=report, level="figures")
        for c in row.cells["aanbieders"]
        if c["measure"] == "clients"
    }
    assert cells[S, two]["suppressed"]
    # The only other subcontractor there, whom the total would leave it to.
    assert cells[S, chain.pxq.organisation.kvk]["suppressed"] or cells[S, "*"]["suppressed"]
    for cell in cells.values():
        assert set(cell) == {"keys", "measure", "value", "suppressed"}
        assert cell["value"] is None or Decimal(cell["value"]) % 5 == 0


def test_shown_alone_the_same_cells_would_give_a_small_number_away(
    chain: World, other: Party
) -> None:
    """The other side of the test above: the attack does find what was not protected together."""
    shows(chain, "figures")
    served_by_two(chain, other)
    report = published(chain)
    kept = [stored.table_from_dict(t.content) for t in report.tables.all()]
    bare = []
    for table in kept:
        cells = tuple(
            c
            if c.reason in {"small", None}
            else type(c)(c.keys, c.measure, c.exact, False, c.exact)
            for c in table.cells
        )
        bare.append(
            type(table)(
                table.code, table.dimensions, table.measures, cells, table.fixed, table.policy
            )
        )
    assert [finding for finding in attack(bare) if finding.is_exposed]


def test_a_municipality_gets_its_own_and_the_whole_only(chain: World, other: Party) -> None:
    shows(chain, "figures")
    served_by_two(chain, other)
    release = of(published(chain), chain)
    row = SubcontractorRelease.objects.get(release=release, level="figures")
    places = {c["keys"]["municipality"] for cells in row.cells.values() for c in cells}
    assert places == {A, "*"}


def test_rows_stand_by_name_on_the_page_and_in_the_files(chain: World, other: Party) -> None:
    shows(chain, "figures")
    served_by_two(chain, other)
    release = of(published(chain), chain)
    row = SubcontractorRelease.objects.get(release=release, level="figures")
    _name, named = documents.subcontractors(row.labels)
    assert [code for code, _words in named[:-1]] == [one["kvk"] for one in row.listed]
    book = openpyxl.load_workbook(io.BytesIO(row.files.get(kind="xlsx").content))
    listed, own, _all = book.worksheets[1:]
    for line in range(2, len(row.listed) + 2):
        assert listed.cell(line, 1).value == own.cell(line, 1).value


def test_another_municipality_finds_nothing(chain: World, client: Client) -> None:
    shows(chain, "figures")
    release = of(published(chain), chain)
    logged_in(client, viewer(chain.other_municipality))
    assert client.get(page(release)).status_code == 404
    assert client.get(f"{page(release)}pdf/").status_code == 404


def test_the_page_obeys_the_contract_of_today_and_what_was_published_stays(
    chain: World, other: Party, client: Client
) -> None:
    shows(chain, "figures")
    served_by_two(chain, other)
    release = of(published(chain), chain)
    before = list(SubcontractorRelease.objects.values_list("pk", "fingerprint", "cells"))
    logged_in(client, viewer(chain.municipality))
    full = client.get(f"{page(release)}xlsx/").content
    scopes.apply(scopes.system())
    shows(chain, "list", date(2026, 4, 2))
    less = client.get(page(release))
    assert less.status_code == 200
    assert "Cliënten in zorg" not in less.content.decode()
    file = client.get(f"{page(release)}xlsx/").content
    assert file != full
    assert len(openpyxl.load_workbook(io.BytesIO(file)).worksheets) == 2
    scopes.apply(scopes.system())
    shows(chain, "none", date(2026, 4, 3))
    assert client.get(page(release)).status_code == 404
    assert client.get(f"{page(release)}pdf/").status_code == 404
    assert "onderaannemers/" not in client.get(release.get_absolute_url()).content.decode()
    scopes.apply(scopes.system())
    shows(chain, "figures", date(2026, 4, 4))
    assert client.get(f"{page(release)}xlsx/").content == full
    scopes.apply(scopes.system())
    kept = SubcontractorRelease.objects.values_list("pk", "fingerprint", "cells")
    assert list(kept) == before


def test_publishing_takes_no_more_along_than_the_contract_shows_now(chain: World) -> None:
    shows(chain, "figures")
    maker = somebody(chain, Role.CONTRACT_MANAGER)
    report = drafted(chain, maker)
    services.review(scope=somebody(chain, Role.QUALITY_OFFICER), report=report)
    shows(chain, "list", date(2026, 4, 2))
    services.publish(scope=maker, report=report)
    levels = SubcontractorRelease.objects.values_list("level", flat=True)
    assert set(levels) == {"list"}


def test_more_shown_later_adds_nothing_to_what_was_published(chain: World, client: Client) -> None:
    shows(chain, "list")
    release = of(published(chain), chain)
    shows(chain, "figures", date(2026, 4, 2))
    logged_in(client, viewer(chain.municipality))
    text = client.get(page(release)).content.decode()
    assert "Cliënten in zorg" not in text


def test_what_was_agreed_after_the_moment_is_not_in_the_report(chain: World) -> None:
    upward_terms.set_terms(
        scope=chain.system.moved_to(LATER + timedelta(days=1)),
        contract=chain.youth,
        start_date=chain.youth.start_date,
        values={"visibility_of_subs": "figures"},
    )
    assert exact(chain.youth, FIRST, LATER).visibility is Visibility.NONE
    later = LATER + timedelta(days=2)
    assert exact(chain.youth, FIRST, later).visibility is Visibility.FIGURES


@pytest.mark.parametrize("level", ["none", "list", "figures"])
def test_the_database_shows_a_municipality_no_more_than_the_page(chain: World, level: str) -> None:
    shows(chain, "figures")
    published(chain)
    shows(chain, level, date(2026, 4, 2)) if level != "figures" else None
    with acting_as(viewer(chain.municipality)), connection.cursor() as cursor:
        found = []
        for table in ("subcontractorrelease", "subcontractorfile"):
            name = sql.Identifier(f"accountability_{table}")
            cursor.execute(sql.SQL("SELECT DISTINCT level, municipality_id FROM {}").format(name))
            found.append(sorted(cursor.fetchall()))
    levels = {"none": [], "list": ["list"], "figures": ["figures", "list"]}[level]
    assert found == [[(one, chain.municipality.pk) for one in levels]] * 2


def test_what_was_published_cannot_be_changed(chain: World) -> None:
    shows(chain, "list")
    published(chain)
    for model in (SubcontractorRelease, SubcontractorFile):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            model.objects.all().update(level="figures")


def test_visits_are_kept(chain: World, client: Client) -> None:
    shows(chain, "list")
    release = of(published(chain), chain)
    scope = viewer(chain.municipality)
    logged_in(client, scope)
    client.get(page(release))
    client.get(f"{page(release)}xlsx/")
    scopes.apply(scopes.system())
    kept = Receipt.objects.order_by("pk").values_list("user", "action")
    assert list(kept) == [(scope.user_id, "subs"), (scope.user_id, "subs_xlsx")]


def test_reviewers_see_exact_figures_by_subcontractor(
    chain: World, other: Party, client: Client
) -> None:
    shows(chain, "figures")
    served_by_two(chain, other)
    report = drafted(chain, somebody(chain, Role.CONTRACT_MANAGER))
    logged_in(client, somebody(chain, Role.CONTROLLER))
    text = client.get(report.get_absolute_url(), {"gemeente": S}).content.decode()
    assert other.organisation.name in text
    assert "te weinig cliënten" in text
