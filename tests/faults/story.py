"""One client's care from allocation to declaration, in messages of every type on both legs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any, Final

from django.utils import timezone

from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope, acting_as, system
from messaging.exchange.content import opened
from messaging.exchange.services import intake
from messaging.istandaard import Family, Message, answer, builders, parse, serialize
from messaging.istandaard.model.declaration import ServiceLine
from messaging.istandaard.model.delivery import StartProduct, StopProduct
from messaging.istandaard.model.requests import RequestedProduct
from messaging.istandaard.model.values import (
    Amount,
    ClosedPeriod,
    Extent,
    LineReference,
    Product,
    Referrer,
)
from messaging.models import IncomingMessage, Leg, OutgoingMessage
from subcontracts.models import Allocation, CareRequest, Placement
from subcontracts.services import requests
from tests import factories
from tests.factories import World

_CENTS, _VOLUME = 6600, 3
#: As planned, for youth help.
_STOP_REASON: Final = "31"
_numbers = count(1)


def last_month() -> Month:
    """The last month that is over: what a declaration is about."""
    return Month.of(timezone.localdate()).previous()


def line(placement: Placement, month: Month) -> ServiceLine:
    """Three hours in a month, which are right in every way."""
    return ServiceLine(
        reference=LineReference(number=f"{placement.number}-{month}"),
        allocation_number=placement.number,
        category=placement.product.category,
        code=placement.product.code,
        product_period=ClosedPeriod(start=month.first, end=month.last),
        delivered_volume=_VOLUME,
        unit="04",
        tariff=_CENTS,
        submitted_amount=Amount(cents=_VOLUME * _CENTS),
    )


def requested(world: World, reference: str) -> RequestedProduct:
    """Guidance in this month and the next, asked under a reference of the subcontractor."""
    good = world.products["guidance"]
    return RequestedProduct(
        provider_reference=reference,
        product=Product(category=good.category, code=good.code),
        allocation_start_date=last_month().next().first,
        allocation_end_date=last_month().next().next().last,
        extent=Extent(volume=4, unit="04", frequency="2"),
        referrer=Referrer(type="02", name="Dr. Bos"),
    )


def told(world: World, folder: Path) -> list[dict[str, Any]]:
    """Let it happen once; returns of every document that came in: file, party and row."""
    story = _Story(world, folder)
    with acting_as(system()) as scope:
        allocation = story.allocated()
        placement = factories.place(world, allocation, at=scope.at, accepted=False)
    story.sub(answer(story.sent("301"), [], identification="R302", date=story.today))
    with acting_as(system()):
        story.delivered(placement)
        story.asked(scope)
    return story.kept


@dataclass
class _Story:
    world: World
    folder: Path
    kept: list[dict[str, Any]] = field(default_factory=list)
    who: builders.Person = field(default_factory=lambda: factories.person("Kanarie"))

    @property
    def today(self) -> date:
        return timezone.localdate()

    def allocated(self) -> Allocation:
        period = Period(last_month().previous().first, last_month().next().next().last)
        one = factories.allocated(
            self.world.products["guidance"],
            period=period,
            volume=12,
            frequency="4",
            decided=timezone.now(),
        )
        self.town(factories.allocation_message(self.world, self.who, one, on=self.today))
        return Allocation.objects.get(number=one.number)

    def delivered(self, placement: Placement) -> None:
        """Start and stop, each told to the municipality and answered by it, and a declaration."""
        product = Product(category=placement.product.category, code=placement.product.code)
        month = last_month()
        begun = StartProduct(
            allocation_number=placement.number,
            product=product,
            allocation_start_date=placement.start_date,
            begin_date=month.first,
        )
        self.sub(builders.start(self.envelope(), self.who, [begun]))
        self.town(answer(self.sent("305"), [], identification="R306", date=self.today))
        ended = StopProduct(
            allocation_number=placement.number,
            product=product,
            allocation_start_date=placement.start_date,
            begin_date=month.first,
            stop_reason=_STOP_REASON,
            end_date=month.last,
        )
        self.sub(builders.stop(self.envelope(), self.who, [ended]))
        self.town(answer(self.sent("307"), [], identification="R308", date=self.today))
        period = ClosedPeriod(start=month.first, end=month.last)
        lines = [(self.who.bsn, line(placement, month))]
        self.sub(builders.declaration(self.envelope(), "VERHAAL", period, lines))

    def asked(self, scope: Scope) -> None:
        """A request of the subcontractor, taken up and answered."""
        wanted = requested(self.world, "EIGEN1")
        someone = factories.person("Mus")
        self.sub(
            builders.allocation_request(self.envelope(), someone, [wanted], guardian_known="1")
        )
        requests.send_up(scope=scope, request=CareRequest.objects.get())
        self.town(answer(self.sent("315"), [], identification="R316", date=self.today))

    def town(self, message: Message) -> None:
        """A message from the municipality."""
        town = self.world.municipality
        self._take(message, town.code, leg=Leg.UP, municipality_id=town.pk)

    def sub(self, message: Message) -> None:
        """A message from the software of the subcontractor."""
        organisation = self.world.pxq.organisation
        self._take(message, organisation.agb, leg=Leg.DOWN, organisation_id=organisation.pk)

    def sent(self, number: str) -> Message:
        """Our last message of this type."""
        with acting_as(system()):
            row = OutgoingMessage.objects.filter(message_type=number).order_by("pk").last()
        assert row is not None, number
        message = parse(opened(row)).message
        assert message is not None
        return message

    def envelope(self) -> builders.Envelope:
        return builders.Envelope(
            family=Family.JW,
            sender=self.world.pxq.organisation.agb,
            receiver=self.world.municipality.code,
            number=f"V{next(_numbers):05d}",
            day=self.today,
        )

    def _take(self, message: Message, party: str, **where: Any) -> None:
        raw = serialize(message)
        with acting_as(system()) as scope:
            row = intake.receive(
                scope=scope,
                raw=raw,
                main_contractor_id=self.world.main.pk,
                source=IncomingMessage.Source.COMMAND,
                **where,
            )
            row = intake.handle(scope=scope, message_id=row.pk)
            assert row.state == IncomingMessage.State.HANDLED, (
                message.type,
                row.last_error,
                [(found.rule, found.path, found.text) for found in row.findings.all()],
            )
        file = self.folder / f"story-{len(self.kept):02d}-{message.type.number}.xml"
        file.write_bytes(raw)
        self.kept.append({"file": file.name, "party": party, "id": row.pk})
