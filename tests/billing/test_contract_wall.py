"""Both contracts side by side: what comes in, what goes out, and what is left."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.selectors.contract_wall import percent_of, wall_of
from billing.services import months
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.services import upward_budgets, upward_terms
from tests.billing.build import declare, placement, priced
from tests.billing.visitors import visitor
from tests.conftest import become
from tests.factories import World, world

JANUARY = Month(2026, 1)


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def test_what_goes_out_adds_up_beside_what_comes_in(chain: World) -> None:
    upward_budgets.adjust_budget(
        scope=chain.system,
        contract=chain.youth,
        facts=upward_budgets.AdjusterFacts(
            year=2026,
            effective_date=JANUARY.first,
            kind="index",
            amount=Decimal("60000.00"),
        ),
    )
    upward_terms.set_terms(
        scope=chain.system,
        contract=chain.youth,
        start_date=JANUARY.first,
        values={"sub_share_max_percent": "60", "own_delivery_min_percent": "40"},
    )
    declare(chain, priced(placement(chain, end=date(2026, 1, 31)), 10, JANUARY), month=JANUARY)
    months.run_month(scope=chain.system, main_contractor_id=chain.main.pk, month=JANUARY)
    scope = become(chain.at(Role.CONTROLLER))
    wall = wall_of(scope, chain.youth, 2026)
    assert wall.budget.total == wall.comes_in == Decimal("1260000.00")
    # Ten hours at 66 euros; the care ended, so that nothing more is to come.
    [declared] = [one for one in wall.below if one.subcontract == chain.pxq.subcontract]
    assert declared.by_form == {"pxq": Decimal("660.00")}
    assert declared.so_far == declared.expected == Decimal("660.00")
    assert wall.so_far == sum(one.so_far for one in wall.below) == sum(wall.by_form().values())
    assert wall.left == wall.comes_in - wall.expected
    assert (wall.most_below, wall.least_own) == (Decimal(60), Decimal(40))
    # The Wmo contract has the FTE line, and nothing of it stands here.
    assert chain.fte.subcontract not in [one.subcontract for one in wall.below]
    below = wall_of(scope, chain.wmo, 2026)
    assert below.expected == Decimal("1176000.00")
    assert below.below_percent == 98


def test_it_says_so_where_more_goes_below_than_was_agreed(chain: World) -> None:
    page = reverse("municipal_contract_wall", args=[chain.wmo.pk])
    title = "Er gaat meer naar onderaannemers dan is afgesproken"
    assert title not in visitor(chain, Role.CONTROLLER).get(page).content.decode()
    become(chain.system)
    upward_terms.set_terms(
        scope=chain.system,
        contract=chain.wmo,
        start_date=JANUARY.first,
        values={"sub_share_max_percent": "90"},
    )
    # Of 1,200,000 euros 1,176,000 is for the FTE line.
    assert title in visitor(chain, Role.CONTROLLER).get(page).content.decode()


def test_of_nothing_there_is_no_share() -> None:
    assert percent_of(Decimal(5), Decimal(0)) is None
    assert percent_of(Decimal(5), None) is None
    assert percent_of(Decimal("199.99"), Decimal(200)) == 99


def test_it_is_for_who_reads_money(chain: World) -> None:
    page = reverse("municipal_contract_wall", args=[chain.youth.pk])
    year = timezone.localdate().year
    for role in (Role.CONTRACT_MANAGER, Role.CONTROLLER):
        shown = visitor(chain, role).get(page).content.decode()
        assert f"in {year}" in shown
        assert "Zorg in Beeld" in shown
        assert "Naast elkaar" in shown
    assert visitor(chain, Role.QUALITY_OFFICER).get(page).status_code == 403


def test_it_takes_a_fixed_number_of_questions(
    chain: World, django_assert_max_num_queries: object
) -> None:
    page = reverse("municipal_contract_wall", args=[chain.youth.pk])
    browser = visitor(chain, Role.CONTROLLER)
    with django_assert_max_num_queries(45):  # type: ignore[operator]
        browser.get(page)
