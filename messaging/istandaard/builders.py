"""Messages in a few lines, with a header that fits and sensible versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from .model.allocation import AllocatedProduct, AllocationClient, Contact, Relation
from .model.declaration import Declaration, DeclarationClient, ServiceLine
from .model.delivery import StartClient, StartProduct, StopClient, StopProduct
from .model.elements import Family
from .model.header import Header
from .model.messages import (
    AllocationMessage,
    AllocationRequestMessage,
    AnswerMessage,
    ChangeRequestMessage,
    DeclarationMessage,
    StartMessage,
    StopMessage,
)
from .model.requests import (
    ChangeClient,
    Request,
    RequestAnswer,
    RequestClient,
    RequestedProduct,
    ResidencePrinciple,
)
from .model.values import (
    Address,
    BirthDate,
    ClosedPeriod,
    FullName,
    House,
    MessageId,
    ShortName,
    Surname,
    TotalAmount,
    XsdVersion,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who writes to whom in which family, under which number and date.

    Sender and receiver are a municipality code (4 digits) or an AGB code (8 digits), as the
    message asks; the number has at most 12 characters and is unique per sender and message type.
    """

    family: Family
    sender: str
    receiver: str
    number: str
    day: date
    xsd_version: XsdVersion = field(default_factory=XsdVersion)

    @property
    def header(self) -> Header:
        return Header(
            sender=self.sender,
            receiver=self.receiver,
            message_id=MessageId(number=self.number, message_date=self.day),
            xsd_version=self.xsd_version,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A client as far as messages name one; `sex` is 0 unknown, 1 male, 2 female."""

    bsn: str
    birth_date: date
    surname: str
    prefix: str = ""
    partner_name: str = ""
    first_names: str = ""
    initials: str = ""
    sex: str = "0"
    name_usage: str = "1"
    date_usage: str = ""

    @property
    def birth(self) -> BirthDate:
        return BirthDate(day=self.birth_date, usage=self.date_usage)

    @property
    def short_name(self) -> ShortName:
        return ShortName(
            surname=Surname(name=self.surname, prefix=self.prefix),
            first_names=self.first_names,
            initials=self.initials,
        )

    @property
    def full_name(self) -> FullName:
        return FullName(
            surname=Surname(name=self.surname, prefix=self.prefix),
            partner_name=Surname(name=self.partner_name) if self.partner_name else None,
            first_names=self.first_names,
            initials=self.initials,
            name_usage=self.name_usage,
        )


def dutch_address(
    postcode: str, house_number: int, *, street: str = "", town: str = "", kind: str = "01"
) -> Contact:
    """A contact with a Dutch address; kind 01 is the registered one."""
    address = Address(
        house=House(number=house_number),
        postcode=postcode,
        street=street,
        town=town,
        country="NL",
    )
    return Contact(kind=kind, address=address)


def allocation(
    envelope: Envelope,
    person: Person,
    products: Iterable[AllocatedProduct],
    contacts: Iterable[Contact],
    *,
    relations: Iterable[Relation] = (),
) -> AllocationMessage:
    """A 301: the complete set of allocations of a client with a provider."""
    client = AllocationClient(
        bsn=person.bsn,
        birth_date=person.birth,
        sex=person.sex,
        name=person.full_name,
        relations=tuple(relations),
        contacts=tuple(contacts),
        allocated_products=tuple(products),
    )
    return AllocationMessage(family=envelope.family, header=envelope.header, client=client)


def start(envelope: Envelope, person: Person, starts: Iterable[StartProduct]) -> StartMessage:
    """A 305."""
    client = StartClient(
        bsn=person.bsn,
        birth_date=person.birth,
        sex=person.sex,
        name=person.short_name,
        starts=tuple(starts),
    )
    return StartMessage(family=envelope.family, header=envelope.header, client=client)


def stop(envelope: Envelope, person: Person, stops: Iterable[StopProduct]) -> StopMessage:
    """A 307."""
    client = StopClient(
        bsn=person.bsn,
        birth_date=person.birth,
        sex=person.sex,
        name=person.short_name,
        stops=tuple(stops),
    )
    return StopMessage(family=envelope.family, header=envelope.header, client=client)


def allocation_request(
    envelope: Envelope,
    person: Person,
    products: Iterable[RequestedProduct],
    *,
    guardian_known: str = "",
    comment: str = "",
) -> AllocationRequestMessage:
    """A 315; `guardian_known` (1 yes, 2 no) exists in youth help only."""
    client = RequestClient(
        bsn=person.bsn,
        birth_date=person.birth,
        sex=person.sex,
        name=person.short_name,
        guardian_known=guardian_known,
        comment=comment,
        requested_products=tuple(products),
    )
    return AllocationRequestMessage(family=envelope.family, header=envelope.header, client=client)


def change_request(envelope: Envelope, bsn: str, request: Request) -> ChangeRequestMessage:
    """A 317: everything that a client is to have, wanted as a whole."""
    client = ChangeClient(bsn=bsn, request=request)
    return ChangeRequestMessage(family=envelope.family, header=envelope.header, client=client)


def rejection(
    envelope: Envelope, provider_reference: str, reason: str, *, municipality: str = ""
) -> AnswerMessage:
    """A 319 that rejects a request; reason 8 (youth help) names the responsible municipality."""
    residence = ResidencePrinciple(municipality=municipality) if municipality else None
    answer = RequestAnswer(
        provider_reference=provider_reference,
        request_answer="1",
        rejection_reason=reason,
        residence_principle=residence,
    )
    return AnswerMessage(family=envelope.family, header=envelope.header, answer=answer)


def declaration(
    envelope: Envelope,
    declaration_number: str,
    period: ClosedPeriod,
    lines: Iterable[tuple[str, ServiceLine]],
) -> DeclarationMessage:
    """A 323 of lines with the Bsn of their client; the total is their signed sum (TR358).

    Clients stand in the order of their first line.
    """
    by_client: dict[str, list[ServiceLine]] = {}
    for bsn, line in lines:
        by_client.setdefault(bsn, []).append(line)
    every = [line for of_client in by_client.values() for line in of_client]
    content = Declaration(
        declaration_number=declaration_number,
        declaration_period=period,
        declaration_date=envelope.day,
        total_submitted=TotalAmount.of(sum(line.submitted_amount.signed for line in every)),
        clients=tuple(
            DeclarationClient(bsn=bsn, service_lines=tuple(of_client))
            for bsn, of_client in by_client.items()
        ),
    )
    return DeclarationMessage(family=envelope.family, header=envelope.header, declaration=content)
