"""What is exchanged under a mandate goes to the municipality in copy."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.audit.models import AccessRecord
from hoofdaannemer.core.scope import Scope, system
from messaging.exchange.content import opened
from messaging.exchange.models import Party
from messaging.exchange.services import channels, copies, municipal_keys
from messaging.istandaard import builders
from messaging.istandaard.model.delivery import StartProduct
from messaging.istandaard.model.values import Product as MessageProduct
from messaging.models import Channel, IncomingMessage, Leg, MessageCopy, OutgoingMessage
from subcontracts.models import AllocatedBy, Subcontract
from subcontracts.services import clients
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World, moved
from tests.messaging.test_mailbox import Software
from tests.subcontracts.allocating import (
    copied,
    granted,
    under,
)
from tests.subcontracts.post import answered, codes, down, envelope


@pytest.fixture
def world(system: Scope) -> World:
    made = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    under(made, AllocatedBy.MANDATE)
    return made


def test_every_delegated_message_goes_in_copy_once(world: World) -> None:
    """301 down, its 302, the start and its answer: one copy each, a question before its answer."""
    allocation = granted(world)
    placement = factories.place(world, allocation)
    [relayed] = OutgoingMessage.objects.filter(leg=Leg.DOWN, message_type="301")
    down(world, answered(relayed))
    start = builders.start(
        replace(envelope(world), day=(NOW + timedelta(days=40)).date()),
        factories.person(number=allocation.client.bsn or ""),
        [
            StartProduct(
                allocation_number=placement.number,
                product=MessageProduct(
                    category=placement.product.category, code=placement.product.code
                ),
                begin_date=placement.start_date,
            )
        ],
    )
    later = NOW + timedelta(days=40)
    assert codes(down(world, start, later)) == []
    town, practice = world.municipality.code, world.pxq.organisation.agb
    assert copied() == [
        ("JW301", town),
        ("JW301", town),
        # A return message names the parties as what it answers does.
        ("JW302", town),
        ("JW305", practice),
        ("JW306", practice),
    ]
    # What goes up as our own is no copy.
    own = OutgoingMessage.objects.get(leg=Leg.UP, message_type="305")
    assert own.sender == world.main.agb
    down(world, start, later)
    assert MessageCopy.objects.count() == 5


def test_without_mandate_nothing_goes_in_copy(system: Scope) -> None:
    world = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    factories.place(world, factories.allocate(world))
    assert OutgoingMessage.objects.filter(leg=Leg.DOWN).exists()
    assert not MessageCopy.objects.exists()


def test_a_copy_is_the_same_bytes_in_the_folder_of_the_municipality(
    world: World, settings: Any, tmp_path: Path
) -> None:
    settings.OUT_FOLDER = tmp_path
    granted(world)
    assert copies.sweep(scope=moved(world.system)) == 1
    assert copies.sweep(scope=moved(world.system)) == 0
    [path] = tmp_path.rglob("*.xml")
    assert path.name.startswith("afschrift-JW301-")
    assert path.parent.name == world.municipality.code
    assert path.read_bytes() == opened(IncomingMessage.objects.get())
    row = MessageCopy.objects.get()
    assert (row.state, row.attempts) == (MessageCopy.State.DELIVERED, 1)


def test_a_copy_that_cannot_be_delivered_asks_for_a_person(
    world: World, settings: Any, tmp_path: Path
) -> None:
    settings.OUT_FOLDER = tmp_path / "file"
    (tmp_path / "file").write_text("a file where the folder should be")
    granted(world)
    for day in range(6):
        copies.sweep(scope=moved(world.system, NOW + timedelta(days=day)))
    row = MessageCopy.objects.get()
    assert (row.state, row.attempts) == (MessageCopy.State.FAILED, 5)
    (tmp_path / "file").unlink()
    again = moved(world.system, NOW + timedelta(days=9))
    copies.resend(scope=again, copy_id=row.pk)
    assert copies.sweep(scope=again) == 1
    row.refresh_from_db()
    assert row.state == MessageCopy.State.DELIVERED


def test_the_software_of_the_municipality_fetches_its_copies(world: World) -> None:
    """From the mailbox where that is its channel; another municipality's key sees none."""
    channels.choose_transport(
        scope=world.system,
        main_contractor_id=world.main.pk,
        party=Party.of(world.municipality),
        transport=Channel.Transport.MAILBOX,
    )
    granted(world)
    address = "/api/v1/postbus/afschriften/"
    assert copies.sweep(scope=moved(world.system)) == 0

    def software(town: Municipality) -> Software:
        _key, raw = municipal_keys.create(
            scope=system(),
            main_contractor=world.main,
            municipality=town,
            label="zaaksysteem",
            may_send=False,
            may_fetch=True,
        )
        return Software(raw)

    own, other = software(world.municipality), software(world.other_municipality)
    [listed] = own.get(address).json()["copies"]
    assert (listed["type"], listed["sender"]) == ("JW301", world.municipality.code)
    assert other.get(address).json() == {"copies": []}
    assert other.get(listed["url"]).status_code == 404
    assert other.post(f"{listed['url']}ontvangen/").status_code == 404
    become(world.system)
    expected = opened(IncomingMessage.objects.get())
    fetched = own.get(listed["url"])
    assert fetched.content == expected
    assert "afschrift-JW301-" in fetched["Content-Disposition"]
    become(world.system)
    assert AccessRecord.objects.filter(purpose="mailbox.fetched").count() == 1
    assert own.post(f"{listed['url']}ontvangen/").status_code == 204
    assert own.get(address).json() == {"copies": []}
    become(world.system)
    assert MessageCopy.objects.get().state == MessageCopy.State.DELIVERED


def test_nothing_goes_in_copy_about_a_sealed_client(world: World) -> None:
    """Not what software still writes, and not the answer, which names no client."""
    allocation = granted(world)
    placement = factories.place(world, allocation)
    clients.seal(scope=moved(world.system), client=allocation.client)
    before = copied()
    later = NOW + timedelta(days=40)
    start = builders.start(
        replace(envelope(world), day=later.date()),
        factories.person(number=allocation.client.bsn or ""),
        [StartProduct(allocation_number=placement.number, begin_date=placement.start_date)],
    )
    assert codes(down(world, start, later)) == []
    assert OutgoingMessage.objects.filter(leg=Leg.DOWN, message_type="306").exists()
    assert copied() == before
