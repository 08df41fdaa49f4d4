"""The pages on which contracts are set up, for each role, and the story of a contract manager."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Client_
from django.urls import reverse

from hoofdaannemer.accessmatrix.subcontracts import SETUP
from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import (
    FundingLine,
    MunicipalContract,
    Product,
    Subcontract,
    Subcontractor,
)
from subcontracts.services import contract_life
from tests import factories
from tests.conftest import become
from tests.factories import Party, World
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.setting_up import SIGNED, ready

ROLES = [role for role in Role if role not in (Role.SYSTEM, Role.NOBODY)]
PLAIN = (
    *("product_list", "product_new", "municipal_contract_new", "subcontractor_new"),
    *("own_team_new", "channel_list", "product_file", "product_file_template"),
)


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system)


def addresses(world: World) -> dict[str, str]:
    """Each address with a row at the step for which it is."""
    become(world.system)
    drafted, offered, signed = (ready(world, number) for number in ("O-1", "O-2", "O-3"))
    for one in (offered, signed):
        contract_life.offer(scope=world.system, subcontract=one)
    contract_life.sign(scope=world.system, subcontract=signed, signature=SIGNED)
    at = {
        "own_team_change": world.own_team.subcontractor.pk,
        "channel_up_choose": world.municipality.pk,
        "channel_down_choose": world.pxq.subcontractor.pk,
        "subcontract_change": drafted.pk,
        "funding_line_change": drafted.funding_lines.get().pk,
        "funding_line_remove": drafted.funding_lines.get().pk,
        "tariff_remove": drafted.tariffs.get().pk,
        "subcontract_tariff_file": drafted.pk,
        "subcontract_tariff_template": drafted.pk,
        "subcontract_offer": drafted.pk,
        "subcontract_withdraw": offered.pk,
        "subcontract_sign": offered.pk,
        "subcontract_start": signed.pk,
        "subcontract_amend": world.pxq.subcontract.pk,
        "subcontract_consent": drafted.pk,
        "subcontract_consent_withdraw": drafted.pk,
        "subcontract_text": offered.pk,
        "version_text": offered.versions.get().pk,
        "version_signed": signed.versions.get().pk,
    }
    plain = {name: reverse(name) for name in (*PLAIN, "subcontract_new")}
    line = reverse("subcontract_add_line", args=[drafted.pk, FundingLine.Form.TRAJECTORY])
    rest = {name: reverse(name, args=[pk]) for name, pk in at.items()}
    return plain | rest | {"subcontract_add_line": line}


def party_of(world: World, role: Role) -> Party | None:
    return world.pxq if role in (Role.SUBCONTRACTOR_ADMIN, Role.SUBCONTRACTOR_USER) else None


@pytest.mark.parametrize("role", ROLES)
def test_matrix(world: World, browse: Browse, role: Role) -> None:
    pages = addresses(world)
    browser = browse(world, role, party_of(world, role))
    got = {name: getattr(browser, SETUP[name][0])(pages[name]).status_code for name in SETUP}
    assert got == {name: expected.get(role, 403) for name, (_method, expected) in SETUP.items()}


def test_another_provider_finds_nothing(world: World, browse: Browse) -> None:
    pages = addresses(world)
    browser = browse(world, Role.SUBCONTRACTOR_USER, world.trajectory)
    for name in ("subcontract_text", "version_text", "version_signed"):
        assert browser.get(pages[name]).status_code == 404, name


def test_steps_are_there_at_their_time_only(world: World, browse: Browse) -> None:
    pages = addresses(world)
    browser = browse(world, Role.CONTRACT_MANAGER)
    moved = ("subcontract_change", "subcontract_offer", "funding_line_change", "tariff_remove")
    become(world.system)
    contract_life.offer(scope=world.system, subcontract=Subcontract.objects.get(number="O-1"))
    for name in moved:
        assert browser.get(pages[name]).status_code == 404, name


def typed(browser: Client_, url: str, **values: object) -> str:
    """What a form led to: where one went on to. Fails with the page where it was refused."""
    response = browser.post(url, values)
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def test_from_nothing_to_a_running_contract(world: World, browse: Browse) -> None:
    """What a contract manager types, page after page."""
    browser = browse(world, Role.CONTRACT_MANAGER)
    typed(
        browser,
        reverse("product_new"),
        family="wmo",
        category="02",
        code="02A03",
        name="Begeleiding thuis",
        unit="04",
    )
    become(world.system)
    product = Product.objects.get(code="02A03")
    typed(browser, reverse("municipal_contract_new"), **_municipal(product))
    typed(
        browser,
        reverse("subcontractor_new"),
        kvk="69599084",
        name="Zorghuis De Brink",
        kind="institution",
        agb="73731234",
        start_date="01-01-2027",
        iban="NL20 INGB 0001 2345 67",
    )
    become(world.system)
    contract = MunicipalContract.objects.get(number="EM-1")
    subcontractor = Subcontractor.objects.get(provider_organisation__kvk="69599084")
    page = typed(
        browser,
        reverse("subcontract_new"),
        subcontractor=subcontractor.pk,
        municipal_contract=contract.pk,
        number="EM-OC-1",
        start_date="01-01-2027",
        consent_on="01-12-2026",
        reply_working_days="3",
        ceiling_signal="70",
        ceiling="250.000,00",
        relay="portal",
        has_acceptance_duty="on",
    )
    pk = int(page.rstrip("/").split("/")[-1])
    typed(
        browser,
        reverse("subcontract_add_line", args=[pk, "pxq"]),
        name="Per uur",
        products=product.pk,
        start_date="01-01-2027",
    )
    # Not yet: there is no tariff.
    browser.post(reverse("subcontract_offer", args=[pk]))
    assert Subcontract.Status.DRAFT.label.encode() in browser.get(page).content
    typed(
        browser,
        reverse("subcontract_tariff", args=[pk]),
        product=product.pk,
        amount="66,00",
        start_date="01-01-2027",
    )
    typed(browser, reverse("subcontract_offer", args=[pk]))
    signed = SimpleUploadedFile("contract.pdf", SIGNED.file, "application/pdf")
    typed(
        browser,
        reverse("subcontract_sign", args=[pk]),
        for_us="M. van den Brink",
        for_them="T. Verhoef",
        file=signed,
    )
    typed(browser, reverse("subcontract_start", args=[pk]))
    become(world.system)
    made = Subcontract.objects.get(pk=pk)
    assert made.status == Subcontract.Status.ACTIVE
    assert made.ceiling_on(made.start_date) == Decimal("250000.00")
    assert made.versions.get().signed_for_us == "M. van den Brink"


def _municipal(product: Product) -> dict[str, object]:
    return {
        "rows": "1",
        "number": "EM-1",
        "name": "Wmo Emmen",
        "family": "wmo",
        "start_date": "01-01-2027",
        "end_date": "31-12-2030",
        "products": product.pk,
        "budget_form": "lump_sum_by_decisions",
        "yearly_budget": "3.200.000,00",
        "planned_decisions": "160",
        "variable_share": "60",
        "corridor": "5",
        "municipality": "0114",
        "share": "100",
        "relay_number_first": "900000000",
        "relay_number_last": "999999999",
        "subcontractor_term_days": "3",
    }


def test_municipalities_are_added_and_must_add_up(world: World, browse: Browse) -> None:
    browser = browse(world, Role.CONTRACT_MANAGER)
    product = world.products["guidance"]
    page = reverse("municipal_contract_new")
    values = _municipal(product) | {"family": "jw", "share": "60"}
    more = browser.post(page, values | {"add": ""}).content.decode()
    assert 'name="municipality_2"' in more
    assert 'value="60"' in more
    assert f'value="{product.pk}" ' in more
    two = values | {"rows": "2", "municipality_2": "0114", "share_2": "30"}
    shown = browser.post(page, two).content.decode()
    assert "100 procent" in shown
    assert "staat hier al" in shown
    right = two | {"municipality_2": "0307", "share_2": "40"}
    assert browser.post(page, right).status_code == 302
    become(world.system)
    division = MunicipalContract.objects.get(number="EM-1").divisions.get()
    assert sorted(division.shares.values_list("part__municipality__code", "percent")) == [
        ("0114", Decimal(60)),
        ("0307", Decimal(40)),
    ]


def test_an_organisation_that_is_known_keeps_its_own_details(world: World, browse: Browse) -> None:
    become(world.system)
    known = Organisation.objects.create(
        name="Al bekend", kvk="69599084", kind=Organisation.Kind.INSTITUTION
    )
    browser = browse(world, Role.CONTRACT_MANAGER)
    values = {
        "kvk": "69599084",
        "name": "Andere naam",
        "kind": "practice",
        "start_date": "01-01-2027",
    }
    assert browser.post(reverse("subcontractor_new"), values).status_code == 302
    again = browser.post(reverse("subcontractor_new"), values)
    assert "CON-28" in again.content.decode()
    become(world.system)
    known.refresh_from_db()
    assert known.name == "Al bekend"


def test_a_trajectory_settles_early_stops_as_its_contract_says(
    world: World, browse: Browse
) -> None:
    become(world.system)
    subcontract = ready(world)
    browser = browse(world, Role.CONTRACT_MANAGER)
    values = {
        "name": "Traject",
        "products": world.products["guidance"].pk,
        "start_date": "01-01-2027",
        "parameter_price": "6.000,00",
        "parameter_start_share": "60",
        "parameter_nominal_days": "180",
        "parameter_restart_days": "90",
        "effect_38": "provider",
        "effect_33": "provider",
    }
    page = reverse("funding_line_change", args=[subcontract.funding_lines.get().pk])
    assert browser.get(page).status_code == 200
    add = reverse("subcontract_add_line", args=[subcontract.pk, "trajectory"])
    twice = browser.post(add, values)
    assert "CON-03" in twice.content.decode()
    removal = reverse("funding_line_remove", args=[subcontract.funding_lines.get().pk])
    assert browser.post(removal).status_code == 302
    assert browser.post(add, values).status_code == 302
    become(world.system)
    stored = subcontract.funding_lines.get().parameters
    # What the general table says anyway is not repeated.
    assert stored["effects"] == {"38": "provider"}
    assert stored["price"] == "6000.00"


def test_the_text_is_a_pdf(world: World, browse: Browse) -> None:
    pages = addresses(world)
    browser = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    for name in ("subcontract_text", "version_text", "version_signed"):
        response = browser.get(pages[name])
        assert response["Content-Type"] == "application/pdf"
        assert BytesIO(response.content).read(5) == b"%PDF-"
    assert browser.get(pages["version_text"]).content == browser.get(pages["version_text"]).content
