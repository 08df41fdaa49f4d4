"""Moving the care of a subcontract in one action: checked, resumable, and told on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.invariants import check_all
from messaging.exchange.content import opened
from messaging.istandaard import parse
from messaging.istandaard.model.messages import AllocationMessage
from messaging.models import Leg, OutgoingMessage
from subcontracts import tasks
from subcontracts.models import (
    CareMove,
    CareMoveItem,
    Deadline,
    DeliveryStop,
    Placement,
    Subcontract,
    UpwardReport,
)
from subcontracts.rules.delivery import StopKey
from subcontracts.selectors import moving as selectors
from subcontracts.services import (
    client_stops,
    contracts,
    deliveries,
    moving,
    moving_out,
    placements,
)
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World
from tests.subcontracts.moving import (
    AFTER,
    DAY,
    carried_out,
    drafted,
    kept,
    manager,
    moved,
    next_of,
    other_party,
    outcomes,
    told_up,
)

EVE = DAY - timedelta(days=1)
OPEN = Period(date(2026, 1, 1), date(2026, 12, 31))
Status = CareMove.Status
States = CareMoveItem.Status


@pytest.fixture
def here(system: Scope) -> World:
    return factories.world(system)


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(RuleError) as caught:
        yield
    assert caught.value.code == code


def begun(here: World, count: int = 1, product: str = "guidance", **others: Any) -> list[Placement]:
    """Placements with the P*Q subcontractor under which care goes on."""
    found = []
    for _number in range(count):
        placement = factories.place(here, factories.allocate(here, product, **others))
        factories.start(here, placement)
        found.append(placement)
    return found


def fresh(placement: Placement) -> Placement:
    return Placement.objects.get(pk=placement.pk)


def test_a_placement_ends_on_the_day_before_and_begins_elsewhere(here: World) -> None:
    there = other_party(here)
    placement = begun(here)[0]
    move = moved(here, there.subcontractor)
    old, new = fresh(placement), next_of(placement)
    assert move.status == Status.FINISHED
    assert (old.end_date, old.change_reason, old.status) == (EVE, "09", "accepted")
    assert (new.start_date, new.end_date, new.volume) == (DAY, OPEN.end, placement.volume)
    assert (new.subcontract, new.status) == (there.subcontract, "offered")
    # The stop of the old one and the reply of the new one are due.
    terms = Deadline.objects.running()
    assert set(terms.filter(placement=old, kind="307").values_list("event_date", flat=True)) == {
        EVE
    }
    assert terms.filter(placement=new, kind="reply").exists()


def test_a_hundred_move_in_one_action(here: World) -> None:
    there = other_party(here)
    before = begun(here, 100)
    move = moved(here, there.subcontractor)
    assert move.status == Status.FINISHED
    assert set(outcomes(move).values()) == {("moved", "")}
    assert Placement.objects.filter(subcontract=there.subcontract).count() == 100
    assert Placement.objects.filter(subcontract=here.pxq.subcontract, end_date=EVE).count() == 100
    old = sum(fresh(one).volume or 0 for one in before)
    new = sum(next_of(one).volume or 0 for one in before)
    assert old == new == 400
    counted = CareMove.objects.visible_to(manager(here)).with_counts().get(pk=move.pk)
    assert (counted.total, counted.moved, counted.refused, counted.remaining) == (100, 100, 0, 0)  # type: ignore[attr-defined]


class Killed(BaseException):
    """A worker that is gone at once: nothing of ours runs any more."""


def test_a_crash_after_the_37th_resumes_and_nothing_moves_twice(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = other_party(here)
    begun(here, 50)
    move = drafted(here, there.subcontractor)
    moving.confirm(scope=manager(here), move=move)
    done: list[int] = []
    move_one = moving_out.move_one

    def dying(**asked: Any) -> Placement:
        if len(done) == 37:
            raise Killed
        done.append(asked["item"].pk)
        return move_one(**asked)

    monkeypatch.setattr(moving_out, "move_one", dying)
    with pytest.raises(Killed):
        carried_out(here, move)
    monkeypatch.undo()
    become(here.system)
    assert Placement.objects.filter(subcontract=there.subcontract).count() == 37
    assert CareMove.objects.get(pk=move.pk).status == Status.RUNNING
    # For a while it looks as if the worker is still there; then another takes it up.
    with pytest.raises(ConflictError):
        carried_out(here, move)
    later = NOW + timedelta(days=400)
    assert moving_out.waiting(here.system.moved_to(later)) == [move.pk]
    CareMove.objects.filter(pk=move.pk).update(seen_at=NOW - timedelta(minutes=6))
    assert carried_out(here, move).status == Status.FINISHED
    assert Placement.objects.filter(subcontract=there.subcontract).count() == 50
    assert CareMoveItem.objects.filter(status="moved").count() == 50
    with pytest.raises(ConflictError):
        carried_out(here, move)


def test_one_that_fails_on_our_side_stops_no_other_and_is_tried_again(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = other_party(here)
    bad, good = begun(here, 2)
    move = drafted(here, there.subcontractor)
    moving.confirm(scope=manager(here), move=move)
    move_one = moving_out.move_one

    def failing(**asked: Any) -> Placement:
        if asked["item"].placement_id == bad.pk:
            raise ValueError("broken")
        return move_one(**asked)

    monkeypatch.setattr(moving_out, "move_one", failing)
    for _attempt in range(moving_out.MOST_ATTEMPTS - 1):
        with pytest.raises(ExceptionGroup):
            carried_out(here, move)
        assert outcomes(move) == {bad.pk: ("waiting", ""), good.pk: ("moved", "")}
    with pytest.raises(ExceptionGroup):
        carried_out(here, move)
    assert CareMove.objects.get(pk=move.pk).status == Status.REMAINDER
    assert outcomes(move)[bad.pk] == ("refused", "")
    monkeypatch.undo()
    moving.retry(scope=manager(here), move=move)
    assert carried_out(here, move).status == Status.FINISHED


def test_a_refused_one_remains_with_its_reason_and_goes_once_it_is_mended(here: World) -> None:
    there = other_party(here, tariff=None)
    placement = begun(here)[0]
    move = moved(here, there.subcontractor)
    assert move.status == Status.REMAINDER
    assert outcomes(move) == {placement.pk: ("refused", "PLA-06")}
    assert fresh(placement).end_date == OPEN.end
    item = CareMoveItem.objects.get(move=move)
    assert item.text
    contracts.set_tariff(
        scope=become(here.system),
        subcontract=kept(there),
        product=here.products["guidance"],
        amount=factories.Decimal("70.00"),
        period=Period(date(2026, 1, 1)),
    )
    moving.retry(scope=manager(here), move=move)
    assert carried_out(here, move).status == Status.FINISHED
    assert next_of(placement).subcontract == there.subcontract
    assert fresh(placement).end_date == EVE


def test_what_remained_goes_another_way_or_is_settled(here: World) -> None:
    there, further = other_party(here, tariff=None), other_party(here, "Verderop")
    first, second = begun(here, 2)
    move = moved(here, there.subcontractor)
    item = CareMoveItem.objects.get(placement=first)
    again = moving.Again(destination=further.subcontractor, day=date(2026, 4, 15))
    moving.retry_one(scope=manager(here), item=item, again=again)
    move = carried_out(here, move)
    assert (next_of(first).subcontract, next_of(first).start_date) == (
        further.subcontract,
        date(2026, 4, 15),
    )
    assert move.status == Status.REMAINDER
    item = CareMoveItem.objects.get(placement=second)
    with refused("CON-67"):
        moving.settle(scope=manager(here), item=item, text=" ")
    moving.settle(scope=manager(here), item=item, text="De zorg stopt eind maart.")
    assert CareMove.objects.get(pk=move.pk).status == Status.FINISHED
    with pytest.raises(ConflictError):
        moving.settle(scope=manager(here), item=item, text="nog eens")


def test_exceptions_by_product_and_by_placement(here: World) -> None:
    there, team = other_party(here), here.own_team.subcontractor
    talk, cure = begun(here)[0], begun(here, product="treatment")[0]
    stays = begun(here)[0]
    move = drafted(here, there.subcontractor)
    which = moving.Which(product=here.products["treatment"])
    assert moving.choose(scope=manager(here), move=move, which=which, destination=team) == 1
    one = moving.Which(item_id=CareMoveItem.objects.get(placement=stays).pk)
    moving.choose(scope=manager(here), move=move, which=one, destination=None)
    moving.confirm(scope=manager(here), move=move)
    move = carried_out(here, move)
    assert next_of(talk).subcontract == there.subcontract
    assert (next_of(cure).subcontractor, next_of(cure).subcontract) == (team, None)
    assert outcomes(move)[stays.pk] == ("left", "")
    assert move.status == Status.REMAINDER


def test_what_begins_later_is_withdrawn_and_placed_as_a_whole(here: World) -> None:
    later = Period(date(2026, 5, 1), date(2026, 9, 30))
    placement = factories.place(here, factories.allocate(here, period=later), accepted=False)
    moved(here, other_party(here).subcontractor)
    new = next_of(placement)
    assert fresh(placement).status == "withdrawn"
    assert (new.start_date, new.end_date) == (later.start, later.end)
    # Nobody has to place it anew.
    assert not Deadline.objects.running().filter(kind="place").exists()


def test_a_total_volume_is_divided_and_adds_up(here: World) -> None:
    placement = begun(here, volume=365, frequency="6")[0]
    moved(here, other_party(here).subcontractor)
    # January, February and March stay.
    assert (fresh(placement).volume, next_of(placement).volume) == (90, 275)


def test_part_of_an_allocation_moves_and_the_rest_stays(here: World) -> None:
    there = other_party(here)
    allocation = factories.allocate(here, volume=5)
    part = factories.place(here, allocation, part=placements.Part(volume=3))
    rest = factories.place(here, allocation, there, part=placements.Part(volume=2))
    moved(here, there.subcontractor)
    assert next_of(part).volume == 3
    assert next_of(part).pk != rest.pk
    assert fresh(rest).end_date == OPEN.end


@pytest.mark.parametrize(
    ("code", "period"),
    [("CON-71", OPEN), ("CON-69", Period(OPEN.start, EVE))],
)
def test_what_cannot_leave_remains(here: World, code: str, period: Period) -> None:
    there = other_party(here)
    placement = begun(here)[0]
    move = drafted(here, there.subcontractor)
    moving.confirm(scope=manager(here), move=move)
    become(here.system)
    if code == "CON-71":
        scope = here.system.moved_to(AFTER)
        stop = StopKey(placement.start_date, DAY, "20")
        deliveries.report_stop(scope=scope, placement=placement, stop=stop)
    else:
        Placement.objects.filter(pk=placement.pk).update(end_date=period.end)
    assert outcomes(carried_out(here, move)) == {placement.pk: ("refused", code)}


# What is told


def test_nothing_goes_up_when_care_moves(here: World) -> None:
    there = other_party(here)
    placement = begun(here)[0]
    before = told_up()
    assert before == ["305"]
    moved(here, there.subcontractor)
    new = next_of(placement)
    assert told_up() == before
    scope = become(here.system.moved_to(AFTER))
    # The old one reports its stop, the new one accepts and reports its start, in either order.
    stop = StopKey(placement.start_date, EVE, "38")
    deliveries.report_stop(scope=scope, placement=placement, stop=stop)
    placements.accept(scope=scope, placement=new)
    deliveries.report_start(scope=scope, placement=new, begin=DAY)
    assert told_up() == before
    ended = StopKey(DAY, date(2026, 4, 7), "31")
    deliveries.report_stop(scope=scope, placement=new, stop=ended)
    assert told_up() == ["305", "307"]
    report = UpwardReport.objects.get(kind="stop")
    assert (report.begin_date, report.end_date, report.reason) == (
        placement.start_date,
        date(2026, 4, 7),
        "31",
    )
    assert [one.code for one in check_all() if not one.holds] == []


@pytest.mark.parametrize("way", ["declined", "withdrawn"])
def test_where_nobody_takes_it_over_the_stop_is_told_after_all(here: World, way: str) -> None:
    placement = begun(here)[0]
    moved(here, other_party(here).subcontractor)
    scope = become(here.system.moved_to(AFTER))
    stop = StopKey(placement.start_date, EVE, "38")
    deliveries.report_stop(scope=scope, placement=placement, stop=stop)
    assert told_up() == ["305"]
    act = {"declined": placements.decline, "withdrawn": placements.withdraw}[way]
    act(scope=scope, placement=next_of(placement), reason="Geen plek.")
    assert told_up() == ["305", "307"]
    assert [one.code for one in check_all() if not one.holds] == []


def test_a_contract_that_relays_by_message_gets_a_301_with_a_nearer_end(system: Scope) -> None:
    here = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    there = other_party(here, relay=Subcontract.Relay.MESSAGES)
    running = begun(here)[0]
    coming = factories.place(
        here, factories.allocate(here, period=Period(date(2026, 5, 1), date(2026, 9, 30)))
    )
    last = OutgoingMessage.objects.order_by("-pk").values_list("pk", flat=True)[0]
    moved(here, there.subcontractor)
    told = {}
    for row in OutgoingMessage.objects.filter(pk__gt=last, leg=Leg.DOWN).order_by("pk"):
        message = parse(opened(row)).message
        assert isinstance(message, AllocationMessage)
        for one in message.client.allocated_products:
            told[one.number] = (one.start_date, one.end_date, one.change_reason)
    assert told == {
        running.number: (OPEN.start, EVE, "09"),
        next_of(running).number: (DAY, OPEN.end, ""),
        coming.number: (coming.start_date, coming.start_date, "13"),
        next_of(coming).number: (coming.start_date, coming.end_date, ""),
    }


def test_where_nothing_is_relayed_the_stop_is_recorded_once_it_is_past(system: Scope) -> None:
    here = factories.world(system, relay=Subcontract.Relay.NONE)
    there = other_party(here)
    placement = factories.place(here, factories.allocate(here), accepted=False)
    factories.start(here, placement)
    moved(here, there.subcontractor, day=NOW.date())
    stop = DeliveryStop.objects.get()
    assert (stop.start.placement, stop.reason) == (placement, "38")
    assert stop.end_date == NOW.date() - timedelta(days=1)
    assert fresh(placement).status == "ended"
    assert told_up() == ["305"]


# The draft and the check


def test_who_may_and_what_a_move_needs(here: World) -> None:
    there = other_party(here)
    assert here.pxq.subcontract is not None
    with refused("CON-68"):
        drafted(here, there.subcontractor)
    become(here.system)
    begun(here)
    for code, values in (
        ("CON-66", {"day": NOW.date() - timedelta(days=1)}),
        ("CON-67", {"reason": "other"}),
    ):
        with refused(code):
            drafted(here, there.subcontractor, **values)
    with refused("CON-70"):
        drafted(here, here.pxq.subcontractor)
    for role in (Role.CARE_COORDINATOR, Role.CONTROLLER):
        with pytest.raises(NotAllowedError):
            moving.prepare(
                scope=become(here.at(role)),
                subcontract=here.pxq.subcontract,
                wish=moving.Wish(day=DAY, reason="merger"),
            )
    move = drafted(here, None)
    with refused("CON-75"):
        drafted(here, there.subcontractor)
    with refused("CON-70"):
        moving.confirm(scope=manager(here), move=move)
    moving.discard(scope=manager(here), move=move)
    with pytest.raises(ConflictError):
        moving.confirm(scope=manager(here), move=move)
    assert drafted(here, there.subcontractor).status == Status.DRAFT


def items_of(move: CareMove) -> list[CareMoveItem]:
    rows = CareMoveItem.objects.filter(move=move).order_by("pk")
    return list(rows.select_related("placement__product", "placement__allocation", "destination"))


def test_the_check_says_beforehand_what_carrying_out_does(here: World) -> None:
    there = other_party(here, tariff=None)
    team = here.own_team.subcontractor
    good, bad, stays = begun(here, 3)
    move = drafted(here, there.subcontractor)
    for placement, to in ((good, team), (stays, None)):
        one = moving.Which(item_id=CareMoveItem.objects.get(placement=placement).pk)
        moving.choose(scope=manager(here), move=move, which=one, destination=to)
    rows = Placement.objects.count()
    found = {
        item.placement_id: selectors.verdicts(manager(here), items_of(move))[item.pk]
        for item in items_of(move)
    }
    assert found[good.pk].moves
    assert found[bad.pk].reason
    assert not found[bad.pk].moves
    assert found[stays.pk].is_left
    assert Placement.objects.count() == rows
    moving.confirm(scope=manager(here), move=move)
    assert {pk: status for pk, (status, _code) in outcomes(carried_out(here, move)).items()} == {
        good.pk: "moved",
        bad.pk: "refused",
        stays.pk: "left",
    }


def test_the_check_asks_no_more_for_more_placements(here: World) -> None:
    there = other_party(here)
    begun(here, 2)

    def asked() -> int:
        move = drafted(here, there.subcontractor)
        items = items_of(move)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = selectors.verdicts(manager(here), items)
        assert all(one.moves for one in found.values())
        moving.discard(scope=manager(here), move=move)
        become(here.system)
        return len(queries)

    few = asked()
    begun(here, 20)
    assert asked() == few


def test_what_was_placed_after_the_draft_is_seen_as_staying(here: World) -> None:
    there = other_party(here)
    begun(here)
    move = drafted(here, there.subcontractor)
    become(here.system)
    new = begun(here)[0]
    moving.confirm(scope=manager(here), move=move)
    assert outcomes(carried_out(here, move))[new.pk] == ("left", "")


def test_moves_are_counted_by_contract_and_reason(here: World) -> None:
    there = other_party(here)
    begun(here, 3)
    assert here.pxq.subcontract is not None
    assert there.subcontract is not None
    moved(here, there.subcontractor, reason="merger")
    scope = manager(here)
    month = Period(date(2026, 4, 1), date(2026, 4, 30))
    assert selectors.movements(scope, month) == [
        selectors.Movements(here.pxq.subcontract.pk, "merger", left=3),
        selectors.Movements(there.subcontract.pk, "merger", came=3),
    ]
    assert selectors.movements(scope, Period(date(2026, 5, 1))) == []


def test_another_main_contractor_sees_and_moves_nothing(here: World) -> None:
    there = other_party(here)
    begun(here)
    move = drafted(here, there.subcontractor)
    become(here.system)
    elsewhere = factories.world(here.system)
    scope = manager(elsewhere)
    assert not CareMove.objects.filter(pk=move.pk).exists()
    assert not CareMoveItem.objects.visible_to(scope).exists()
    with pytest.raises(CareMove.DoesNotExist):
        moving.confirm(scope=scope, move=move)
    become(here.system)
    begun(elsewhere)
    with pytest.raises(type(there.subcontractor).DoesNotExist):
        drafted(elsewhere, there.subcontractor)


def test_a_client_stop_there_keeps_out_who_is_new_and_nobody_else(here: World) -> None:
    there = other_party(here)
    who = factories.person()
    known = factories.place(here, factories.allocate(here, who=who))
    factories.place(here, factories.allocate(here, "treatment", who=who), there)
    new = factories.place(here, factories.allocate(here))
    facts = client_stops.StopFacts(start_date=timezone.localdate(NOW), reason="vol")
    client_stops.impose(scope=manager(here), subcontract=kept(there), facts=facts)
    move = drafted(here, there.subcontractor)
    scope = manager(here)
    items = list(
        move.items.select_related(
            "placement__product", "placement__allocation", "destination", "move"
        )
    )
    checked = selectors.verdicts(scope, items)
    assert {item.placement_id: checked[item.pk].code for item in items} == {
        known.pk: "",
        new.pk: "PLA-18",
    }
    moving.confirm(scope=scope, move=move)
    done = outcomes(carried_out(here, move))
    assert done == {known.pk: ("moved", ""), new.pk: ("refused", "PLA-18")}


def test_a_move_that_fails_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []

    def failing(*, move_id: int, **_asked: Any) -> None:
        taken.append(move_id)
        if move_id == 1:
            raise RuntimeError("the disk is full")

    monkeypatch.setattr(moving_out, "waiting", lambda scope: [1, 2])
    monkeypatch.setattr(moving_out, "take_up", failing)
    with pytest.raises(ExceptionGroup):
        tasks.move_care()
    assert taken == [1, 2]
