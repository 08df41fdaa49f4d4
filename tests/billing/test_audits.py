"""Samples, evidence and opinions: what an auditor follows a figure with."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.urls import reverse

from billing.models import AuditSample, AuditTerms, DrawnLine, ProductionStatement
from billing.rules.sampling import Item, Way, draw
from billing.selectors.audit_terms import shipped, terms_of
from billing.services import audits, production
from hoofdaannemer.audit.models import AccessRecord
from hoofdaannemer.core.errors import NotAllowedError
from hoofdaannemer.core.scope import Role, acting_as
from tests.billing.test_production import WINTER, Year, chain, refused, year
from tests.billing.visitors import as_system, visitor
from tests.factories import World

__all__ = ["chain", "year"]

Area = AuditTerms.Area


@pytest.fixture
def row(year: Year) -> ProductionStatement:
    return year.established(year.begun()["Amersfoort"])


def test_from_which_amount_an_auditor_looks_is_data(chain: World, year: Year) -> None:
    scope = year.first
    assert terms_of(scope, chain.youth, 2026).threshold == D("50000.00")
    assert terms_of(scope, chain.wmo, 2026).threshold == D("125000.00")
    own = replace(shipped(Area.NATIONAL, 2026), threshold=D("100.00"), opinion_before="04-15")
    record = {"scope": scope, "main_contractor_id": chain.main.pk, "from_year": 2026}
    audits.record_terms(**record, contract=None, terms=own)
    region = replace(own, area=Area.REGION, threshold=D("75000"))
    audits.record_terms(**record, contract=chain.wmo, terms=region)
    assert terms_of(scope, chain.youth, 2026).threshold == D("100.00")
    assert terms_of(scope, chain.youth, 2025).threshold == D("50000.00")
    assert terms_of(scope, chain.wmo, 2027).threshold == D("75000.00")
    wrong = replace(own, opinion_before="02-30")
    assert refused(audits.record_terms, **record, contract=None, terms=wrong) == "BIL-187"
    locked = year.established(year.begun()["Amersfoort"])
    assert (locked.needs_opinion, locked.opinion_due) == (True, date(2027, 4, 15))


def test_a_sample_is_drawn_again_from_its_seed(year: Year, row: ProductionStatement) -> None:
    draft = year.begun()["Amersfoort"]
    asked = {"scope": year.first, "way": Way.MONETARY, "size": 4, "seed": "zaad 7"}
    assert refused(audits.draw_sample, **asked, statement=draft) == "BIL-186"
    with acting_as(year.first):
        made = audits.draw_sample(**asked, statement=row)
        assert audits.draw_sample(**asked, statement=row) == made
    assert made.population_digest == row.digest
    population = [Item(line.key, line.amount) for line in row.lines.order_by("-pk")]
    again = draw(Way.MONETARY, population, 4, "zaad 7")
    assert [(one.line.key, one.hits) for one in made.lines.select_related("line")] == [
        (one.key, one.hits) for one in again
    ]
    for wrong in ({"size": 0}, {"size": audits.MOST_LINES + 1}, {"seed": " "}):
        assert refused(audits.draw_sample, **{**asked, **wrong}, statement=row) == "BIL-189"
    with pytest.raises(NotAllowedError):
        auditor = year.chain.at(Role.AUDITOR, at=WINTER)
        audits.draw_sample(**{**asked, "scope": auditor}, statement=row)


def test_each_drawn_line_leads_to_its_evidence(year: Year, row: ProductionStatement) -> None:
    made = audits.draw_sample(
        scope=year.first, statement=row, way=Way.RANDOM, size=20, seed="alles"
    )
    drawn = {one.line.reference: one for one in made.lines.select_related("line__entitlement")}
    assert len(drawn) == row.line_count
    [care] = [one for one in drawn.values() if one.line.amount == D("132.00")]
    chain = {section.title: section for section in audits.sections_of(care)}
    placement = care.line.entitlement.placement
    assert placement
    told = " ".join(value for one in chain.values() for _label, value in one.facts)
    for expected in (str(placement.allocation.number), str(placement.number), care.line.reference):
        assert expected in told
    assert placement.client.surname not in told
    # No start was reported and nothing paid: that is seen as lacking, and only that.
    places = [place for place, section in enumerate(chain.values()) if section.is_lacking]
    assert (places, care.lacking) == ([3, 8], 2)
    looked = AccessRecord.objects.filter(purpose="audit_sample.drawn")
    assert set(looked.values_list("client", flat=True)) == {placement.client_id}


def test_an_auditor_reads_what_was_established_and_nothing_else(
    year: Year, row: ProductionStatement
) -> None:
    audits.draw_sample(scope=year.first, statement=row, way=Way.RANDOM, size=2, seed="x")
    open_one = year.begun()["Amersfoort"]
    with acting_as(year.chain.at(Role.AUDITOR, at=WINTER)) as scope:
        rows = ProductionStatement.objects
        assert set(rows.all()) == set(rows.visible_to(scope)) == {row}
        assert AuditSample.objects.visible_to(scope).count() == 1
        assert DrawnLine.objects.visible_to(scope).count() == 2
        assert not open_one.parts.exists()
        assert row.parts.count() == 2
        assert row.lines.count() == row.line_count
    stranger = year.chain.at(Role.QUALITY_OFFICER, at=WINTER)
    with acting_as(stranger) as scope:
        assert not AuditSample.objects.exists()
        assert not DrawnLine.objects.exists()


def test_an_opinion_is_recorded_with_its_document(year: Year, row: ProductionStatement) -> None:
    opinion = {
        "scope": year.first,
        "kind": "clean",
        "given_on": date(2027, 2, 9),
        "auditor": "Kantoor De Wit",
        "document": b"%PDF-1.4 verklaring",
    }
    open_one = production.begin(scope=year.first, contract=year.chain.wmo, year=2026)[0]
    assert refused(audits.record_opinion, **opinion, statement=open_one) == "BIL-186"
    for wrong in ({"given_on": date(2027, 2, 11)}, {"document": b"PK"}):
        assert refused(audits.record_opinion, **{**opinion, **wrong}, statement=row) == "BIL-188"
    assert audits.record_opinion(**opinion, statement=row).statement == row


def test_an_auditor_draws_again_from_the_pack_and_each_look_is_logged(
    year: Year, row: ProductionStatement
) -> None:
    made = audits.draw_sample(
        scope=year.first, statement=row, way=Way.MONETARY, size=5, seed="dossier"
    )
    browser = visitor(year.chain, Role.AUDITOR)
    pack = ZipFile(BytesIO(browser.get(reverse("audit_sample_zip", args=[made.pk])).content))
    table = csv.DictReader(StringIO(pack.read("populatie.csv").decode("utf-8-sig")), delimiter=";")
    population = [Item(line["Sleutel"], D(line["Bedrag"].replace(",", "."))) for line in table]
    again = draw(Way.MONETARY, population, 5, "dossier")
    as_system()
    lines = list(made.lines.select_related("line"))
    assert [one.line.key for one in lines] == [one.key for one in again]
    files = {name for name in pack.namelist() if name.startswith("regels/")}
    assert files == {f"regels/{one.place:03d}-{one.line.key}.pdf" for one in lines}
    about_client = next(one for one in lines if one.client_id)
    assert browser.get(about_client.get_absolute_url()).status_code == 200
    as_system()
    looked = AccessRecord.objects.filter(role=Role.AUDITOR, client=about_client.client_id)
    assert {one.purpose for one in looked} == {"audit_sample.taken", "audit_sample.read"}
