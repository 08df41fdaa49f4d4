"""The pages of a municipal contract's terms, for each role, and what a contract manager types."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client as Client_
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from hoofdaannemer.accessmatrix.subcontracts import TERMS
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import (
    BudgetAdjuster,
    ContractOption,
    MunicipalContract,
    ReportingDuty,
    SubcontractClause,
)
from subcontracts.rules.upward_terms import TERMS as ALL_TERMS
from subcontracts.rules.upward_terms import Kind
from subcontracts.selectors.upward_terms import values_on
from subcontracts.services import clauses, upward_dates, upward_terms
from tests import factories
from tests.conftest import become
from tests.factories import Party, World
from tests.subcontracts.conftest import Browser as Browse

ROLES = [role for role in Role if role not in (Role.SYSTEM, Role.NOBODY)]


@pytest.fixture
def world(system: Scope) -> World:
    """The usual world, in which the youth contract ends in two years. Pages know today only."""
    made = factories.world(system)
    end = date(timezone.localdate().year + 2, 12, 31)
    MunicipalContract.objects.filter(pk=made.youth.pk).update(end_date=end)
    made.youth.refresh_from_db()
    return made


def addresses(world: World) -> dict[str, str]:
    """Each address with a row for which it is."""
    become(world.system)
    today = timezone.localdate()
    option = upward_dates.add_option(
        scope=world.system,
        contract=world.youth,
        months=12,
        announce_by=today + timedelta(days=30),
    )
    duty = upward_dates.add_duty(
        scope=world.system,
        contract=world.youth,
        facts=upward_dates.DutyFacts(
            name="Kwartaalrapportage",
            kind="numbers",
            rhythm="quarter",
            start_date=date(today.year, 1, 1),
            is_passed_on=True,
        ),
    )
    assert world.pxq.subcontract
    clause = clauses.set_clause(
        scope=world.system,
        subcontract=world.pxq.subcontract,
        facts=clauses.ClauseFacts(
            code="4.2", title="Stopregels", text="De zorg stopt.", start_date=date(2026, 1, 1)
        ),
    )
    rows = {
        "municipal": world.youth.pk,
        "subcontract": world.pxq.subcontract.pk,
        "contract_option": option.pk,
        "reporting_duty": duty.pk,
        "clause": clause.pk,
    }
    return {
        name: reverse(name)
        if name.endswith("_list")
        else reverse(name, args=[next(pk for kind, pk in rows.items() if name.startswith(kind))])
        for name in TERMS
    }


@pytest.mark.parametrize("role", ROLES)
def test_matrix(world: World, browse: Browse, role: Role) -> None:
    pages = addresses(world)
    is_provider = role in (Role.SUBCONTRACTOR_ADMIN, Role.SUBCONTRACTOR_USER)
    party: Party | None = world.pxq if is_provider else None
    browser = browse(world, role, party)
    got = {name: browser.get(pages[name]).status_code for name in TERMS}
    assert got == {name: expected.get(role, 403) for name, (_method, expected) in TERMS.items()}


def test_nobody_of_another_main_contractor_finds_them(world: World, browse: Browse) -> None:
    pages = addresses(world)
    become(world.system)
    other = World(**{**world.__dict__, "main": factories.main_contractor("Elders")})
    browser = browse(other, Role.CONTRACT_MANAGER)
    for name in TERMS:
        expected = 200 if name == "contract_date_list" else 404
        assert browser.get(pages[name]).status_code == expected, name
    shown = browser.get(pages["contract_date_list"]).content.decode()
    assert "Kwartaalrapportage" not in shown


def typed(browser: Client_, url: str, **values: object) -> str:
    """What a form led to. Fails with the page where it was refused."""
    response = browser.post(url, values)
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def everything() -> dict[str, object]:
    """Something for each term, as typed."""
    found: dict[str, object] = {}
    for term in ALL_TERMS:
        value: object = f"Afspraak over {term.name}"
        if term.kind is Kind.YES_NO:
            value = "yes"
        elif term.kind in (Kind.CHOICE, Kind.CHOICES):
            value = list(term.choices)[-1]
        elif term.kind is Kind.PERCENT:
            value = "12,5"
        elif term.kind is Kind.NUMBER:
            value = "12"
        elif term.kind is Kind.TEXTS:
            value = f"Een {term.name}\r\nTwee {term.name}"
        found[f"term_{term.name}"] = value
    return found


def test_all_terms_are_typed_read_and_changed(world: World, browse: Browse) -> None:
    browser = browse(world, Role.CONTRACT_MANAGER)
    page = reverse("municipal_contract_terms_set", args=[world.youth.pk])
    today = timezone.localdate()
    shown = typed(browser, page, start_date="01-01-2025", source="Overeenkomst", **everything())
    become(world.system)
    stored = values_on(world.youth, today)
    assert set(stored) == {term.name for term in ALL_TERMS}
    assert stored["talks"] == ["Een talks", "Twee talks"]
    assert stored["profit_cap_percent"] == "12.50"
    # The form begins with what holds, so that sending it as it is changes nothing.
    form = browser.get(page).context["form"]
    same = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    again = browser.post(page, {**same, "start_date": today.isoformat()})
    assert "CON-43" in again.content.decode()
    changed = {**everything(), "term_bridging": "", "term_inactivity_months": "6"}
    typed(browser, page, start_date=today.isoformat(), source="Addendum", **changed)
    become(world.system)
    assert "bridging" not in values_on(world.youth, today)
    text = browser.get(shown).content.decode()
    assert "Addendum" in text
    assert "Afspraak over stop_rules" in text
    assert "onbekend of niet afgesproken" in text
    pdf = browser.get(reverse("municipal_contract_terms_text", args=[world.youth.pk]))
    assert pdf.content.startswith(b"%PDF-")


def test_the_quality_officer_reads_no_money(world: World, browse: Browse) -> None:
    upward_terms.set_terms(
        scope=world.system,
        contract=world.youth,
        start_date=date(2025, 1, 1),
        values={"surplus_rule": "Terug naar de gemeente", "stop_rules": "18 jaar"},
    )
    page = reverse("municipal_contract_terms", args=[world.youth.pk])
    shown = browse(world, Role.QUALITY_OFFICER).get(page).content.decode()
    assert "18 jaar" in shown
    assert "Terug naar de gemeente" not in shown
    assert "budget/" not in shown


def test_an_option_is_added_and_taken(world: World, browse: Browse) -> None:
    browser = browse(world, Role.CONTRACT_MANAGER)
    today = timezone.localdate()
    new = reverse("municipal_contract_option_new", args=[world.youth.pk])
    page = typed(browser, new, months="24", announce_by=(today + timedelta(days=20)).isoformat())
    assert "Data van contracten" in browser.get("/").content.decode()
    become(world.system)
    option = ContractOption.objects.get()
    typed(
        browser,
        reverse("contract_option_decide", args=[option.pk]),
        outcome="taken",
        decided_on=today.isoformat(),
    )
    become(world.system)
    world.youth.refresh_from_db()
    assert world.youth.end_date == date(today.year + 4, 12, 31)
    shown = browser.get(page).content.decode()
    assert f"31-12-{today.year + 4}" in shown
    # The subcontracts of the usual world have no end.
    assert "loopt door na het gemeentecontract" in shown


def test_a_budget_is_recorded_and_adjusted(world: World, browse: Browse) -> None:
    browser = browse(world, Role.CONTRACT_MANAGER)
    year = timezone.localdate().year
    where = [world.youth.pk]
    page = typed(
        browser,
        reverse("municipal_contract_budget_year", args=where),
        year=year,
        amount="1.000.000,00",
        base="inhabitants",
    )
    typed(
        browser,
        reverse("municipal_contract_budget_adjust", args=where),
        year=year,
        effective_date=f"01-07-{year}",
        kind="pgb_deducted",
        direction="down",
        amount="20.000,00",
    )
    become(world.system)
    assert BudgetAdjuster.objects.get().amount == Decimal("-20000.00")
    shown = browser.get(page).content.decode()
    # Sixty and forty percent of what is left.
    for text in ("€ 980.000,00", "€ 588.000,00", "€ 392.000,00"):
        assert text in shown, text


def test_a_consortium_is_typed_with_as_many_members_as_there_are(
    world: World, browse: Browse
) -> None:
    browser = browse(world, Role.CONTRACT_MANAGER)
    page = reverse("municipal_contract_consortium", args=[world.youth.pk])
    one = {"rows": "1", "start_date": "01-01-2025", "name": "Samen", "share": "60"}
    more = browser.post(page, {**one, "is_lead": "on", "add": ""}).content.decode()
    assert 'name="name_2"' in more
    two = {**one, "rows": "2", "is_lead": "on", "name_2": "Erbij", "kvk_2": "1234"}
    wrong = browser.post(page, {**two, "share_2": "40"}).content.decode()
    assert "acht cijfers" in wrong
    two["kvk_2"] = ""
    short = browser.post(page, {**two, "share_2": "30"}).content.decode()
    assert "CON-44" in short
    shown = browser.get(typed(browser, page, **two, share_2="40")).content.decode()
    assert "Erbij" in shown


def test_a_report_is_asked_and_handed_in(world: World, browse: Browse) -> None:
    browser = browse(world, Role.CONTRACT_MANAGER)
    today = timezone.localdate()
    begin = date(today.year - 1, 10, 1)
    page = typed(
        browser,
        reverse("municipal_contract_duty_new", args=[world.youth.pk]),
        name="Urenoverzicht",
        kind="deployment",
        rhythm="quarter",
        start_date=begin.isoformat(),
        due_days="20",
        due_in="working",
        recipient="Accountmanager",
        is_passed_on="on",
    )
    assert "te laat" in browser.get(page).content.decode()
    become(world.system)
    duty = ReportingDuty.objects.get()
    hand_in = reverse("reporting_duty_hand_in", args=[duty.pk])
    typed(
        browser,
        hand_in,
        period_start=begin.isoformat(),
        handed_in_on=today.isoformat(),
        note="per mail",
    )
    assert "per mail" in browser.get(page).content.decode()
    nothing = browser.post(hand_in, {"period_start": "1999-01-01", "handed_in_on": "01-01-2026"})
    assert nothing.status_code == 200
    typed(browser, reverse("reporting_duty_end", args=[duty.pk]), end_date=today.isoformat())


def test_what_is_not_passed_on_is_found_mended_and_downloaded(world: World, browse: Browse) -> None:
    upward_terms.set_terms(
        scope=world.system,
        contract=world.youth,
        start_date=date(2025, 1, 1),
        values={"stop_rules": "18 jaar", "own_clauses": ["Meldt incidenten"]},
    )
    browser = browse(world, Role.CONTRACT_MANAGER)
    assert world.pxq.subcontract
    below = world.pxq.subcontract
    page = reverse("municipal_contract_flowdown", args=[world.youth.pk])
    filtered = {"show": "open", "subcontract": below.pk}
    assert "Meldt incidenten" in browser.get(page, filtered).content.decode()
    for number, key in enumerate(("stop_rules", "own:Meldt incidenten"), start=1):
        typed(
            browser,
            reverse("subcontract_clause_new", args=[below.pk]),
            code=f"4.{number}",
            title="Doorgelegd",
            text="Zoals de gemeente vraagt.",
            passes_on=key,
            start_date="01-01-2026",
        )
    assert "Er is niets om te tonen." in browser.get(page, filtered).content.decode()
    response = browser.get(page, {"_export": "xlsx"})
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).active  # type: ignore[attr-defined]
    rows = [row[0] for row in sheet.iter_rows(values_only=True)]
    assert rows.count("Meldt incidenten") == 2
    assert browser.get(page, {"_export": "pdf"}).status_code == 404
    nobody = browser.get(page, {"subcontract": "999999"}).content.decode()
    assert "Er is niets om te tonen." in nobody
    become(world.system)
    clause = SubcontractClause.objects.get(code="4.1")
    typed(browser, reverse("clause_end", args=[clause.pk]), end_date="31-01-2026")
    shown = browser.get(reverse("subcontract_detail", args=[below.pk])).content.decode()
    assert "Zoals de gemeente vraagt." in shown


def test_a_subcontract_that_lacks_a_duty_says_so(world: World, browse: Browse) -> None:
    # The contract began before the duty did.
    upward_terms.set_terms(
        scope=world.system,
        contract=world.youth,
        start_date=date(2025, 7, 1),
        values={"acceptance_duty": True},
    )
    assert world.pxq.subcontract
    below = world.pxq.subcontract
    page = reverse("subcontract_detail", args=[below.pk])
    browser = browse(world, Role.CONTRACT_MANAGER)
    title = "Een plicht uit het gemeentecontract komt hier niet terug."
    assert title not in browser.get(page).content.decode()
    become(world.system)
    type(below).objects.filter(pk=below.pk).update(has_acceptance_duty=False)
    assert title in browser.get(page).content.decode()


def test_dates_are_filtered(world: World, browse: Browse) -> None:
    pages = addresses(world)
    browser = browse(world, Role.CONTROLLER)
    page = pages["contract_date_list"]
    everything = browser.get(page).content.decode()
    assert "Kwartaalrapportage" in everything
    assert "Optie aankondigen" in everything
    options = browser.get(page, {"kind": "option"}).content.decode()
    assert "Kwartaalrapportage" not in options
    other = browser.get(page, {"contract": world.wmo.pk}).content.decode()
    assert "Kwartaalrapportage" not in other
    far = browser.get(page, {"months": "36"}).content.decode()
    assert "Gemeentecontract eindigt" in far
    assert browser.get(page, {"kind": "nothing"}).status_code == 200
