"""The annexes of a contract: what is paid, what must be shown, and what must be reported."""

from __future__ import annotations

import io
from datetime import date

import pytest
from pypdf import PdfReader

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from qualifications import services as qualifications
from subcontracts.models import ReportingDuty, Subcontract
from subcontracts.pdf import contract_pdf
from subcontracts.rules.contracttext import ContractText, Section
from subcontracts.selectors.contracttext import kept_text_of, unrecorded
from subcontracts.services import amending, clauses, upward_dates
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World

BEGIN = date(2026, 1, 1)


@pytest.fixture
def here(system: Scope) -> World:
    return factories.world(system)


def contract(here: World) -> Subcontract:
    assert here.pxq.subcontract is not None
    return Subcontract.objects.get(pk=here.pxq.subcontract.pk)


def demanded(here: World, name: str, *products: str, period: Period | None = None) -> None:
    qualifications.create_requirement(
        scope=factories.moved(here.system),
        main_contractor_id=here.main.pk,
        terms=qualifications.RequirementTerms(
            code=name[:20],
            name=name,
            applies_to="professional",
            proof="register",
            on_lapse="hold",
            clause="5.1",
            period=period or Period(BEGIN),
            products=[here.products[key] for key in products],
        ),
    )


def duty(here: World, name: str, *, passed_on: bool = True) -> ReportingDuty:
    return upward_dates.add_duty(
        scope=factories.moved(here.system),
        contract=here.youth,
        facts=upward_dates.DutyFacts(
            name=name,
            kind="numbers",
            rhythm="quarter",
            start_date=BEGIN,
            due_days=10,
            due_in="working",
            is_passed_on=passed_on,
        ),
    )


def annex(here: World, title: str) -> Section | None:
    found = [one for one in kept_text_of(contract(here)).sections if one.is_annex]
    return next((one for one in found if one.title == title), None)


def test_tariffs_requirements_and_reports(here: World) -> None:
    demanded(here, "SKJ-registratie", "guidance")
    demanded(here, "VOG")
    demanded(here, "BIG", "support")
    demanded(here, "Oud diploma", period=Period(date(2020, 1, 1), date(2024, 12, 31)))
    asked = duty(here, "Cliënten en productie")
    duty(here, "Jaarrekening", passed_on=False)
    clauses.set_clause(
        scope=factories.moved(here.system),
        subcontract=contract(here),
        facts=clauses.ClauseFacts(
            code="8.1",
            title="Cijfers",
            text="Ieder kwartaal.",
            start_date=NOW.date(),
            passes_on=f"report:{asked.pk}",
        ),
    )
    tariffs, demands, reports = (
        annex(here, title) for title in ("Tarieven", "Eisen", "Verantwoordingsplichten")
    )
    assert tariffs is not None
    assert len(tariffs.rows) == 2
    assert demands is not None
    # Of its own products or of all care, and only while the contract runs.
    assert [(row[0], row[3]) for row in demands.rows] == [
        ("SKJ-registratie", "Begeleiding individueel"),
        ("VOG", "alle producten"),
    ]
    assert reports is not None
    assert [(row[0], row[2], row[5]) for row in reports.rows] == [
        ("Cliënten en productie", "10 werkdagen na de periode", "8.1")
    ]


def test_a_subcontractor_reads_what_is_asked_of_it(here: World) -> None:
    duty(here, "Cliënten en productie")
    duty(here, "Jaarrekening", passed_on=False)
    become(here.at(Role.SUBCONTRACTOR_ADMIN, here.pxq))
    assert [row.name for row in ReportingDuty.objects.all()] == ["Cliënten en productie"]
    found = annex(here, "Verantwoordingsplichten")
    assert found is not None
    # Who works under another task sees none of it.
    become(here.at(Role.SUBCONTRACTOR_ADMIN, here.fte))
    assert not ReportingDuty.objects.exists()


def test_they_come_after_the_signing(here: World) -> None:
    demanded(here, "VOG")
    pages = PdfReader(
        io.BytesIO(contract_pdf(kept_text_of(contract(here)), author="Samen Dichtbij"))
    ).pages
    texts = [page.extract_text() for page in pages]
    signing = next(number for number, text in enumerate(texts) if "Ondertekening" in text)
    first = next(number for number, text in enumerate(texts) if "Bijlage 1: Tarieven" in text)
    assert first > signing
    assert "Bijlage 2: Eisen" in texts[first]


def test_a_later_requirement_is_a_difference_until_it_is_kept(here: World) -> None:
    amending.end_on(
        scope=factories.moved(here.system),
        subcontract=contract(here),
        end_date=date(2027, 12, 31),
        agreed_on=NOW.date(),
        reason="Een einde afgesproken",
    )
    assert unrecorded(contract(here)) == []
    demanded(here, "VOG")
    assert [(one.section, one.what) for one in unrecorded(contract(here))] == [("Eisen", "VOG")]


def test_a_version_from_before_annexes_is_read() -> None:
    old = {"title": "O-1", "sections": [{"title": "T", "facts": [], "headers": [], "rows": []}]}
    assert not ContractText.read(old).sections[0].is_annex
