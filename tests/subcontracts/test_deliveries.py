"""Starts and stops: what may be reported, and what goes up."""

from __future__ import annotations

from datetime import date

import pytest

from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from messaging.models import OutgoingMessage
from subcontracts.models import Deadline, Placement, UpwardReport
from subcontracts.rules.delivery import StopKey
from subcontracts.services import deliveries
from subcontracts.services.placements import Part
from tests import factories
from tests.conftest import become
from tests.factories import World, moved

MARCH = date(2026, 3, 2)


def _told(world: World) -> list[tuple[str, date, date | None, str]]:
    become(world.system)
    reports = UpwardReport.objects.filter(withdrawn_at=None).order_by("pk")
    return [(row.kind, row.begin_date, row.end_date, row.reason) for row in reports]


def test_a_start_goes_up_at_once(system: Scope) -> None:
    world = factories.world(system)
    placement = factories.place(world, factories.allocate(world))
    scope = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    deliveries.report_start(scope=scope, placement=placement, begin=MARCH)
    assert _told(world) == [("start", MARCH, None, "")]
    message = OutgoingMessage.objects.get(message_type="305")
    assert (message.sender, message.municipality) == (world.main.agb, world.municipality)
    assert not Deadline.objects.running().filter(kind=Deadline.Kind.START).exists()


def test_two_subcontractors_are_one_start_and_one_stop(system: Scope) -> None:
    world = factories.world(system)
    allocation = factories.allocate(world, "treatment", volume=4)
    first = factories.place(world, allocation, part=Part(volume=2))
    second = factories.place(world, allocation, world.trajectory, part=Part(volume=2))
    one = factories.start(world, first, MARCH)
    two = factories.start(world, second, date(2026, 3, 4))
    factories.stop(world, one, date(2026, 3, 10))
    assert _told(world) == [("start", MARCH, None, "")]
    factories.stop(world, two, date(2026, 3, 12), "32")
    assert _told(world) == [
        ("start", MARCH, None, ""),
        ("stop", MARCH, date(2026, 3, 12), "32"),
    ]
    assert OutgoingMessage.objects.filter(message_type__in=["305", "307"]).count() == 2


def test_taking_back_a_stop_takes_it_back_above(system: Scope) -> None:
    world = factories.world(system)
    placement = factories.place(world, factories.allocate(world))
    start = factories.start(world, placement, MARCH)
    factories.stop(world, start, date(2026, 3, 10))
    placement.refresh_from_db()
    assert placement.status == Placement.Status.ENDED
    deliveries.withdraw_stop(
        scope=moved(world.system),
        placement=placement,
        stop=StopKey(MARCH, date(2026, 3, 10), "31"),
    )
    assert _told(world) == [("start", MARCH, None, "")]
    placement.refresh_from_db()
    assert placement.status == Placement.Status.ACCEPTED
    deliveries.withdraw_start(scope=moved(world.system), placement=placement, begin=MARCH)
    assert _told(world) == []


def test_over_where_the_last_stretch_of_care_is(system: Scope) -> None:
    world = factories.world(system)
    placement = factories.place(world, factories.allocate(world))

    def status() -> str:
        placement.refresh_from_db()
        return placement.status

    late, later = date(2026, 3, 9), date(2026, 3, 12)
    factories.stop(world, factories.start(world, placement, late), date(2026, 3, 10))
    assert status() == Placement.Status.ENDED
    # An earlier stretch that is reported afterwards changes nothing of that once it ended.
    earlier = factories.start(world, placement, MARCH)
    factories.stop(world, earlier, date(2026, 3, 4), "20")
    assert status() == Placement.Status.ENDED
    factories.start(world, placement, later)
    assert status() == Placement.Status.ACCEPTED
    deliveries.withdraw_start(scope=moved(world.system), placement=placement, begin=later)
    assert status() == Placement.Status.ENDED


def _start(world: World, placement: Placement, begin: date) -> None:
    deliveries.report_start(scope=moved(world.system), placement=placement, begin=begin)


def _stop(world: World, placement: Placement, begin: date, end: date, reason: str) -> None:
    deliveries.report_stop(
        scope=moved(world.system), placement=placement, stop=StopKey(begin, end, reason)
    )


def _twice(world: World, placement: Placement) -> None:
    _start(world, placement, MARCH)


def _second(world: World, placement: Placement) -> None:
    _start(world, placement, date(2026, 3, 3))


def _without_start(world: World, placement: Placement) -> None:
    _stop(world, placement, date(2026, 3, 3), date(2026, 3, 5), "31")


def _pause_twice(world: World, placement: Placement) -> None:
    _stop(world, placement, MARCH, date(2026, 3, 5), "20")
    _stop(world, placement, MARCH, date(2026, 3, 6), "20")


def _earlier(world: World, placement: Placement) -> None:
    _stop(world, placement, MARCH, date(2026, 3, 5), "20")
    _stop(world, placement, MARCH, date(2026, 3, 4), "31")


def _after_final(world: World, placement: Placement) -> None:
    _stop(world, placement, MARCH, date(2026, 3, 5), "31")
    _stop(world, placement, MARCH, date(2026, 3, 6), "32")


def _delete_stopped(world: World, placement: Placement) -> None:
    _stop(world, placement, MARCH, date(2026, 3, 5), "20")
    deliveries.withdraw_start(scope=moved(world.system), placement=placement, begin=MARCH)


def _delete_unknown(world: World, placement: Placement) -> None:
    deliveries.withdraw_start(
        scope=moved(world.system), placement=placement, begin=date(2026, 3, 3)
    )


def _outside(world: World, placement: Placement) -> None:
    _start(world, placement, date(2025, 12, 31))


def _to_come(world: World, placement: Placement) -> None:
    _stop(world, placement, MARCH, date(2026, 3, 19), "31")


def _before_start(world: World, placement: Placement) -> None:
    _stop(world, placement, MARCH, date(2026, 3, 1), "31")


@pytest.mark.parametrize(
    ("code", "act"),
    [
        ("TR074", _twice),
        ("TR326", _second),
        ("TR382", _without_start),
        ("TR413", _pause_twice),
        ("TR414", _earlier),
        ("TR415", _after_final),
        ("TR071", _delete_stopped),
        ("TR063", _delete_unknown),
        ("LEV-02", _outside),
        ("LEV-03", _to_come),
        ("LEV-04", _before_start),
    ],
)
def test_refusals(system: Scope, code: str, act: object) -> None:
    world = factories.world(system)
    placement = factories.place(world, factories.allocate(world))
    _start(world, placement, MARCH)
    with pytest.raises(RuleError) as refusal:
        act(world, placement)  # type: ignore[operator]
    assert refusal.value.code == code


def test_not_before_acceptance_and_not_by_staff(system: Scope) -> None:
    world = factories.world(system)
    placement = factories.place(world, factories.allocate(world), accepted=False)
    with pytest.raises(RuleError, match="LEV-01"):
        _start(world, placement, MARCH)
    with pytest.raises(NotAllowedError):
        deliveries.report_start(
            scope=world.at(Role.CARE_COORDINATOR), placement=placement, begin=MARCH
        )
