"""What the fault tests start from, made in a process of its own by `main`.

Made by the services, with the clock of the machine, for the worker has no other. Prints one JSON
object: parties, the token of the subcontractor's software, and where the documents lie.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from hoofdaannemer.accounts.models import Membership, User
from hoofdaannemer.accounts.services import tokens
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope, acting_as, system
from messaging.exchange.models import Channel, Party
from messaging.exchange.services import channels
from messaging.istandaard import Family, Message, builders, serialize
from messaging.istandaard.model.declaration import ServiceLine
from messaging.istandaard.model.delivery import StartProduct
from messaging.istandaard.model.messages import AllocationMessage
from messaging.istandaard.model.values import ClosedPeriod, Product
from subcontracts.models import FundingLine, Placement, Subcontract
from tests import factories
from tests.factories import World
from tests.faults.installation import GOOD, POISON, REFERENCE
from tests.faults.story import last_month, line, requested, told

#: Placements that are declared for a year: a thousand lines and a few more.
PLACEMENTS, MONTHS = 84, 12


def main(folder: Path) -> None:
    """Fill the database, write the documents to `folder`, print the facts."""
    scope = system()
    with acting_as(scope):
        world = factories.world(scope, relay=Subcontract.Relay.MESSAGES)
        token = _mailbox(world)
        wmo = _wmo(world)
        placed = [_placed(world) for _place in range(PLACEMENTS)]
    folder.mkdir(parents=True)
    (folder / "declaration.xml").write_bytes(serialize(_declaration(world, placed)))
    allocated = list(_allocations(world))
    for place, message in enumerate(allocated):
        (folder / f"allocation-{place:03d}.xml").write_bytes(serialize(message))
    (folder / "start.xml").write_bytes(serialize(_start(world, *placed[0])))
    (folder / "request.xml").write_bytes(serialize(_request(world)))
    facts: dict[str, Any] = {
        "kvk": world.main.organisation.kvk,
        "municipality": world.municipality.code,
        "agb": world.pxq.organisation.agb,
        "subcontractor": world.pxq.organisation.kvk,
        "unplaced": f"{_number(allocated[1])}@{world.municipality.code}:jw",
        "token": token,
        "lines": PLACEMENTS * MONTHS,
        "documents": str(folder),
        "story": told(world, wmo, folder),
    }
    sys.stdout.write(json.dumps(facts))


def a_year() -> Period:
    """The year of care up to then; the placements go on for another."""
    first = last_month()
    for _step in range(MONTHS - 1):
        first = first.previous()
    return Period(first.first, first.first + timedelta(days=730))


def _mailbox(world: World) -> str:
    """The P*Q subcontractor has software of its own."""
    _fetches(world, world.pxq)
    maker = User.objects.create_user("software@voorbeeld.example", name="Sam de Vries")
    Membership.objects.create(
        user=maker,
        role=Role.SUBCONTRACTOR_ADMIN,
        organisation=world.pxq.organisation,
        started_at=timezone.now(),
    )
    delegate = Scope(
        role=Role.SUBCONTRACTOR_ADMIN,
        user_id=maker.pk,
        organisation_id=world.pxq.organisation.pk,
    )
    return tokens.create(scope=delegate, label="software")[1]


def _wmo(world: World) -> factories.Party:
    """Another one with software, for support under the Wmo."""
    party = factories.party(
        world.system,
        world.main,
        world.wmo,
        "Steun in Beeld",
        FundingLine.Form.PXQ,
        [world.products["support"]],
        relay=Subcontract.Relay.MESSAGES,
    )
    _fetches(world, party)
    return party


def _fetches(world: World, party: factories.Party) -> None:
    """What is for it waits in its mailbox."""
    channels.choose_transport(
        scope=world.system,
        main_contractor_id=world.main.pk,
        party=Party.of(party.organisation),
        transport=Channel.Transport.MAILBOX,
    )


def _placed(world: World) -> tuple[builders.Person, Placement]:
    who = factories.person()
    decided = _morning_of(a_year().start)
    allocation = factories.allocate(
        world, who=who, at=decided, period=a_year(), volume=12, frequency="4"
    )
    return who, factories.place(world, allocation, at=decided)


def _morning_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9)))


def _envelope(world: World, number: str) -> builders.Envelope:
    return builders.Envelope(
        family=Family.JW,
        sender=world.pxq.organisation.agb,
        receiver=world.municipality.code,
        number=number,
        day=timezone.localdate(),
    )


def _declaration(world: World, placed: list[tuple[builders.Person, Placement]]) -> Message:
    month = last_month()
    period = ClosedPeriod(start=month.first, end=month.last)
    return builders.declaration(_envelope(world, "DUIZEND"), "DUIZEND", period, _lines(placed))


def _start(world: World, who: builders.Person, placement: Placement) -> Message:
    """Care that began as placed."""
    begun = StartProduct(
        allocation_number=placement.number,
        product=Product(category=placement.product.category, code=placement.product.code),
        allocation_start_date=placement.start_date,
        begin_date=placement.start_date,
    )
    return builders.start(_envelope(world, "BEGONNEN"), who, [begun])


def _request(world: World) -> Message:
    """New care for a client whom nobody knows yet."""
    return builders.allocation_request(
        _envelope(world, "VERZOEK"),
        factories.person("Merel"),
        [requested(world, REFERENCE)],
        guardian_known="1",
    )


def _lines(placed: list[tuple[builders.Person, Placement]]) -> Iterator[tuple[str, ServiceLine]]:
    for who, placement in placed:
        for month in Period(a_year().start, last_month().last).months():
            yield who.bsn, line(placement, month)


def _allocations(world: World) -> Iterator[AllocationMessage]:
    """A hundred 301s and one whose handling will be made to go wrong, in their midst."""
    for place in range(GOOD + 1):
        message = factories.allocation_message(
            world,
            factories.person(),
            factories.allocated(world.products["guidance"], decided=timezone.now()),
            on=timezone.localdate(),
        )
        yield message if place != GOOD // 4 else _renumbered(message, POISON)


def _number(message: AllocationMessage) -> int:
    (one,) = message.client.allocated_products
    return one.number


def _renumbered(message: AllocationMessage, number: str) -> AllocationMessage:
    named = replace(message.header.message_id, number=number)
    return replace(message, header=replace(message.header, message_id=named))
