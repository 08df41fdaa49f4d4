"""Own delivery and subcontractors: who is warned, where, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from billing.models import OwnTeamRow
from billing.selectors.division import watched
from billing.services.own_teams import Spent
from billing.worklist import items
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import Allocation, Subcontractor
from subcontracts.selectors.candidates import Candidate, candidates
from subcontracts.services import placements, upward_budgets, upward_terms
from tests import factories
from tests.billing.test_own_teams import handed_in
from tests.billing.visitors import visitor
from tests.conftest import become
from tests.factories import World, world

JANUARY = Month(2026, 1)


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def agree(chain: World, **values: object) -> None:
    """The youth contract has 100,000 euros in 2026, and says this."""
    become(chain.system)
    facts = upward_budgets.AdjusterFacts(
        year=2026,
        effective_date=JANUARY.first,
        kind="other",
        amount=Decimal(-1100000),
    )
    upward_budgets.adjust_budget(scope=chain.system, contract=chain.youth, facts=facts)
    upward_terms.set_terms(
        scope=chain.system, contract=chain.youth, start_date=JANUARY.first, values=values
    )


def found(chain: World, allocation: Allocation, who: Subcontractor) -> Candidate:
    scope = become(chain.at(Role.CARE_COORDINATOR))
    return next(one for one in candidates(scope, allocation) if one.subcontractor == who)


def test_whoever_places_is_warned_where_too_much_would_go_below(chain: World) -> None:
    # Four hours a week at 66 euros to the end of the year is more than ten thousand euros.
    allocation = factories.allocate(chain)
    who = chain.pxq.subcontractor
    assert not found(chain, allocation, who).notes
    agree(chain, sub_share_max_percent="20")
    assert not found(chain, allocation, who).notes
    upward_terms.set_terms(
        scope=become(chain.system),
        contract=chain.youth,
        start_date=JANUARY.first,
        values={"own_delivery_min_percent": "95"},
    )
    warned = found(chain, allocation, who)
    assert warned.notes
    assert warned.is_eligible
    assert not found(chain, allocation, chain.own_team.subcontractor).notes
    scope = become(chain.at(Role.CARE_COORDINATOR))
    placed = placements.place(scope=scope, allocation=allocation, subcontractor=who)
    assert placed.pk


def test_where_the_contract_says_so_it_is_refused(chain: World) -> None:
    allocation = factories.allocate(chain)
    agree(chain, sub_share_max_percent="5", division_effect="refuses")
    who, own = chain.pxq.subcontractor, chain.own_team.subcontractor
    assert not found(chain, allocation, who).is_eligible
    assert found(chain, allocation, own).is_eligible
    scope = become(chain.at(Role.CARE_COORDINATOR))
    with pytest.raises(RuleError) as refusal:
        placements.place(scope=scope, allocation=allocation, subcontractor=who)
    assert refusal.value.code == "CON-242"
    assert placements.place(scope=scope, allocation=allocation, subcontractor=own).pk


def test_with_room_it_is_placed_under_a_contract_that_would_refuse(chain: World) -> None:
    allocation = factories.allocate(chain)
    agree(chain, sub_share_max_percent="20", division_effect="refuses")
    scope = become(chain.at(Role.CARE_COORDINATOR))
    who = chain.pxq.subcontractor
    assert placements.place(scope=scope, allocation=allocation, subcontractor=who).pk


def titles(chain: World, role: Role) -> list[str]:
    scope = become(chain.at(role))
    name = chain.youth.name
    return [one.text for one in items(scope) if one.text.startswith(f"{name}:")]


def test_the_contract_manager_finds_it_on_the_work_list(chain: World) -> None:
    assert titles(chain, Role.CONTRACT_MANAGER) == []
    agree(chain, own_delivery_min_percent="40", subcontractor_limit=2)
    assert titles(chain, Role.CONTRACT_MANAGER) == [
        f"{chain.youth.name}: Er kan geen onderaannemer meer bij"
    ]
    become(chain.system)
    factories.place(chain, factories.allocate(chain, "treatment"), chain.pxq)
    handed_in(chain, JANUARY, [Spent(OwnTeamRow.Kind.OVERHEAD, "Huur", Decimal(4000))])
    assert len(titles(chain, Role.CONTRACT_MANAGER)) == 1
    assert titles(chain, Role.CONTROLLER) == []


def test_the_work_list_and_the_wall_say_the_same(chain: World) -> None:
    """In the year of the clock, which the pages go by."""
    become(chain.system)
    upward_terms.set_terms(
        scope=chain.system,
        contract=chain.wmo,
        start_date=JANUARY.first,
        values={"own_delivery_min_percent": "3", "subcontractor_limit": 0},
    )
    page = reverse("municipal_contract_wall", args=[chain.wmo.pk])
    shown = visitor(chain, Role.CONTRACT_MANAGER).get(page).content.decode()
    for title in (
        "Eigen levering is minder dan is afgesproken",
        "Er werken meer onderaannemers voor ons dan is afgesproken",
    ):
        assert title in shown
    scope = become(chain.at(Role.CONTRACT_MANAGER))
    [(contract, division)] = watched(scope)
    assert (contract, division.below_percent) == (chain.wmo, 98)
