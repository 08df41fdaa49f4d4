"""Every message that may come in, each with all that goes before it.

A case goes as far as the message before its own and gives the one that comes next. The client of
`changing.home` has care from a subcontractor with software; both legs go by folder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from billing.services import upward
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope
from messaging.exchange.models import Channel, Party
from messaging.exchange.services import channels, intake
from messaging.istandaard import Message, builders, serialize
from messaging.istandaard.model.declaration import ServiceLine
from messaging.istandaard.model.delivery import StartProduct, StopProduct
from messaging.istandaard.model.elements import Family
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
from subcontracts.models import CareRequest, ContractMunicipality
from subcontracts.services import answers, exchange_terms, requests, upward_products
from tests import factories
from tests.billing.upward import answer_to
from tests.factories import NOW, moved
from tests.subcontracts import changing, post
from tests.subcontracts.changing import Home

FAMILIES: Final = ("jw", "wmo")
#: Messages that are answered; the others answer ours.
FORWARD: Final = frozenset({"301", "305", "307", "315", "317", "319", "323"})
#: When care began, and when it ended as planned.
BEGUN, ENDED = date(2026, 2, 2), date(2026, 2, 27)
#: The stop reason "as planned" of each law.
PLANNED: Final = {"jw": "31", "wmo": "19"}
_FEBRUARY: Final = Month(2026, 2)
_CENTS, _VOLUME = 6600, 3
#: An allocation number that no other has.
_NEW: Final = 77_777_777


def home(system: Scope, family: str) -> Home:
    """The client; what is sent to either side waits until somebody sweeps the out-tray."""
    at = changing.home(system, family)
    channels.choose_transport(
        scope=at.world.system,
        main_contractor_id=at.world.main.pk,
        party=Party.of(at.party.organisation),
        transport=Channel.Transport.FOLDER,
    )
    return at


@dataclass(frozen=True)
class Case:
    """A type of message from one side; `prepare` gives one, after all that goes before it."""

    leg: Leg
    number: str
    prepare: Callable[[Home], Message]

    def __str__(self) -> str:
        return f"{self.leg.value} {self.number}"

    @property
    def is_forward(self) -> bool:
        """Whether it is answered."""
        return self.number in FORWARD

    def document(self, at: Home) -> bytes:
        """The bytes that come."""
        return serialize(self.prepare(at))

    def receive(self, at: Home, raw: bytes) -> IncomingMessage:
        """Store them, as a transport does."""
        return receive(at, self.leg, raw)

    def take(self, at: Home, raw: bytes) -> IncomingMessage:
        """Store and handle them."""
        return intake.handle(scope=at.world.system, message_id=self.receive(at, raw).pk)


def receive(at: Home, leg: Leg, raw: bytes, **changes: Any) -> IncomingMessage:
    """Store a document of the municipality or of the subcontractor's software."""
    party: dict[str, int] = (
        {"municipality_id": at.world.municipality.pk}
        if leg == Leg.UP
        else {"organisation_id": at.party.organisation.pk}
    )
    values: dict[str, Any] = {
        "scope": at.world.system,
        "main_contractor_id": at.world.main.pk,
        "source": IncomingMessage.Source.FOLDER,
        **party,
        **changes,
    }
    return intake.receive(raw=raw, leg=leg, **values)


def sent(leg: Leg, number: str) -> OutgoingMessage:
    """Our last message of this type to one side."""
    rows = OutgoingMessage.objects.filter(message_type=number, leg=leg)
    return rows.order_by("-pk")[0]


def software(at: Home) -> builders.Envelope:
    """The head of the next message of the subcontractor's software."""
    return builders.Envelope(
        family=Family(at.family),
        sender=at.party.organisation.agb,
        receiver=at.world.municipality.code,
        number=f"S{next(factories._numbers):08d}",
        day=NOW.date(),
    )


def start(at: Home, begin: date = BEGUN) -> Message:
    """A 305 of the software."""
    record = StartProduct(
        allocation_number=at.placement.number,
        product=_product(at),
        allocation_start_date=at.placement.start_date,
        begin_date=begin,
    )
    return builders.start(software(at), at.who, [record])


def stop(at: Home, begin: date = BEGUN, end: date = ENDED, reason: str = "") -> Message:
    """A 307 of the software: as planned unless a reason is given."""
    record = StopProduct(
        allocation_number=at.placement.number,
        product=_product(at),
        allocation_start_date=at.placement.start_date,
        begin_date=begin,
        stop_reason=reason or PLANNED[at.family],
        end_date=end,
    )
    return builders.stop(software(at), at.who, [record])


def _product(at: Home) -> Product:
    product = at.placement.product
    return Product(category=product.category, code=product.code)


def request(at: Home) -> Message:
    """A 315 of the software: one product for the same client, one for which it asks besides."""
    wanted = [
        RequestedProduct(
            provider_reference=f"EIGEN{place}",
            product=Product(category=good.category, code=good.code),
            allocation_start_date=date(2027, 1, 1),
            allocation_end_date=date(2027, 6, 30),
            extent=Extent(volume=2, unit=good.unit, frequency="2"),
            referrer=Referrer(type="02", name="Dr. Bos"),
        )
        for place, good in enumerate((at.good(0), at.good(1)))
    ]
    guardian = {"jw": "1", "wmo": ""}[at.family]
    return builders.allocation_request(software(at), at.who, wanted, guardian_known=guardian)


def declaration(at: Home) -> Message:
    """A 323 of the software: three hours in February."""
    period = ClosedPeriod(start=_FEBRUARY.first, end=_FEBRUARY.last)
    product = _product(at)
    line = ServiceLine(
        reference=LineReference(number="R1"),
        allocation_number=at.placement.number,
        category=product.category,
        code=product.code,
        product_period=period,
        delivered_volume=_VOLUME,
        unit=at.good(0).unit,
        tariff=_CENTS,
        submitted_amount=Amount(cents=_VOLUME * _CENTS),
    )
    return builders.declaration(software(at), "D1", period, [(at.who.bsn, line)])


def takes(at: Home, message: Message, leg: Leg = Leg.DOWN, when: datetime = NOW) -> IncomingMessage:
    """A message that is taken without a remark."""
    scope = moved(at.world.system, when)
    row = receive(at, leg, serialize(message), scope=scope)
    row = intake.handle(scope=scope, message_id=row.pk)
    assert post.codes(row) == []
    return row


def sent_request(at: Home, message: Message) -> CareRequest:
    """What the software asks, sent to the municipality."""
    takes(at, message)
    return requests.send_up(scope=at.coordinator, request=CareRequest.objects.get())


# Each type: what goes before it, and the message itself.


def changed_allocations(at: Home) -> Message:
    """A 301: the placed allocation ends earlier, the second stays, a third is new."""
    shorter = factories.allocated(
        at.good(0),
        number=at.first.number,
        period=Period(at.first.start_date, date(2026, 6, 30)),
        decided=changing.AFTERNOON,
        change_reason="05",
    )
    same = factories.allocated(at.good(1), number=at.second.number, volume=2)
    next_year = Period(date(2027, 1, 1), date(2027, 6, 30))
    new = factories.allocated(at.good(1), number=_NEW, period=next_year)
    return factories.allocation_message(
        at.world, at.who, shorter, same, new, family=at.family, on=NOW.date()
    )


def _start_above(at: Home) -> Message:
    takes(at, start(at))
    return post.answered(sent(Leg.UP, "305"))


def _stop_above(at: Home) -> Message:
    takes(at, _start_above(at), Leg.UP)
    takes(at, stop(at))
    return post.answered(sent(Leg.UP, "307"))


def _request_above(at: Home) -> Message:
    sent_request(at, request(at))
    return post.answered(sent(Leg.UP, "315"))


def _change_above(at: Home) -> Message:
    sent_request(at, changing.letter(at))
    return post.answered(sent(Leg.UP, "317"))


def _rejection(at: Home) -> Message:
    asked = sent_request(at, request(at))
    return changing.answer_of_town(at, asked.products.order_by("pk")[0].reference, "2")


def _declared_above(at: Home) -> Message:
    takes(at, declaration(at))
    return declaration_answer(at)


def declaration_answer(at: Home) -> Message:
    """A 325 to our own declaration of the line that the subcontractor declared."""
    contract = at.first.municipal_contract
    exchange_terms.use_messages(
        scope=at.world.system,
        contract=contract,
        messages=["301", "305", "307", "315", "323"],
        start_date=contract.start_date,
    )
    upward_products.set_upward_tariff(
        scope=at.world.system,
        contract=contract,
        product=at.good(0),
        amount=Decimal("70.00"),
        months=upward_products.Months(_FEBRUARY),
    )
    part = ContractMunicipality.objects.get(contract=contract, municipality=at.world.municipality)
    declared = upward.send(scope=at.world.system, part=part, month=_FEBRUARY)
    return answer_to(declared, day=NOW.date())


def _relayed(at: Home) -> Message:
    return post.answered(sent(Leg.DOWN, "301"))


def _stopped(at: Home) -> Message:
    takes(at, start(at))
    return stop(at)


def _dismissed(at: Home) -> Message:
    takes(at, request(at))
    answers.dismiss(scope=at.coordinator, request=CareRequest.objects.get(), reason="2")
    return post.answered(sent(Leg.DOWN, "319"))


CASES: Final = (
    Case(Leg.UP, "301", changed_allocations),
    Case(Leg.UP, "306", _start_above),
    Case(Leg.UP, "308", _stop_above),
    Case(Leg.UP, "316", _request_above),
    Case(Leg.UP, "318", _change_above),
    Case(Leg.UP, "319", _rejection),
    Case(Leg.UP, "325", _declared_above),
    Case(Leg.DOWN, "302", _relayed),
    Case(Leg.DOWN, "305", start),
    Case(Leg.DOWN, "307", _stopped),
    Case(Leg.DOWN, "315", request),
    Case(Leg.DOWN, "317", changing.letter),
    Case(Leg.DOWN, "320", _dismissed),
    Case(Leg.DOWN, "323", declaration),
)
