"""Return messages that stay away: on whose work list, from which day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hoofdaannemer.core.scope import Role, Scope
from messaging.models import Leg, OutgoingMessage
from subcontracts import worklist
from subcontracts.models import Placement, Subcontract
from subcontracts.selectors import awaited
from tests import factories
from tests.factories import NOW, World
from tests.subcontracts.post import answered, down, up

#: Sent on Wednesday 18 March: due on Monday 23 March, shown from the working day before it.
UNSEEN, SHOWN, LATE = (NOW + timedelta(days=days) for days in (1, 2, 6))


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system, relay=Subcontract.Relay.MESSAGES)


@pytest.fixture
def placement(world: World) -> Placement:
    """Relayed by message; the start goes up the same day."""
    placement = factories.place(world, factories.allocate(world))
    factories.start(world, placement)
    return placement


def listed(scope: Scope) -> list[tuple[str, str, int]]:
    """Kind, beginning of the text and working days left of each item about an answer."""
    mine = {awaited.MISSING: "missing", awaited.TO_ANSWER: "to answer"}
    return sorted(
        (mine[item.kind], item.text[:5], (item.due - scope.today).days if item.due else 99)
        for item in worklist.items(scope)
        if item.kind in mine
    )


def test_the_main_contractor_asks_for_both(world: World, placement: Placement) -> None:
    assert listed(world.at(Role.CARE_COORDINATOR, at=UNSEEN)) == []
    shown = [("missing", "JW301", 3), ("missing", "JW305", 3)]
    assert listed(world.at(Role.CARE_COORDINATOR, at=SHOWN)) == shown
    late = [("missing", "JW301", -1), ("missing", "JW305", -1)]
    assert listed(world.at(Role.CONTRACT_MANAGER, at=LATE)) == late


def test_the_subcontractor_is_asked_for_its_own(world: World, placement: Placement) -> None:
    mine = world.at(Role.SUBCONTRACTOR_USER, world.pxq, at=LATE)
    assert listed(mine) == [("to answer", "JW301", -1)]
    assert listed(world.at(Role.SUBCONTRACTOR_USER, world.trajectory, at=LATE)) == []


@pytest.mark.parametrize("role", [Role.CONTROLLER, Role.QUALITY_OFFICER, Role.ADMINISTRATOR])
def test_nobody_else_is_asked(world: World, placement: Placement, role: Role) -> None:
    assert listed(world.at(role, at=LATE)) == []


def test_what_is_answered_leaves_the_list(world: World, placement: Placement) -> None:
    relayed = OutgoingMessage.objects.get(message_type="301", leg=Leg.DOWN)
    down(world, answered(relayed))
    up(world, answered(OutgoingMessage.objects.get(message_type="305")))
    assert listed(world.at(Role.CARE_COORDINATOR, at=LATE)) == []


def test_the_portal_relays_nothing_to_answer(system: Scope) -> None:
    world = factories.world(system)
    factories.place(world, factories.allocate(world))
    assert listed(world.at(Role.CARE_COORDINATOR, at=LATE)) == []
