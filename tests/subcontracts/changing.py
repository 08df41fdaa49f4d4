"""A client with care from one municipality, in either law, for the tests about its change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from messaging.exchange.content import opened
from messaging.istandaard import Message, builders, parse
from messaging.istandaard.model.elements import Family
from messaging.istandaard.model.messages import (
    AllocationMessage,
    AnswerMessage,
    ChangeRequestMessage,
)
from messaging.istandaard.model.requests import (
    NewProduct,
    ProductToChange,
    Request,
    RequestAnswer,
    ResidencePrinciple,
    UnchangedProduct,
)
from messaging.istandaard.model.values import Extent
from messaging.istandaard.model.values import Product as MessageProduct
from messaging.models import IncomingMessage, Leg, OutgoingMessage
from subcontracts.models import Allocation, CareRequest, Placement, Subcontract
from subcontracts.rules.raising import Terms
from subcontracts.selectors.current import terms_of
from subcontracts.services import changes
from tests import factories
from tests.factories import NOW, YEAR, Party, World, moved
from tests.subcontracts import post

APRIL = date(2026, 4, 1)
AFTERNOON = NOW.replace(hour=15)
#: Two products of each law.
GOODS = {"jw": ("guidance", "treatment"), "wmo": ("support", "day")}


@dataclass(frozen=True)
class Home:
    """A client whose first product is with a subcontractor that has software, its second not."""

    world: World
    family: str
    who: builders.Person
    party: Party
    first: Allocation
    second: Allocation
    placement: Placement

    @property
    def subcontractor(self) -> Scope:
        return self.world.at(Role.SUBCONTRACTOR_USER, self.party)

    @property
    def coordinator(self) -> Scope:
        return self.world.at(Role.CARE_COORDINATOR)

    def good(self, place: int) -> Any:
        return self.world.products[GOODS[self.family][place]]


def home(system: Scope, family: str = "jw", **first: Any) -> Home:
    world = factories.world(system)
    contract = {"jw": world.youth, "wmo": world.wmo}[family]
    goods = [world.products[key] for key in GOODS[family]]
    party = factories.party(
        moved(system),
        world.main,
        contract,
        "Met Software",
        "pxq",
        goods,
        relay=Subcontract.Relay.MESSAGES,
    )
    who = factories.person()
    one = factories.allocate(world, GOODS[family][0], who=who, **first)
    two = factories.allocate(world, GOODS[family][1], who=who, volume=2)
    placement = factories.place(world, one, party)
    return Home(world, family, who, party, one, two, placement)


def more(row: Allocation | Placement, volume: int = 6, start: date = APRIL) -> Terms:
    """Another volume from a day on; the last day stays."""
    now = terms_of(row)
    return Terms(
        period=Period(start, row.end_date),
        volume=volume,
        unit=now.unit,
        frequency=now.frequency,
    )


def longer(row: Allocation | Placement, end: date) -> Terms:
    """As much, to another last day."""
    now = terms_of(row)
    return Terms(
        period=Period(row.start_date, end),
        volume=now.volume,
        unit=now.unit,
        frequency=now.frequency,
        budget=now.budget,
    )


def draft(
    changed: dict[int, Terms],
    unchanged: Iterable[int] = (),
    added: Iterable[changes.Addition] = (),
) -> changes.ChangeDraft:
    return changes.ChangeDraft(
        reason="2", unchanged=list(unchanged), changed=changed, added=list(added)
    )


def by_office_of(world: World, allocation: Allocation, when: datetime) -> CareRequest:
    """One more unit a week of an only allocation, from next week."""
    return changes.request_change(
        scope=world.at(Role.CARE_COORDINATOR, at=when),
        allocation=allocation,
        draft=draft({allocation.number: _one_more(allocation, when)}),
    )


def in_portal_of(world: World, party: Party, placement: Placement, when: datetime) -> CareRequest:
    """The same, asked by the people of a subcontractor."""
    return changes.ask_for_change(
        scope=world.at(Role.SUBCONTRACTOR_USER, party, at=when),
        placement=placement,
        draft=draft({placement.number: _one_more(placement, when)}),
    )


def _one_more(row: Allocation | Placement, when: datetime) -> Terms:
    return more(row, (row.volume or 0) + 1, when.date() + timedelta(days=7))


def by_office(at: Home, wanted: Terms | None = None) -> CareRequest:
    """The own access asks more of the first product; the second stays."""
    return changes.request_change(
        scope=at.coordinator,
        allocation=at.first,
        draft=draft({at.first.number: wanted or more(at.first)}, [at.second.number]),
    )


def in_portal(at: Home, wanted: Terms | None = None) -> CareRequest:
    """The subcontractor's people ask more under its placement."""
    return changes.ask_for_change(
        scope=at.subcontractor,
        placement=at.placement,
        draft=draft({at.placement.number: wanted or more(at.placement)}),
    )


# Messages of the subcontractor's software


def to_change(number: int, **others: Any) -> ProductToChange:
    """Six units a week from April, unless said otherwise."""
    wanted: dict[str, Any] = {
        "wanted_start_date": APRIL,
        "end_date": YEAR.end,
        "extent": Extent(volume=6, unit="04", frequency="2"),
        **others,
    }
    return ProductToChange(allocation_number=number, **wanted)


def new_product(good: Any, **others: Any) -> NewProduct:
    wanted: dict[str, Any] = {
        "wanted_start_date": APRIL,
        "end_date": YEAR.end,
        "extent": Extent(volume=3, unit=good.unit, frequency="4"),
        **others,
    }
    return NewProduct(product=MessageProduct(category=good.category, code=good.code), **wanted)


def letter(
    at: Home,
    *changed: ProductToChange,
    unchanged: Iterable[int] = (),
    new: Iterable[NewProduct] = (),
    reference: str = "EIGEN-1",
    **others: Any,
) -> Message:
    """A 317 of the subcontractor's software about its placement, unless lines are given."""
    kept = tuple(UnchangedProduct(allocation_number=number) for number in unchanged)
    if not changed and not kept:
        changed = (to_change(at.placement.number),)
    asked = Request(
        provider_reference=reference,
        request_reason="1",
        unchanged_products=kept,
        products_to_change=changed,
        new_products=tuple(new),
    )
    envelope = builders.Envelope(
        family=Family(at.family),
        sender=at.party.organisation.agb,
        receiver=others.pop("town", at.world.municipality).code,
        number=f"S{next(factories._numbers):08d}",
        day=NOW.date(),
    )
    return builders.change_request(envelope, others.pop("bsn", at.who.bsn), asked)


def handed_in(at: Home, message: Message, when: datetime = NOW) -> IncomingMessage:
    return post.down(at.world, message, when, at.party)


def by_software(at: Home, *changed: ProductToChange, **others: Any) -> CareRequest:
    """What the software asked, kept; nothing may be wrong with it."""
    assert post.codes(handed_in(at, letter(at, *changed, **others))) == []
    return CareRequest.objects.get(change__provider_reference="EIGEN-1")


# What goes to the municipality and comes from it


def sent_up(request: CareRequest) -> ChangeRequestMessage:
    request.refresh_from_db()
    assert request.message
    message = parse(opened(request.message)).message
    assert isinstance(message, ChangeRequestMessage)
    return message


def granted(
    at: Home,
    request: CareRequest,
    when: datetime = AFTERNOON,
    *,
    reason: str = "12",
    **changed: Any,
) -> Message:
    """The 301 that grants a longer or larger first product on the same number; the second stays."""
    reference = request.change.reference
    terms: dict[str, Any] = {
        "period": Period(at.first.start_date, at.first.end_date),
        "volume": at.first.volume,
        "frequency": at.first.frequency,
        **changed,
    }
    one = factories.allocated(
        at.good(0),
        number=at.first.number,
        decided=when,
        change_reason=reason,
        provider_reference=reference,
        **terms,
    )
    two = factories.allocated(
        at.good(1), number=at.second.number, volume=2, provider_reference=reference
    )
    return factories.allocation_message(at.world, at.who, one, two, family=at.family)


def answer_of_town(at: Home, reference: str, reason: str = "", instead: str = "") -> Message:
    """A 319: a rejection with a reason, or an investigation without one."""
    head = builders.Envelope(
        family=Family(at.family),
        sender=at.world.municipality.code,
        receiver=at.world.main.agb,
        number=f"V{next(factories._numbers):08d}",
        day=NOW.date(),
    )
    given = RequestAnswer(
        provider_reference=reference,
        request_answer="1" if reason else "2",
        rejection_reason=reason,
        residence_principle=ResidencePrinciple(municipality=instead) if instead else None,
    )
    return AnswerMessage(family=head.family, header=head.header, answer=given)


def told_below(at: Home) -> list[tuple[str, str, str]]:
    """Reference, answer and reason of each 319 to the subcontractor's software, in order."""
    found = []
    for message in _down(at, "319"):
        assert isinstance(message, AnswerMessage)
        given = message.answer
        found.append((given.provider_reference, given.request_answer, given.rejection_reason))
    return found


def relayed(at: Home) -> list[AllocationMessage]:
    """Each 301 to the subcontractor's software, in order."""
    return [one for one in _down(at, "301") if isinstance(one, AllocationMessage)]


def _down(at: Home, number: str) -> Iterable[Message]:
    rows = OutgoingMessage.objects.filter(
        message_type=number, leg=Leg.DOWN, provider_organisation=at.party.organisation
    )
    for row in rows.order_by("pk"):
        message = parse(opened(row)).message
        assert message
        yield message
