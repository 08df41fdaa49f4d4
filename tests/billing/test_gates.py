"""What is gone of a ceiling, and what is committed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing.gates import spent, turnover
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts import gates
from subcontracts.selectors.candidates import candidates
from tests import factories
from tests.billing.build import (
    FEBRUARY,
    JANUARY,
    MARCH,
    credit,
    declare,
    line,
    placement,
    priced,
)
from tests.conftest import become

DAY = factories.NOW.date()


def test_running_care_is_committed_to_the_end_of_the_year(system: Scope) -> None:
    world = factories.world(system)
    contract = world.pxq.subcontract
    assert contract
    assert spent([contract.pk], 2026, DAY).get(contract.pk, Decimal(0)) == 0
    factories.place(world, factories.allocate(world), world.pxq)
    assert spent([contract.pk], 2026, DAY)[contract.pk] > 0


def test_a_lump_sum_is_committed_for_all_its_months(system: Scope) -> None:
    world = factories.world(system)
    contract = world.fte.subcontract
    assert contract
    # 12.0 FTE at 98,000 a year, nothing recorded yet.
    assert spent([contract.pk], 2026, DAY)[contract.pk] == Decimal("1176000.00")


def test_a_care_coordinator_sees_the_same_room_as_a_contract_manager(system: Scope) -> None:
    world = factories.world(system)
    contract = world.pxq.subcontract
    assert contract
    factories.agree_ceiling(contract, Decimal("100000.00"))
    waiting = factories.allocate(world)
    # 12 hours a month at 66 euros the whole year, of which 10 hours were declared for January.
    declare(world, priced(placement(world, client=waiting.client), 10))
    rooms = []
    for role in (Role.CARE_COORDINATOR, Role.CONTRACT_MANAGER):
        scope = become(world.at(role))
        found = candidates(scope, waiting)
        rooms.append({one.subcontractor.pk: one.room for one in found})
    assert rooms[0] == rooms[1]
    # From February on 334 days of the year are committed, a month being 30.4375 days.
    declared, committed = Decimal("660.00"), Decimal("8690.86")
    assert rooms[0][world.pxq.subcontractor.pk] == Decimal("100000.00") - declared - committed


def test_what_was_declared_of_an_allocation_is_in_its_unit_and_without_credits(
    system: Scope,
) -> None:
    world = factories.world(system)
    placed, other = placement(world), placement(world)
    kept, taken_back = priced(placed, 5), priced(placed, 2, FEBRUARY)
    # 50 minutes at 66 euros an hour; and more hours than were allocated, which are refused.
    minutes = line(placed, MARCH, volume=50, unit="01", tariff=110, amount=5500)
    refused = priced(placed, 13, JANUARY)
    declare(world, kept, refused, priced(other, 4))
    declare(world, taken_back, month=FEBRUARY)
    declare(world, credit(taken_back), minutes, month=MARCH)
    assert gates.declared(placed.allocation) == gates.Declared(
        declared_volume=Decimal("18.83"),
        declared_amount=Decimal("1243.00"),
        approved_volume=Decimal("5.83"),
        approved_amount=Decimal("385.00"),
    )


def test_turnover_is_what_was_approved_and_not_credited(system: Scope) -> None:
    world = factories.world(system)
    first, second = placement(world), placement(world)
    kept, taken_back = priced(first, 10), priced(second, 4)
    declare(world, kept, taken_back)
    assert world.pxq.subcontract
    key = (world.pxq.subcontract.pk, world.products["guidance"].pk)
    year = Period(date(2025, 7, 1), date(2026, 6, 30))
    assert turnover(world.main.pk, year) == {key: Decimal("924.00")}
    declare(world, credit(taken_back))
    assert turnover(world.main.pk, year) == {key: Decimal("660.00")}
    assert turnover(world.main.pk, Period(date(2026, 2, 1), date(2026, 6, 30))) == {}


def test_every_question_of_the_contracts_has_an_answer() -> None:
    """A registry that nobody fills answers with nothing, and no test of its own would tell."""
    registries = {name: kept for name, kept in vars(gates).items() if isinstance(kept, dict)}
    asked = {name for name in registries if name.startswith("_") and name != "__builtins__"}
    assert len(asked) > 8
    assert {name for name in asked if not registries[name]} == set()
