"""Messages in and out with real XML, through the in-tray."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from hoofdaannemer.core.scope import Scope
from messaging.exchange import dispatcher, rules
from messaging.exchange.content import opened
from messaging.exchange.services import intake, returns
from messaging.istandaard import Finding, Message, answer, builders, parse
from messaging.istandaard.model.delivery import StartProduct, StopProduct
from messaging.istandaard.model.values import Product as MessageProduct
from messaging.models import IncomingMessage, Leg, OutgoingMessage
from subcontracts import gates
from subcontracts.models import (
    Allocation,
    AllocationVersion,
    Client,
    Deadline,
    DeliveryStart,
    Placement,
    Subcontract,
    UpwardReport,
)
from subcontracts.services import contracts
from tests import factories
from tests.factories import NOW, World, moved
from tests.subcontracts.post import codes, down, envelope, up

MARCH = date(2026, 3, 2)


FIRST = "/Bericht/Client/ToegewezenProducten/ToegewezenProduct[1]"


def test_a_301_makes_client_allocation_and_term(system: Scope) -> None:
    world = factories.world(system)
    one = factories.allocated(world.products["guidance"], number=123456)
    row = up(world, factories.allocation_message(world, factories.person("Kanarie"), one))
    assert codes(row) == []
    allocation = Allocation.objects.get(number=123456)
    assert allocation.client.surname == "Kanarie"
    assert allocation.client.address == "Dorpsstraat\n12\n3811AA\nAmersfoort"
    assert allocation.versions.get().message == row
    assert Deadline.objects.running().get().kind == Deadline.Kind.PLACE
    assert OutgoingMessage.objects.get().message_type == "302"


def test_a_resend_in_a_new_message_changes_nothing(system: Scope) -> None:
    world = factories.world(system)
    who = factories.person()
    one = factories.allocated(world.products["guidance"])
    up(world, factories.allocation_message(world, who, one))
    assert codes(up(world, factories.allocation_message(world, who, one))) == []
    assert AllocationVersion.objects.count() == 1
    assert Client.objects.count() == 1


def test_a_nearer_end_cuts_placements_short_and_is_relayed(system: Scope) -> None:
    world = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    who = factories.person()
    allocation = factories.allocate(world, who=who)
    placement = factories.place(world, allocation)
    later = NOW + timedelta(hours=1)
    shorter = factories.allocated(
        world.products["guidance"],
        number=allocation.number,
        period=factories.Period(date(2026, 1, 1), date(2026, 4, 30)),
        decided=later,
        change_reason="05",
    )
    assert codes(up(world, factories.allocation_message(world, who, shorter), later)) == []
    placement.refresh_from_db()
    assert placement.end_date == date(2026, 4, 30)
    relayed = OutgoingMessage.objects.filter(message_type="301").order_by("pk")
    assert relayed.count() == 2
    message = parse(opened(relayed[1])).message
    assert message is not None
    product = message.client.allocated_products[0]  # type: ignore[attr-defined]
    assert (product.number, product.change_reason) == (placement.number, "05")
    stop = Deadline.objects.running().get(kind=Deadline.Kind.STOP, leg=Leg.UP)
    assert stop.event_date == date(2026, 4, 30)


def test_a_deleted_allocation_takes_its_placements_along(system: Scope) -> None:
    world = factories.world(system)
    who = factories.person()
    allocation = factories.allocate(world, who=who)
    placement = factories.place(world, allocation)
    later = NOW + timedelta(hours=1)
    gone = factories.allocated(
        world.products["guidance"],
        number=allocation.number,
        period=factories.Period(date(2026, 1, 1), date(2026, 1, 1)),
        decided=later,
        change_reason="13",
    )
    assert codes(up(world, factories.allocation_message(world, who, gone), later)) == []
    placement.refresh_from_db()
    assert placement.status == Placement.Status.WITHDRAWN
    assert not Deadline.objects.running().exists()


def test_deletion_is_refused_while_lines_rest_on_it(
    system: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = factories.world(system)
    who = factories.person()
    allocation = factories.allocate(world, who=who)
    monkeypatch.setattr(gates, "_delete_gates", {"test": lambda row: True})
    later = NOW + timedelta(hours=1)
    gone = factories.allocated(
        world.products["guidance"],
        number=allocation.number,
        period=factories.Period(date(2026, 1, 1), date(2026, 1, 1)),
        decided=later,
        change_reason="13",
    )
    row = up(world, factories.allocation_message(world, who, gone), later)
    assert codes(row) == [("TR385", "9385", FIRST)]
    allocation.refresh_from_db()
    assert not allocation.is_deleted


def test_a_number_of_another_client_is_refused(system: Scope) -> None:
    world = factories.world(system)
    allocation = factories.allocate(world)
    again = factories.allocated(world.products["guidance"], number=allocation.number)
    row = up(world, factories.allocation_message(world, factories.person("Mus"), again))
    assert codes(row) == [("TR332", "9332", FIRST)]
    assert Client.objects.count() == 1


def test_a_product_outside_the_contract_is_refused(system: Scope) -> None:
    world = factories.world(system)
    other = contracts.create_product(
        scope=world.system,
        main_contractor_id=world.main.pk,
        family="jw",
        category="45",
        code="45B99",
        name="Niet afgesproken",
        unit="04",
    )
    one = factories.allocated(other)
    row = up(world, factories.allocation_message(world, factories.person(), one))
    assert codes(row) == [("TR381", "S329", FIRST)]


def test_an_unknown_reference_is_refused(system: Scope) -> None:
    world = factories.world(system)
    one = factories.allocated(world.products["guidance"], provider_reference="ONBEKEND")
    row = up(world, factories.allocation_message(world, factories.person(), one))
    assert codes(row) == [("TR379", "9379", FIRST)]


# From subcontractors' software


def _start(
    world: World, who: builders.Person, placement: Placement, *records: tuple[date, str]
) -> Message:
    return builders.start(
        envelope(world),
        who,
        [
            StartProduct(
                allocation_number=placement.number,
                product=_product(placement),
                allocation_start_date=placement.start_date,
                begin_date=begin,
                delivery_status=status,
            )
            for begin, status in records
        ],
    )


def _stop(
    world: World, who: builders.Person, placement: Placement, end: date, reason: str = "31"
) -> Message:
    record = StopProduct(
        allocation_number=placement.number,
        product=_product(placement),
        allocation_start_date=placement.start_date,
        begin_date=MARCH,
        stop_reason=reason,
        end_date=end,
    )
    return builders.stop(envelope(world), who, [record])


def _product(placement: Placement) -> MessageProduct:
    return MessageProduct(category=placement.product.category, code=placement.product.code)


@pytest.fixture
def relayed(system: Scope) -> tuple[World, builders.Person, Placement]:
    world = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    who = factories.person()
    return world, who, factories.place(world, factories.allocate(world, who=who))


Relayed = tuple[World, builders.Person, Placement]


def test_a_305_from_software_goes_up(relayed: Relayed) -> None:
    world, who, placement = relayed
    assert codes(down(world, _start(world, who, placement, (MARCH, "1")))) == []
    assert UpwardReport.objects.get().begin_date == MARCH
    sent = OutgoingMessage.objects.values_list("message_type", flat=True).order_by("pk")
    assert list(sent) == ["301", "305", "306"]


def test_reporting_care_is_accepting(system: Scope) -> None:
    world = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    who = factories.person()
    placement = factories.place(world, factories.allocate(world, who=who), accepted=False)
    assert codes(down(world, _start(world, who, placement, (MARCH, "1")))) == []
    placement.refresh_from_db()
    assert placement.status == Placement.Status.ACCEPTED


START = "/Bericht/Client/StartProducten/StartProduct"
STOP = "/Bericht/Client/StopProducten/StopProduct"


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([(MARCH, "1")], ("TR074", "9074", f"{START}[1]")),
        ([(date(2026, 3, 9), "1")], ("TR326", "9326", f"{START}[1]")),
        ([(date(2026, 3, 9), "3")], ("TR063", "9063", f"{START}[1]")),
    ],
)
def test_305_rules(
    relayed: Relayed, records: Sequence[tuple[date, str]], expected: tuple[str, str, str]
) -> None:
    world, who, placement = relayed
    down(world, _start(world, who, placement, (MARCH, "1")))
    assert codes(down(world, _start(world, who, placement, *records))) == [expected]
    assert DeliveryStart.objects.live().count() == 1


def test_delete_and_redeliver_in_one_message(relayed: Relayed) -> None:
    world, who, placement = relayed
    down(world, _start(world, who, placement, (MARCH, "1")))
    moved_on = _start(world, who, placement, (date(2026, 3, 9), "1"), (MARCH, "3"))
    assert codes(down(world, moved_on)) == []
    assert UpwardReport.objects.get(withdrawn_at=None).begin_date == date(2026, 3, 9)


def test_an_unknown_allocation_number(relayed: Relayed) -> None:
    world, _who, placement = relayed
    stranger = factories.person("Mus")
    row = down(world, _start(world, stranger, placement, (MARCH, "1")))
    assert codes(row) == [("TR019", "9019", f"{START}[1]")]


def test_307_rules(relayed: Relayed) -> None:
    world, who, placement = relayed
    down(world, _start(world, who, placement, (MARCH, "1")))
    assert codes(down(world, _stop(world, who, placement, date(2026, 3, 5), "20"))) == []
    row = down(world, _stop(world, who, placement, date(2026, 3, 6), "20"))
    assert codes(row) == [("TR413", "9413", f"{STOP}[1]")]
    row = down(world, _stop(world, who, placement, date(2026, 3, 4)))
    assert codes(row) == [("TR414", "9414", f"{STOP}[1]")]
    assert codes(down(world, _stop(world, who, placement, date(2026, 3, 6)))) == []
    row = down(world, _stop(world, who, placement, date(2026, 3, 7)))
    assert codes(row) == [("TR415", "9415", f"{STOP}[1]")]
    row = down(world, _start(world, who, placement, (MARCH, "3")))
    assert codes(row) == [("TR071", "9071", f"{START}[1]")]


def test_a_stop_waits_for_its_start(relayed: Relayed) -> None:
    world, who, placement = relayed
    stop = down(world, _stop(world, who, placement, date(2026, 3, 5)))
    assert stop.state == IncomingMessage.State.PARKED
    down(world, _start(world, who, placement, (MARCH, "1")))
    stop.refresh_from_db()
    assert stop.state == IncomingMessage.State.HANDLED
    assert UpwardReport.objects.filter(kind="stop").count() == 1


def test_a_stop_waits_for_a_start_in_the_portal_too(relayed: Relayed) -> None:
    world, who, placement = relayed
    stop = down(world, _stop(world, who, placement, date(2026, 3, 5)))
    factories.start(world, placement, MARCH)
    stop.refresh_from_db()
    assert stop.state == IncomingMessage.State.HANDLED


def test_a_stop_that_waited_a_working_day_is_refused(relayed: Relayed) -> None:
    world, who, placement = relayed
    stop = down(world, _stop(world, who, placement, date(2026, 3, 5)))
    intake.sweep(scope=moved(world.system, NOW + timedelta(hours=23)))
    stop.refresh_from_db()
    assert stop.state == IncomingMessage.State.PARKED
    intake.sweep(scope=moved(world.system, NOW + timedelta(days=1, minutes=1)))
    stop.refresh_from_db()
    assert codes(stop) == [("TR382", "9069", f"{STOP}[1]")]


def test_a_refused_305_counts_as_never_sent(system: Scope) -> None:
    world = factories.world(system)
    placement = factories.place(world, factories.allocate(world))
    factories.start(world, placement, MARCH)
    sent = parse(opened(OutgoingMessage.objects.get(message_type="305"))).message
    assert sent is not None
    finding = Finding("TR019", "9019", f"{START}[1]", "")
    up(world, answer(sent, [finding], identification="R2", date=NOW.date()))
    assert not UpwardReport.objects.filter(withdrawn_at=None).exists()


def test_everything_that_may_come_is_dealt_with() -> None:
    """No kind of message is left for a person because nobody registered for it."""
    coming = {
        (leg, number)
        for leg, numbers in rules.COMES_FROM.items()
        for number in numbers - set(returns.ANSWERED)
    }
    assert {known for known in coming if dispatcher.handler_for(*known) is None} == set()
    assert (Leg.DOWN, "317") in coming


def test_of_two_contracts_the_one_that_covers_the_product(system: Scope) -> None:
    """One municipality may have two tasks under a law, each with products of its own."""
    world = factories.world(system)
    newer = factories.municipal_contract(
        moved(system),
        world.main,
        "jw",
        {world.municipality: Decimal(100)},
        [world.products["treatment"]],
    )
    assert factories.allocate(world, "treatment").municipal_contract == newer
    assert factories.allocate(world, "guidance").municipal_contract == world.youth
