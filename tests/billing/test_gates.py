"""What is gone of a ceiling, and what is committed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing.gates import spent, turnover
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.selectors.candidates import candidates
from tests import factories
from tests.billing.build import credit, declare, placement, priced
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
    contract.ceiling = Decimal("100000.00")
    contract.save(update_fields=["ceiling"])
    factories.place(world, factories.allocate(world), world.pxq)
    waiting = factories.allocate(world)
    rooms = []
    for role in (Role.CARE_COORDINATOR, Role.CONTRACT_MANAGER):
        scope = become(world.at(role))
        found = candidates(scope, waiting)
        rooms.append({one.subcontractor.pk: one.room for one in found})
    assert rooms[0] == rooms[1]
    room = rooms[0][world.pxq.subcontractor.pk]
    assert room is not None
    assert room < Decimal("100000.00")


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
