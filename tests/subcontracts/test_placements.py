"""Placing: what is checked, what is sent, who may see and do it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from messaging.models import OutgoingMessage
from subcontracts import gates
from subcontracts.gates import Refusal
from subcontracts.models import (
    Allocation,
    Client,
    Deadline,
    MunicipalContract,
    Placement,
    PlacementProfessional,
    Product,
    Professional,
    Subcontract,
    Subcontractor,
    Tariff,
)
from subcontracts.services import clients, placements
from subcontracts.services.placements import Part
from tests import factories
from tests.conftest import become
from tests.factories import World, moved
from tests.subcontracts.numbers import numbered


def _place(world: World, allocation: Allocation, part: Part | None = None) -> Placement:
    return placements.place(
        scope=moved(world.system),
        allocation=allocation,
        subcontractor=world.pxq.subcontractor,
        part=part,
    )


def test_a_placement_is_offered_with_its_terms(system: Scope) -> None:
    world = factories.world(system)
    placement = _place(world, factories.allocate(world))
    assert placement.status == Placement.Status.OFFERED
    assert placement.number == 900_000_000
    assert placement.reply_due_date == date(2026, 3, 23)
    running = Deadline.objects.running().filter(placement=placement)
    assert {(row.kind, row.leg) for row in running} == {
        ("reply", "down"),
        ("305", "down"),
        ("305", "up"),
        ("307", "down"),
        ("307", "up"),
    }
    assert not Deadline.objects.running().filter(kind="place").exists()


def test_a_second_click_gives_the_same_placement(system: Scope) -> None:
    world = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    allocation = factories.allocate(world)
    assert _place(world, allocation) == _place(world, allocation)
    assert OutgoingMessage.objects.filter(message_type="301").count() == 1


def test_a_placed_allocation_does_not_go_to_somebody_else(system: Scope) -> None:
    world = factories.world(system)
    allocation = factories.allocate(world, "treatment")
    _place(world, allocation)
    with pytest.raises(ConflictError):
        factories.place(world, allocation, world.trajectory)


def test_parts_up_to_the_whole(system: Scope) -> None:
    world = factories.world(system)
    allocation = factories.allocate(world, "treatment", volume=4)
    _place(world, allocation, Part(volume=3))
    with pytest.raises(RuleError, match="PLA-04"):
        factories.place(world, allocation, world.trajectory, part=Part(volume=2))
    factories.place(world, allocation, world.trajectory, part=Part(volume=1))
    with pytest.raises(ConflictError):
        factories.place(world, allocation, world.own_team, part=Part(volume=1))


def test_in_succession_the_whole_fits_twice(system: Scope) -> None:
    world = factories.world(system)
    allocation = factories.allocate(world, "treatment")
    _place(world, allocation, Part(period=Period(date(2026, 1, 1), date(2026, 6, 30))))
    second = Part(period=Period(date(2026, 7, 1), date(2026, 12, 31)))
    assert factories.place(world, allocation, world.trajectory, part=second)


def _no_contract(world: World) -> None:
    Subcontract.objects.update(status=Subcontract.Status.SIGNED)


def _no_line(world: World) -> None:
    assert world.pxq.line
    world.pxq.line.line_products.update(end_date=date(2025, 12, 31))


def _no_tariff(world: World) -> None:
    Tariff.objects.update(end_date=date(2025, 12, 31))


def _sealed(world: World) -> None:
    Client.objects.update(is_sealed=True)


def _deleted(world: World) -> None:
    Allocation.objects.update(is_deleted=True)


def _used_up(world: World) -> None:
    numbered(world.system, world.youth, 900_000_000, 900_000_000)
    _place(world, factories.allocate(world))


@pytest.mark.parametrize(
    ("code", "spoil"),
    [
        ("PLA-01", _deleted),
        ("PLA-02", _no_contract),
        ("PLA-03", _no_line),
        ("PLA-06", _no_tariff),
        ("PLA-07", _sealed),
        ("PLA-12", _used_up),
    ],
)
def test_refusals(system: Scope, code: str, spoil: object) -> None:
    world = factories.world(system)
    allocation = factories.allocate(world)
    spoil(world)  # type: ignore[operator]
    with pytest.raises(RuleError, match=code):
        _place(world, allocation)


def test_days_outside_the_allocation_are_refused(system: Scope) -> None:
    world = factories.world(system)
    allocation = factories.allocate(world)
    with pytest.raises(RuleError, match="PLA-08"):
        _place(world, allocation, Part(period=Period(date(2025, 12, 31), date(2026, 1, 5))))


@pytest.fixture
def closed_gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def gate(subcontractor: Subcontractor, product: Product, day: date) -> list[Refusal]:
        return [Refusal("KWA-01", "Het diploma is verlopen.")]

    monkeypatch.setattr(gates, "_placement_gates", {"test": (gate, None)})
    return


@pytest.mark.usefixtures("closed_gate")
def test_a_gate_refuses_with_its_reason(system: Scope) -> None:
    world = factories.world(system)
    with pytest.raises(RuleError, match="Het diploma is verlopen") as refusal:
        _place(world, factories.allocate(world))
    assert refusal.value.code == "PLA-05"


def test_own_team_needs_no_contract(system: Scope) -> None:
    world = factories.world(system)
    placement = factories.place(world, factories.allocate(world), world.own_team)
    assert placement.subcontract is None
    assert placement.message is None


def test_relay_by_message_only_with_consent(system: Scope) -> None:
    world = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    message = _place(world, factories.allocate(world)).message
    assert message is not None
    assert message.sender == world.municipality.code
    MunicipalContract.objects.update(relay_consent_on=None)
    assert _place(world, factories.allocate(world)).message is None


def test_decline_wants_a_reason_and_reopens_the_allocation(system: Scope) -> None:
    world = factories.world(system)
    placement = factories.place(world, factories.allocate(world), accepted=False)
    scope = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    with pytest.raises(RuleError, match="PLA-13"):
        placements.decline(scope=scope, placement=placement, reason=" ")
    placements.decline(scope=scope, placement=placement, reason="Geen plek")
    become(world.system)
    assert Deadline.objects.running().get().kind == Deadline.Kind.PLACE


def test_a_client_that_was_declined_is_no_longer_to_be_seen(system: Scope) -> None:
    world = factories.world(system)
    placement = factories.place(world, factories.allocate(world), accepted=False)
    scope = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    assert Client.objects.visible_to(scope).get().pk == placement.client_id
    placements.decline(scope=scope, placement=placement, reason="Geen plek")
    assert not Client.objects.visible_to(scope).exists()


def test_only_the_own_organisation_replies(system: Scope) -> None:
    world = factories.world(system)
    placement = factories.place(world, factories.allocate(world), accepted=False)
    staff = become(world.at(Role.CARE_COORDINATOR))
    with pytest.raises(NotAllowedError):
        placements.accept(scope=staff, placement=placement)
    stranger = become(world.at(Role.SUBCONTRACTOR_USER, world.trajectory))
    with pytest.raises(Placement.DoesNotExist):
        placements.accept(scope=stranger, placement=placement)


def test_silence_past_the_day_is_acceptance(system: Scope) -> None:
    world = factories.world(system)
    placement = factories.place(world, factories.allocate(world), accepted=False)
    on_the_day = factories.NOW.replace(day=23)
    assert placements.accept_by_silence(scope=moved(world.system, on_the_day)) == 0
    later = on_the_day + timedelta(days=1)
    assert placements.accept_by_silence(scope=moved(world.system, later)) == 1
    placement.refresh_from_db()
    assert placement.accepted_by_silence


def test_withdrawing_tells_the_software_and_stops_at_care(system: Scope) -> None:
    world = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    placement = factories.place(world, factories.allocate(world))
    scope = become(world.at(Role.CARE_COORDINATOR))
    placements.withdraw(scope=scope, placement=placement, reason="Verhuisd")
    assert OutgoingMessage.objects.filter(message_type="301").count() == 2
    become(world.system)
    placement = factories.place(world, factories.allocate(world))
    factories.start(world, placement)
    with pytest.raises(RuleError, match="PLA-14"):
        placements.withdraw(scope=moved(world.system), placement=placement, reason="Verhuisd")


def test_a_provider_sees_only_its_own_placements_and_clients(system: Scope) -> None:
    world = factories.world(system)
    mine = factories.place(world, factories.allocate(world))
    other = factories.place(world, factories.allocate(world, "treatment"), world.trajectory)
    scope = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    assert list(Placement.objects.visible_to(scope)) == [mine]
    assert list(Client.objects.all()) == [mine.client]
    assert other.client_id != mine.client_id


def test_sealed_client_is_given_no_message(system: Scope) -> None:
    world = factories.world(system)
    allocation = factories.allocate(world)
    clients.seal(scope=world.at(Role.CARE_COORDINATOR), client=allocation.client)
    placement = factories.place(world, allocation, world.own_team)
    factories.start(world, placement)
    assert not OutgoingMessage.objects.exists()


# Who delivers


def _lacking(*lacks: gates.Lack, on: date | None = None) -> gates.ProfessionalGate:
    def gate(
        subcontractor: Subcontractor, person: Professional, product: Product, day: date
    ) -> list[gates.Lack]:
        return list(lacks) if on in (None, day) else []

    return gate


def _named(world: World, placement: Placement, person: Professional) -> PlacementProfessional:
    return placements.name_professional(
        scope=world.at(Role.SUBCONTRACTOR_USER, world.pxq),
        placement=placement,
        professional=person,
        period=Period(date(2026, 3, 2)),
    )


BLOCKED = gates.Lack("QUA-12", "P-001 mist: Registratie SKJ.", blocks=True)
SIGNAL = gates.Lack("QUA-12", "P-001 mist: Cursus.", blocks=False)


@pytest.mark.parametrize("day", [None, date(2026, 3, 2), factories.NOW.date()])
def test_who_lacks_what_blocks_is_not_named(
    system: Scope, monkeypatch: pytest.MonkeyPatch, day: date | None
) -> None:
    """On the first day of the period, and today where that is in it."""
    world = factories.world(system)
    placement = factories.place(world, factories.allocate(world))
    person = factories.professional(world.system, world.pxq)
    monkeypatch.setattr(gates, "_professional_gates", {"test": _lacking(BLOCKED, on=day)})
    with pytest.raises(RuleError, match="Registratie SKJ") as refusal:
        _named(world, placement, person)
    assert refusal.value.code == "PLA-18"
    assert not placement.professionals.exists()


def test_a_signal_names_all_the_same(system: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    world = factories.world(system)
    placement = factories.place(world, factories.allocate(world))
    person = factories.professional(world.system, world.pxq)
    monkeypatch.setattr(gates, "_professional_gates", {"test": _lacking(SIGNAL)})
    named = _named(world, placement, person)
    assert placement.professionals.get() == named
    found = placements.lacks_when_named(
        world.at(Role.SUBCONTRACTOR_USER, world.pxq), placement, person, Period(date(2026, 3, 2))
    )
    assert found == [SIGNAL]


def test_who_was_named_before_a_lapse_stays_named(
    system: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = factories.world(system)
    placement = factories.place(world, factories.allocate(world))
    person = factories.professional(world.system, world.pxq)
    named = _named(world, placement, person)
    monkeypatch.setattr(gates, "_professional_gates", {"test": _lacking(BLOCKED)})
    assert _named(world, placement, person) == named
