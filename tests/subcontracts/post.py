"""Messages to and from the usual main contractor, through the in-tray."""

from __future__ import annotations

from datetime import datetime

from messaging.exchange.content import opened
from messaging.exchange.services import intake
from messaging.istandaard import Finding, Message, answer, builders, parse, serialize
from messaging.istandaard.model.elements import Family
from messaging.models import IncomingMessage, Leg, OutgoingMessage
from tests import factories
from tests.factories import NOW, Party, World, moved


def up(world: World, message: Message, at: datetime = NOW) -> IncomingMessage:
    """A document from the municipality, received and handled."""
    return _handled(world, message, at, leg=Leg.UP, municipality_id=world.municipality.pk)


def down(
    world: World, message: Message, at: datetime = NOW, party: Party | None = None
) -> IncomingMessage:
    """A document from a subcontractor's software, of the P*Q one unless given; handled."""
    sender = (party or world.pxq).organisation
    return _handled(world, message, at, leg=Leg.DOWN, organisation_id=sender.pk)


def _handled(world: World, message: Message, at: datetime, **party: object) -> IncomingMessage:
    scope = moved(world.system, at)
    row = intake.receive(
        scope=scope,
        raw=serialize(message),
        main_contractor_id=world.main.pk,
        source=IncomingMessage.Source.COMMAND,
        **party,  # type: ignore[arg-type]
    )
    return intake.handle(scope=scope, message_id=row.pk)


def codes(row: IncomingMessage) -> list[tuple[str, str, str]]:
    assert row.state in (IncomingMessage.State.HANDLED, IncomingMessage.State.REJECTED), (
        row.state,
        row.last_error,
    )
    return [(found.rule, found.code, found.path) for found in row.findings.all()]


def envelope(world: World) -> builders.Envelope:
    """The head of a message of the P*Q subcontractor's software to the municipality."""
    return builders.Envelope(
        family=Family.JW,
        sender=world.pxq.organisation.agb,
        receiver=world.municipality.code,
        number=f"S{next(factories._numbers):08d}",
        day=NOW.date(),
    )


def answered(row: OutgoingMessage, *findings: Finding) -> Message:
    """The return message of the other side to one of ours; without findings it accepts it."""
    message = parse(opened(row)).message
    assert message
    return answer(message, findings, identification=f"R{row.pk}", date=NOW.date())
