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
from tests.factories import Party, World

_CENTS, _VOLUME = 6600, 3
#: Care that ended as planned, and who referred to it: the lists differ by law.
_STOP_REASONS: Final = {Family.JW: "31", Family.WMO: "19"}
_REFERRERS: Final = {
    Family.JW: Referrer(type="02", name="Dr. Bos"),
    Family.WMO: Referrer(type="01"),
}
_PRODUCTS: Final = {Family.JW: "guidance", Family.WMO: "support"}
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


def requested(world: World, reference: str, family: Family = Family.JW) -> RequestedProduct:
    """Care in this month and the next, asked under a reference of the subcontractor."""
    good = world.products[_PRODUCTS[family]]
    return RequestedProduct(
        provider_reference=reference,
        product=Product(category=good.category, code=good.code),
        allocation_start_date=last_month().next().first,
        allocation_end_date=last_month().next().next().last,
        extent=Extent(volume=4, unit="04", frequency="2"),
        referrer=_REFERRERS[family],
    )


def told(world: World, wmo: Party, folder: Path) -> list[dict[str, Any]]:
    """Let it happen once for either law; returns of every document that came in: file, party, row.

    Youth help by the P*Q subcontractor, and support by `wmo`; both have software of their own.
    """
    stories = [_Story(world, folder, Family.JW, world.pxq), _Story(world, folder, Family.WMO, wmo)]
    for story in stories:
        _tell(story)
    return [one for story in stories for one in story.kept]


def _tell(story: _Story) -> None:
    with acting_as(system()) as scope:
        allocation = story.allocated()
        placement = factories.place(
            story.world, allocation, story.party, at=scope.at, accepted=False
        )
    story.sub(answer(story.sent("301"), [], identification="R302", date=story.today))
    with acting_as(system()):
        story.delivered(placement)
        story.asked(scope)


@dataclass
class _Story:
    world: World
    folder: Path
    family: Family
    party: Party
    kept: list[dict[str, Any]] = field(default_factory=list)
    who: builders.Person = field(default_factory=lambda: factories.person("Kanarie"))

    @property
    def today(self) -> date:
        return timezone.localdate()

    def allocated(self) -> Allocation:
        period = Period(last_month().previous().first, last_month().next().next().last)
        one = factories.allocated(
            self.world.products[_PRODUCTS[self.family]],
            period=period,
            volume=12,
            frequency="4",
            decided=timezone.now(),
        )
        message = factories.allocation_message(
            self.world, self.who, one, family=self.family.value, on=self.today
        )
        self.town(message)
        return Allocation.objects.get(family=self.family.value, number=one.number)

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
            stop_reason=_STOP_REASONS[self.family],
            end_date=month.last,
        )
        self.sub(builders.stop(self.envelope(), self.who, [ended]))
        self.town(answer(self.sent("307"), [], identification="R308", date=self.today))
        period = ClosedPeriod(start=month.first, end=month.last)
        lines = [(self.who.bsn, line(placement, month))]
        self.sub(builders.declaration(self.envelope(), "VERHAAL", period, lines))

    def asked(self, scope: Scope) -> None:
        """A request of the subcontractor, taken up and answered."""
        wanted = requested(self.world, "EIGEN1", self.family)
        someone = factories.person("Mus")
        # Asked in youth help only.
        known = "1" if self.family is Family.JW else ""
        self.sub(
            builders.allocation_request(self.envelope(), someone, [wanted], guardian_known=known)
        )
        requests.send_up(scope=scope, request=CareRequest.objects.get(family=self.family.value))
        self.town(answer(self.sent("315"), [], identification="R316", date=self.today))

    def town(self, message: Message) -> None:
        """A message from the municipality."""
        town = self.world.municipality
        self._take(message, town.code, leg=Leg.UP, municipality_id=town.pk)

    def sub(self, message: Message) -> None:
        """A message from the software of the subcontractor."""
        organisation = self.party.organisation
        self._take(message, organisation.agb, leg=Leg.DOWN, organisation_id=organisation.pk)

    def sent(self, number: str) -> Message:
        """Our last message of this type."""
        with acting_as(system()):
            rows = OutgoingMessage.objects.filter(family=self.family.value, message_type=number)
            row = rows.order_by("pk").last()
        assert row is not None, number
        message = parse(opened(row)).message
        assert message is not None
        return message

    def envelope(self) -> builders.Envelope:
        return builders.Envelope(
            family=self.family,
            sender=self.party.organisation.agb,
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
        file = self.folder / f"story-{len(self.kept):02d}-{message.type.name}.xml"
        file.write_bytes(raw)
        self.kept.append({"file": file.name, "party": party, "id": row.pk})
