"""What a subcontractor's software sends is judged under that subcontractor's row-level security."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from hoofdaannemer.core.scope import Role, Scope
from messaging.istandaard import Message, builders
from messaging.istandaard.model.delivery import StartProduct, StopProduct
from messaging.istandaard.model.values import Product
from messaging.models import IncomingMessage
from subcontracts.models import (
    Client,
    DeliveryStart,
    Placement,
    Subcontract,
    UpwardReport,
)
from subcontracts.models.owned import OwnedQuerySet
from subcontracts.rules import delivery
from subcontracts.services import deliveries
from tests import factories
from tests.factories import World
from tests.subcontracts.post import codes, down, envelope

MARCH = date(2026, 3, 2)


def acting() -> tuple[str, str]:
    """Role and organisation for which the database answers now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.role'), current_setting('app.organisation')")
        role, organisation = cursor.fetchone() or ("", "")
    return str(role), str(organisation)


def start(world: World, who: builders.Person, placement: Placement) -> Message:
    record = StartProduct(
        allocation_number=placement.number,
        product=Product(category=placement.product.category, code=placement.product.code),
        allocation_start_date=placement.start_date,
        begin_date=MARCH,
    )
    return builders.start(envelope(world), who, [record])


def stop(world: World, who: builders.Person, placement: Placement) -> Message:
    record = StopProduct(
        allocation_number=placement.number,
        product=Product(category=placement.product.category, code=placement.product.code),
        allocation_start_date=placement.start_date,
        begin_date=MARCH,
        stop_reason="31",
        end_date=date(2026, 3, 10),
    )
    return builders.stop(envelope(world), who, [record])


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system, relay=Subcontract.Relay.MESSAGES)


def test_a_report_is_judged_as_its_sender_and_told_up_as_the_office(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, set[tuple[str, str]]] = {"judged": set(), "told": set()}
    problems = {name: getattr(delivery, name) for name in ("start_problem", "stop_problem")}
    told = deliveries.tell_up

    def judged(name: str) -> object:
        def problem(*args: object) -> str:
            seen["judged"].add(acting())
            return str(problems[name](*args))

        return problem

    def tell_up(**asked: object) -> bool:
        seen["told"].add(acting())
        return told(**asked)  # type: ignore[arg-type]

    for name in problems:
        monkeypatch.setattr(delivery, name, judged(name))
    monkeypatch.setattr(deliveries, "tell_up", tell_up)
    who = factories.person()
    placement = factories.place(world, factories.allocate(world, who=who), accepted=False)
    assert codes(down(world, start(world, who, placement))) == []
    assert codes(down(world, stop(world, who, placement))) == []
    sender = (Role.SUBCONTRACTOR_USER.value, str(world.pxq.organisation.pk))
    assert seen["judged"] == {sender}
    assert {role for role, _organisation in seen["told"]} == {Role.SYSTEM.value}
    assert UpwardReport.objects.filter(withdrawn_at=None).count() == 2


def test_with_the_first_lock_open_another_ones_placement_is_still_not_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where `visible_to` narrows nothing, the database still does."""
    who = factories.person()
    allocation = factories.allocate(world, "treatment", who=who, frequency="4")
    other = factories.place(world, allocation, world.trajectory)
    monkeypatch.setattr(OwnedQuerySet, "visible_to", lambda rows, scope: rows.all())
    found: list[int] = []
    taken = deliveries.spells_of

    def spells_of(rows: object) -> object:
        found.append(Placement.objects.filter(pk=other.pk).count())
        found.append(Client.objects.filter(pk=other.client_id).count())
        return taken(rows)  # type: ignore[arg-type]

    mine = factories.person("Mus")
    placement = factories.place(world, factories.allocate(world, who=mine))
    monkeypatch.setattr(deliveries, "spells_of", spells_of)
    assert codes(down(world, start(world, mine, placement))) == []
    # Once as the sender, who finds neither; and in between as the office, which tells upward.
    assert found[:2] == [0, 0]
    row = down(world, start(world, who, other))
    assert [rule for rule, _code, _path in codes(row)] == ["TR019"]
    assert not DeliveryStart.objects.filter(placement=other).exists()
    assert row.state == IncomingMessage.State.REJECTED
