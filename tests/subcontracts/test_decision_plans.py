"""How the budget of a municipal contract follows the decisions, from year to year."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.core.errors import NotAllowedError
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import DecisionPlan, MunicipalContract
from subcontracts.selectors.upward_budgets import plan_of
from subcontracts.services import upward_budgets
from subcontracts.services.upward_budgets import Plan
from tests.conftest import become
from tests.factories import World, moved
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.upward import ending, refused


@pytest.fixture
def world(system: Scope) -> World:
    """The youth contract, from 2025 up to and including 2027, follows the decisions."""
    made = ending(system)
    MunicipalContract.objects.filter(pk=made.youth.pk).update(
        budget_form=MunicipalContract.BudgetForm.LUMP_SUM_BY_DECISIONS
    )
    made.youth.refresh_from_db()
    return made


def plan(world: World, first_year: int, planned: int, variable: str = "60") -> DecisionPlan:
    return upward_budgets.plan_decisions(
        scope=moved(world.system),
        contract=world.youth,
        first_year=first_year,
        plan=Plan(planned_decisions=planned, variable_share=D(variable), corridor=D(5)),
    )


def planned(world: World, *years: int) -> list[int | None]:
    found = [plan_of(world.youth, year) for year in years]
    return [one.planned_decisions if one else None for one in found]


def test_a_year_has_its_own_plan_and_earlier_years_keep_theirs(world: World) -> None:
    assert planned(world, 2026) == [None]
    plan(world, 2025, 200)
    plan(world, 2027, 240)
    plan(world, 2026, 220)
    assert planned(world, 2024, 2025, 2026, 2027, 2030) == [200, 200, 220, 240, 240]


def test_of_two_for_one_year_the_last_recorded_holds_and_both_stay(world: World) -> None:
    plan(world, 2026, 200)
    plan(world, 2026, 210)
    assert planned(world, 2025, 2026) == [210, 210]
    assert [row.planned_decisions for row in world.youth.decision_plans.all()] == [200, 210]


def test_refused(world: World) -> None:
    with refused("CON-46"):
        plan(world, 2028, 200)
    with refused("CON-210"):
        plan(world, 2026, 0)
    with refused("CON-210"):
        plan(world, 2026, 200, "100.01")
    plan(world, 2025, 200)
    with refused("CON-212"):
        plan(world, 2026, 200)
    with refused("CON-211"):
        upward_budgets.plan_decisions(
            scope=moved(world.system),
            contract=world.wmo,
            first_year=2026,
            plan=Plan(planned_decisions=200),
        )
    assert world.youth.decision_plans.count() == 1


def test_a_contract_manager_plans_and_who_reads_no_money_sees_none(world: World) -> None:
    with pytest.raises(NotAllowedError):
        upward_budgets.plan_decisions(
            scope=world.at(Role.CONTROLLER),
            contract=world.youth,
            first_year=2026,
            plan=Plan(planned_decisions=200),
        )
    plan(world, 2026, 200)
    seen = {
        role: DecisionPlan.objects.visible_to(world.at(role)).count()
        for role in (Role.CONTRACT_MANAGER, Role.CONTROLLER, Role.QUALITY_OFFICER)
    }
    assert list(seen.values()) == [1, 1, 0]


def test_on_the_page_what_changes_is_shown_before_it_is_kept(world: World, browse: Browse) -> None:
    browser = browse(world, Role.CONTRACT_MANAGER)
    become(world.system)
    year = timezone.localdate().year
    plan(world, year, 200)
    page = reverse("municipal_contract_budget_plan", args=[world.youth.pk])
    assert 'value="200"' in browser.get(page).content.decode()
    filled = {
        "first_year": str(year + 1),
        "planned_decisions": "240",
        "variable_share": "50,00",
        "corridor": "5",
        "source": "Kaderbrief 2",
    }
    looked = browser.post(page, filled)
    text = looked.content.decode()
    assert "240 beschikkingen" in text
    assert "200 beschikkingen" in text
    assert browser.post(page, filled | {"seen": looked.context["seen"]}).status_code == 302
    become(world.system)
    assert planned(world, year, year + 1) == [200, 240]
    budget = reverse("municipal_contract_budget", args=[world.youth.pk])
    assert "Kaderbrief 2" in browser.get(budget).content.decode()
    reader = browse(world, Role.CONTROLLER)
    assert "Kaderbrief 2" in reader.get(budget).content.decode()
    assert page not in reader.get(budget).content.decode()
    assert reader.get(page).status_code == 403
