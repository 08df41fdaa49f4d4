"""Two main contractors, two municipalities and three subcontractors, and messages between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import count

from django.utils import timezone

from hoofdaannemer.accounts.models import (
    MainContractor,
    MainContractorLink,
    Municipality,
    Organisation,
    User,
)
from hoofdaannemer.core.scope import Role, Scope
from messaging.exchange.models import IncomingMessage, Leg, OutgoingMessage
from messaging.exchange.services import intake, outtray
from messaging.istandaard import Family, Message, builders, serialize
from messaging.istandaard.builders import Envelope, Person, dutch_address
from messaging.istandaard.model.allocation import AllocatedProduct
from messaging.istandaard.model.declaration import ServiceLine
from messaging.istandaard.model.delivery import StartProduct, StopProduct
from messaging.istandaard.model.values import (
    Amount,
    ClosedPeriod,
    Extent,
    LineReference,
    Product,
)

BSN, OTHER_BSN = "999900006", "999900018"
_numbers = count(1)


@dataclass
class World:
    """The parties; `system` acts for none of them."""

    system: Scope
    main: MainContractor
    other_main: MainContractor
    town: Municipality
    village: Municipality
    practice: Organisation
    institution: Organisation
    stranger: Organisation
    user: User

    def staff(self, role: Role, main: MainContractor | None = None) -> Scope:
        return Scope(
            role,
            user_id=self.user.pk,
            main_contractor_id=(main or self.main).pk,
            at=self.system.at,
        )

    def provider(self, organisation: Organisation) -> Scope:
        return Scope(
            Role.SUBCONTRACTOR_USER,
            user_id=self.user.pk,
            organisation_id=organisation.pk,
            at=self.system.at,
        )


def organisation(name: str, kvk: str, agb: str, kind: Organisation.Kind) -> Organisation:
    return Organisation.objects.create(name=name, kvk=kvk, agb=agb, kind=kind)


def make_world(system: Scope) -> World:
    kinds = Organisation.Kind
    mains = [
        MainContractor.objects.create(
            organisation=organisation(name, kvk, agb, kinds.MAIN_CONTRACTOR)
        )
        for name, kvk, agb in (
            ("Hoofdzorg", "10000001", "98000001"),
            ("Tweede Hoofdzorg", "10000002", "98000002"),
        )
    ]
    subs = [
        organisation(name, kvk, agb, kind)
        for name, kvk, agb, kind in (
            ("Praktijk Berk", "20000001", "94000001", kinds.PRACTICE),
            ("Stichting Eik", "20000002", "94000002", kinds.INSTITUTION),
            ("Praktijk Vlier", "20000003", "94000003", kinds.PRACTICE),
        )
    ]
    for main, sub in ((mains[0], subs[0]), (mains[0], subs[1]), (mains[1], subs[2])):
        MainContractorLink.objects.create(main_contractor=main, organisation=sub)
    town, _made = Municipality.objects.get_or_create(code="0307", defaults={"name": "Amersfoort"})
    village, _made = Municipality.objects.get_or_create(code="0342", defaults={"name": "Soest"})
    user = User.objects.create_user("kanarie@example.org", name="Kanarie")
    return World(system, *mains, town, village, *subs, user)


def number() -> str:
    return f"T{next(_numbers)}"


def person(bsn: str = BSN) -> Person:
    return Person(bsn=bsn, birth_date=date(2012, 5, 1), surname="Kanarie")


def envelope(sender: str, receiver: str, **changes: object) -> Envelope:
    values = {
        "family": Family.JW,
        "number": number(),
        "day": timezone.localdate() - timedelta(days=1),
        **changes,
    }
    return Envelope(sender=sender, receiver=receiver, **values)  # type: ignore[arg-type]


def allocation(
    world: World, *, bsn: str = BSN, allocation_number: int = 1, **changes: object
) -> Message:
    """A JW301 from the town to the main contractor."""
    product = AllocatedProduct(
        number=allocation_number,
        product=Product(category="45", code="45A04"),
        decided_on=date(2026, 1, 5),
        decided_at=time(9, 0),
        start_date=date(2026, 1, 12),
        end_date=date(2026, 12, 31),
        extent=Extent(volume=3, unit="04", frequency="2"),
    )
    sent = envelope(
        str(changes.pop("sender", world.town.code)),
        str(changes.pop("receiver", world.main.agb)),
        **changes,
    )
    return builders.allocation(sent, person(bsn), [product], [dutch_address("3811AA", 1)])


def start(
    world: World, organisation: Organisation, *, bsn: str = BSN, **changes: object
) -> Message:
    """A JW305 from a subcontractor, under the code of the town."""
    sent = envelope(str(changes.pop("sender", organisation.agb)), world.town.code, **changes)
    product = StartProduct(
        allocation_number=1,
        product=Product(category="45", code="45A04"),
        allocation_start_date=date(2026, 1, 12),
        begin_date=date(2026, 2, 1),
    )
    return builders.start(sent, person(bsn), [product])


def stop(world: World, organisation: Organisation, *, bsn: str = BSN, **changes: object) -> Message:
    """A JW307 from a subcontractor."""
    sent = envelope(organisation.agb, world.town.code, **changes)
    product = StopProduct(
        allocation_number=1,
        product=Product(category="45", code="45A04"),
        allocation_start_date=date(2026, 1, 12),
        begin_date=date(2026, 2, 1),
        stop_reason="31",
        end_date=date(2026, 5, 31),
    )
    return builders.stop(sent, person(bsn), [product])


def declaration(
    world: World, organisation: Organisation, lines: int = 2, **changes: object
) -> Message:
    """A JW323 of a subcontractor over March 2026."""
    period = ClosedPeriod(start=date(2026, 3, 1), end=date(2026, 3, 31))
    sent = envelope(organisation.agb, world.town.code, **changes)
    rows = [
        (
            BSN,
            ServiceLine(
                reference=LineReference(number=f"R{place}"),
                allocation_number=place,
                category="45",
                code="45A04",
                product_period=period,
                delivered_volume=2,
                unit="04",
                tariff=1000,
                submitted_amount=Amount(cents=2000, debit_credit="D"),
            ),
        )
        for place in range(1, lines + 1)
    ]
    return builders.declaration(sent, "D1", period, rows)


def receive(world: World, raw: bytes, **changes: object) -> IncomingMessage:
    """Store a document from the town, as the system."""
    values: dict[str, object] = {
        "scope": world.system,
        "main_contractor_id": world.main.pk,
        "leg": Leg.UP,
        "source": IncomingMessage.Source.COMMAND,
        "municipality_id": world.town.pk,
        **changes,
    }
    return intake.receive(raw=raw, **values)  # type: ignore[arg-type]


def receive_down(
    world: World, organisation: Organisation, raw: bytes, **changes: object
) -> IncomingMessage:
    """Store a document from a subcontractor, as the system."""
    down = {"leg": Leg.DOWN, "municipality_id": None, "organisation_id": organisation.pk}
    return receive(world, raw, **{**down, **changes})


def handled(world: World, row: IncomingMessage) -> IncomingMessage:
    return intake.handle(scope=world.system, message_id=row.pk)


def judged(world: World, message: Message) -> IncomingMessage:
    """A message from the town, received and judged."""
    return handled(world, receive(world, serialize(message)))


def reply_to(row: IncomingMessage) -> OutgoingMessage:
    return OutgoingMessage.objects.get(in_reply_to=row)


def put_up(world: World, message: Message, key: str = "k") -> OutgoingMessage:
    return outtray.put(
        scope=world.system,
        main_contractor_id=world.main.pk,
        to=world.town,
        message=message,
        key=key,
    )


def put_down(
    world: World, organisation: Organisation, message: Message, key: str = "k"
) -> OutgoingMessage:
    return outtray.put(
        scope=world.system,
        main_contractor_id=world.main.pk,
        to=organisation,
        message=message,
        key=key,
    )
