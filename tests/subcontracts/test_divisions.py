"""Municipalities and their shares of a contract, from day to day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest
from django.urls import reverse

from billing.selectors.upward_year import figures_of
from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.errors import NotAllowedError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.invariants.care import PROMISES
from subcontracts.models import (
    ContractMunicipality,
    MunicipalContract,
    MunicipalDivision,
    Product,
)
from subcontracts.rules.divisions import Step, averaged
from subcontracts.selectors.contracts import contracted_municipalities
from subcontracts.selectors.contracttext import text_of
from subcontracts.selectors.divisions import shares_on, shares_over, steps_of
from subcontracts.selectors.upward_budgets import shared
from subcontracts.services import divisions, requests
from subcontracts.services.allocation_checks import contract_for, known_of
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World, moved
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.test_requests import asked, draft
from tests.subcontracts.test_requests import made as requested
from tests.subcontracts.upward import refused

FIRST, JULY = date(2025, 1, 1), date(2026, 7, 1)
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def world(system: Scope) -> World:
    """Amersfoort has 60 percent of the youth contract and Soest 40, from 2025 on."""
    return factories.world(system)


def divide(world: World, day: date = JULY, **shares: str) -> MunicipalDivision:
    """By name; a municipality that does not exist yet is made."""
    towns = {
        Municipality.objects.filter(name=name).first()
        or factories.municipality(f"77{len(name):02d}", name): D(share)
        for name, share in shares.items()
    }
    return divisions.divide(
        scope=moved(world.system), contract=world.youth, start_date=day, shares=towns
    )


def named(world: World, day: date) -> dict[str, D]:
    return {part.municipality.name: share for part, share in shares_on(world.youth, day)}


def test_shares_change_from_a_day_on_and_nothing_of_before_is_lost(world: World) -> None:
    divide(world, Amersfoort="50", Soest="30", Baarn="20")
    assert named(world, date(2026, 6, 30)) == {"Amersfoort": D(60), "Soest": D(40)}
    assert named(world, JULY) == {"Amersfoort": D(50), "Soest": D(30), "Baarn": D(20)}
    divide(world, date(2027, 1, 1), Amersfoort="75", Baarn="25")
    # A division in between holds until the later one that was recorded before it.
    divide(world, date(2026, 10, 1), Amersfoort="100")
    assert named(world, date(2026, 12, 31)) == {"Amersfoort": D(100)}
    assert named(world, date(2027, 1, 1)) == {"Amersfoort": D(75), "Baarn": D(25)}
    assert world.youth.divisions.count() == 4


def test_who_comes_back_is_the_same_municipality_of_the_contract(world: World) -> None:
    divide(world, Amersfoort="100")
    divide(world, date(2027, 1, 1), Amersfoort="60", Soest="40")
    assert world.youth.municipalities.count() == 2
    [soest] = world.youth.municipalities.filter(municipality__name="Soest")
    rows = ContractMunicipality.objects.filter(contract=world.youth)
    taking = [
        rows.taking_part_on(day).filter(pk=soest.pk).exists()
        for day in (FIRST, date(2026, 6, 30), JULY, date(2026, 12, 31), date(2027, 1, 1))
    ]
    assert taking == [True, True, False, False, True]
    # Before its first day a contract is with whom it begins.
    assert rows.taking_part_on(date(2024, 5, 1)).count() == 2


def test_of_two_for_one_day_the_last_recorded_holds(world: World) -> None:
    divide(world, Amersfoort="50", Soest="50")
    divide(world, Amersfoort="55", Soest="45")
    assert named(world, JULY) == {"Amersfoort": D(55), "Soest": D(45)}
    assert steps_of(world.youth)[-1].start == JULY


@pytest.mark.parametrize(
    ("code", "day", "shares"),
    [
        ("CON-01", JULY, {"Amersfoort": "60", "Soest": "39.9999"}),
        ("CON-01", JULY, {"Amersfoort": "110", "Soest": "-10"}),
        ("CON-42", date(2024, 12, 31), {"Amersfoort": "100"}),
        ("CON-200", JULY, {"Soest": "40", "Amersfoort": "60"}),
    ],
)
def test_refused(world: World, code: str, day: date, shares: dict[str, str]) -> None:
    with refused(code):
        divide(world, day, **shares)
    assert world.youth.divisions.count() == 1


def test_only_a_contract_manager_divides(world: World) -> None:
    for role in (Role.CONTROLLER, Role.QUALITY_OFFICER, Role.CARE_COORDINATOR):
        with pytest.raises(NotAllowedError):
            divisions.divide(scope=world.at(role), contract=world.youth, start_date=JULY, shares={})


def test_a_budget_is_shared_by_the_days_of_each_division(world: World) -> None:
    divide(world, Amersfoort="100")
    # 181 of the 365 days at 40 percent, the other 184 at none.
    total = D("365000.00")
    assert [(name, amount) for name, _share, amount in shared(world.youth, 2026, total)] == [
        ("Amersfoort", D("292600.00")),
        ("Soest", D("72400.00")),
    ]
    assert shared(world.youth, 2025, total)[1] == ("Soest", D(40), D("146000.00"))
    assert shared(world.youth, 2027, total) == [("Amersfoort", D(100), total)]


def test_the_settlement_of_a_year_uses_the_shares_of_its_days(world: World) -> None:
    divide(world, date(2027, 1, 1), Amersfoort="30", Soest="70")
    of = {
        year: {one.code: one.percent for one in figures_of(world.system, world.youth, year).shares}
        for year in (2026, 2027)
    }
    assert of == {
        2026: {"0307": D(60), "0342": D(40)},
        2027: {"0307": D(30), "0342": D(70)},
    }


def test_a_period_in_which_nothing_changes_gives_the_share_digit_for_digit() -> None:
    thirds = {1: D("33.3333"), 2: D("66.6667")}
    steps = [Step(FIRST, thirds), Step(JULY, thirds)]
    assert averaged(steps, YEAR) == thirds
    assert averaged(steps, Period(date(2020, 1, 1), date(2020, 1, 1))) == thirds


def test_a_part_of_the_year_counts_the_part_only(world: World) -> None:
    divide(world, Amersfoort="100")
    half = Period(date(2026, 1, 1), date(2026, 6, 30))
    assert [share for _part, share in shares_over(world.youth, half)] == [D(60), D(40)]


def test_care_is_asked_of_who_takes_part_on_its_first_day(world: World) -> None:
    divide(world, date(2026, 5, 1), Soest="100")
    requested(world, draft(world, asked(world)))
    with refused("VOT-01"):
        late = factories.Period(date(2026, 5, 1), date(2026, 9, 30))
        requested(world, draft(world, asked(world, period=late)))
    assert (
        requests.is_covered(
            world.system, world.main.pk, world.municipality, world.products["guidance"], JULY
        )
        is False
    )


def test_an_allocation_falls_under_the_contract_in_which_the_municipality_takes_part(
    world: World,
) -> None:
    newest = factories.municipal_contract(
        moved(world.system), world.main, "jw", {world.municipality: D(100)}, guidance(world)
    )
    given = factories.allocated(world.products["guidance"])
    message = factories.allocation_message(world, factories.person(), given)
    [product] = message.client.allocated_products

    def found() -> MunicipalContract | None:
        return contract_for(known_of(world.main.pk, world.municipality, message), product)

    assert found() == newest
    divisions.divide(
        scope=moved(world.system),
        contract=newest,
        start_date=product.start_date,
        shares={world.other_municipality: D(100)},
    )
    assert found() == world.youth
    # Who takes part in none any more still has its allocations: they may go back.
    divide(world, product.start_date, Soest="100")
    assert found() == newest


def guidance(world: World) -> list[Product]:
    return [world.products["guidance"]]


def test_who_has_left_is_no_choice_any_more_and_who_will_come_is_one(world: World) -> None:
    divide(world, NOW.date(), Amersfoort="100")
    divide(world, date(2027, 1, 1), Amersfoort="50", Baarn="50")
    # The contract for adults is with Amersfoort alone.
    names = contracted_municipalities(moved(world.system)).values_list("name", flat=True)
    assert sorted(names) == ["Amersfoort", "Baarn"]


def test_the_text_of_a_subcontract_names_who_takes_part_from_which_day(world: World) -> None:
    before = text_of(world.pxq.subcontract)
    divide(world, Amersfoort="55", Soest="45")
    assert text_of(world.pxq.subcontract) == before
    divide(world, date(2026, 10, 1), Amersfoort="100")
    facts = [fact for section in text_of(world.pxq.subcontract).sections for fact in section.facts]
    towns = [value for label, value in facts if "emeenten" in label or "unicipalities" in label]
    assert towns == ["Amersfoort, Soest", "Amersfoort"]


def test_the_promise_of_a_hundred_percent_holds_every_day(world: World) -> None:
    divide(world, Amersfoort="100")
    [promise] = [one for one in PROMISES if one.code == "CARE-11"]
    assert not list(promise.broken_by())


def test_on_the_page_what_changes_is_shown_before_it_is_kept(world: World, browse: Browse) -> None:
    browser = browse(world, Role.CONTRACT_MANAGER)
    page = reverse("municipal_contract_divide", args=[world.youth.pk])
    first = browser.get(page).content.decode()
    assert 'value="0307" selected' in first
    assert 'value="0342" selected' in first
    filled = {
        "rows": "2",
        "start_date": "01-01-2027",
        "source": "Addendum 3",
        "municipality": "0307",
        "share": "70",
        "municipality_2": "0308",
        "share_2": "30",
    }
    short = browser.post(page, filled | {"share_2": "20"}).content.decode()
    assert "100 procent" in short
    looked = browser.post(page, filled)
    text = looked.content.decode()
    assert "Amersfoort: 70 % in plaats van 60 %" in text
    assert "Soest doet niet meer mee" in text
    become(world.system)
    assert world.youth.divisions.count() == 1
    seen = looked.context["seen"]
    # What was changed after looking is looked at again.
    other = browser.post(page, filled | {"seen": seen, "share": "60", "share_2": "40"})
    assert other.status_code == 200
    assert browser.post(page, filled | {"seen": seen}).status_code == 302
    become(world.system)
    assert named(world, date(2027, 1, 1)) == {"Amersfoort": D(70), "Baarn": D(30)}
    shown = browser.get(
        reverse("municipal_contract_duration", args=[world.youth.pk])
    ).content.decode()
    assert "Addendum 3" in shown
    assert browse(world, Role.CONTROLLER).get(page).status_code == 403
