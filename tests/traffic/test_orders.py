"""Four messages of one client in every order: the end state is that of the right order.

Where the standard asks a refusal instead, it stands here as the rule says it: a function of the
order, and of nothing that the product does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from typing import Any, Final

import pytest

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from messaging.exchange.services import intake
from messaging.istandaard import Message, serialize
from messaging.models import IncomingMessage, Leg
from subcontracts.models import (
    Allocation,
    CareRequest,
    Deadline,
    DeliveryStart,
    DeliveryStop,
    Placement,
    RequestedProduct,
    UpwardReport,
)
from subcontracts.services import placements
from tests import factories
from tests.factories import NOW, moved
from tests.subcontracts import changing, post
from tests.subcontracts.changing import AFTERNOON, Home
from tests.traffic import cases
from tests.traffic.facts import hold, undone

Order = tuple[str, ...]
#: Name of a message → return code.
Refusals = Mapping[str, str]
#: The messages by name, in the right order.
Messages = Mapping[str, tuple[Leg, Message]]
EITHER_FAMILY = pytest.mark.parametrize(
    "family", ["jw", pytest.param("wmo", marks=pytest.mark.long)]
)
#: Two working days on: what was parked has waited long enough.
_AFTERWARDS: Final = NOW + timedelta(days=2)
_BEGUN, _PAUSED, _BACK, _ENDED = (
    date(2026, 2, 2),
    date(2026, 2, 13),
    date(2026, 2, 23),
    date(2026, 3, 6),
)


def nothing(_at: Home, _scope: Scope) -> None:
    """Nobody does anything."""


def deliver(
    at: Home,
    messages: Messages,
    order: Sequence[str],
    meanwhile: Callable[[Home, Scope], None] = nothing,
    minute: int = 0,
) -> Refusals:
    """Let them come a minute after one another, and wait until nothing is parked any more.

    `meanwhile` is what people do after each.
    """
    rows = {}
    for place, name in enumerate(order, start=minute):
        leg, message = messages[name]
        scope = moved(at.world.system, NOW + timedelta(minutes=place))
        row = cases.receive(at, leg, serialize(message), scope=scope)
        rows[name] = intake.handle(scope=scope, message_id=row.pk).pk
        meanwhile(at, scope)
    intake.sweep(scope=moved(at.world.system, _AFTERWARDS))
    found = IncomingMessage.objects.in_bulk(rows.values())
    refusals = {}
    for name, pk in rows.items():
        for _rule, code, _path in post.codes(found[pk]):
            refusals[name] = code
    return refusals


def in_every_order(
    at: Home,
    messages: Messages,
    state: Callable[[Home], object],
    refusals: Callable[[Order], Refusals],
    *,
    mend: Callable[[Home, Refusals], None] = lambda at, refused: None,
    meanwhile: Callable[[Home, Scope], None] = nothing,
) -> None:
    """Hold all 24 orders against the right one; `mend` is what the sender does after a refusal."""
    right: object = None
    wrong = {}
    for order in permutations(messages):
        with undone():
            refused = deliver(at, messages, order, meanwhile)
            mend(at, refused)
            found = state(at)
        right = right or found  # the first permutation is the right order
        if (refused, found) != (refusals(order), right):
            wrong[order] = (refused, found)
    assert not wrong, (right, wrong)
    deliver(at, messages, list(messages), meanwhile)
    hold()


def running(**about: Any) -> set[tuple[str, str, date, date]]:
    """The terms that run."""
    rows = Deadline.objects.running().filter(**about)
    return {(one.kind, one.leg, one.event_date, one.due_date) for one in rows}


# Starts and stops


def care(at: Home) -> object:
    """What was reported below, and what was told above."""
    starts = DeliveryStart.objects.live().filter(placement=at.placement)
    stops = DeliveryStop.objects.filter(start__placement=at.placement, withdrawn_at=None)
    told = UpwardReport.objects.filter(allocation=at.first, withdrawn_at=None)
    return {
        "status": Placement.objects.get(pk=at.placement.pk).status,
        "starts": set(starts.values_list("begin_date", flat=True)),
        "stops": set(stops.values_list("start__begin_date", "end_date", "reason")),
        "told": set(told.values_list("kind", "begin_date", "end_date", "reason")),
        "terms": running(placement=at.placement),
    }


def refused_care(order: Order) -> Refusals:
    """A start is refused while another is open (TR326); its stop then ends no start (TR382).

    A stop that comes before its start waits for it, so only the second start can be refused: where
    the stop of the first has not come by then.
    """
    stop_of = {"start": "pause", "restart": "stop"}
    first, second = sorted(stop_of, key=order.index)
    if order.index(stop_of[first]) < order.index(second):
        return {}
    return {second: "9326", stop_of[second]: "9069"}


@EITHER_FAMILY
def test_a_start_a_pause_a_restart_and_a_stop(system: Scope, family: str) -> None:
    at = cases.home(system, family)
    messages = {
        "start": (Leg.DOWN, cases.start(at, _BEGUN)),
        "pause": (Leg.DOWN, cases.stop(at, _BEGUN, _PAUSED, "20")),
        "restart": (Leg.DOWN, cases.start(at, _BACK)),
        "stop": (Leg.DOWN, cases.stop(at, _BACK, _ENDED)),
    }

    def sent_again(at: Home, refused: Refusals) -> None:
        """OP286: what was refused was never sent; a new message tells it (TR056)."""
        again = {
            name: (leg, numbered(message, f"AGAIN{name[:5]}"))
            for name, (leg, message) in messages.items()
            if name in refused
        }
        assert not deliver(at, again, list(again), minute=10)

    in_every_order(at, messages, care, refused_care, mend=sent_again)


def numbered(message: Any, number: str) -> Message:
    """The same message under another number."""
    named = replace(message.header.message_id, number=number)
    renumbered: Message = replace(message, header=replace(message.header, message_id=named))
    return renumbered


# Requests for new care and what comes of them

_NUMBER: Final = 77_000_001
_FIRST = Period(date(2027, 1, 1), date(2027, 6, 30))
_LONGER = Period(_FIRST.start, date(2027, 9, 30))
_SHORTER = Period(_FIRST.start, date(2027, 3, 31))
_DELETED = Period(_FIRST.start, _FIRST.start)


def allocation(at: Home, period: Period, hours: int, reason: str = "", reference: str = "") -> Any:
    """A 301 with the allocation that the request is about, decided so many hours later."""
    one = factories.allocated(
        at.good(0),
        number=_NUMBER,
        period=period,
        volume=2,
        decided=NOW + timedelta(hours=hours - 5),
        change_reason=reason,
        provider_reference=reference,
    )
    return factories.allocation_message(at.world, at.who, one, family=at.family, on=NOW.date())


def new_care(at: Home) -> object:
    """The allocation as it is in force, everything that was sent of it, and the request."""
    row = Allocation.objects.get(number=_NUMBER)
    return {
        "allocation": (row.start_date, row.end_date, row.decided_at, row.is_deleted),
        "answers": row.requested_product_id,
        "versions": set(row.versions.values_list("decided_at", "end_date", "change_reason")),
        "placed": set(row.placements.values_list("status", "end_date")),
        "request": CareRequest.objects.get().status,
        "products": set(RequestedProduct.objects.values_list("reference", "answer")),
        "terms": running(allocation=row) | running(request=CareRequest.objects.get()),
    }


def refused_investigation(order: Order) -> Refusals:
    """No answer may follow an allocation under its reference (TR359)."""
    late = order.index("investigated") > order.index("allocated")
    return {"investigated": "9359"} if late else {}


@pytest.fixture(params=["jw", pytest.param("wmo", marks=pytest.mark.long)])
def asked(system: Scope, request: pytest.FixtureRequest) -> tuple[Home, list[str]]:
    """A request for two products of the software was sent; their references."""
    at = cases.home(system, request.param)
    sent = cases.sent_request(at, cases.request(at))
    return at, list(sent.products.order_by("pk").values_list("reference", flat=True))


def messages_about(at: Home, reference: str, last: Period, reason: str) -> Messages:
    """A request investigated, the allocation that answers it, and two later decisions about it."""
    return {
        "investigated": (Leg.UP, changing.answer_of_town(at, reference)),
        "allocated": (Leg.UP, allocation(at, _FIRST, 1, reference=reference)),
        "changed": (Leg.UP, allocation(at, _LONGER, 2, "05")),
        "last": (Leg.UP, allocation(at, last, 3, reason)),
    }


@pytest.mark.long
def test_an_allocation_changed_and_deleted(asked: tuple[Home, list[str]]) -> None:
    """IV013: the latest decision is in force, whenever it comes."""
    at, (reference, _other) = asked
    messages = messages_about(at, reference, _DELETED, "13")
    in_every_order(at, messages, new_care, refused_investigation)


def test_an_allocation_changed_shortened_and_placed(asked: tuple[Home, list[str]]) -> None:
    """It is placed as soon as we know of it, and the placement ends as the latest decision says."""
    at, (reference, _other) = asked
    messages = messages_about(at, reference, _SHORTER, "05")

    def place(at: Home, scope: Scope) -> None:
        row = Allocation.objects.filter(number=_NUMBER, placements=None).first()
        if row is not None:
            placed = placements.place(
                scope=scope, allocation=row, subcontractor=at.party.subcontractor
            )
            placements.accept(scope=scope, placement=placed)

    in_every_order(at, messages, new_care, refused_investigation, meanwhile=place)


def test_all_answers_to_a_request(asked: tuple[Home, list[str]]) -> None:
    """Receipt, investigation, allocation and rejection: the order does not matter (OP080)."""
    at, (reference, other) = asked
    messages = {
        "received": (Leg.UP, post.answered(cases.sent(Leg.UP, "315"))),
        "investigated": (Leg.UP, changing.answer_of_town(at, reference)),
        "allocated": (Leg.UP, allocation(at, _FIRST, 1, reference=reference)),
        "rejected": (Leg.UP, changing.answer_of_town(at, other, "2")),
    }
    in_every_order(at, messages, new_care, refused_investigation)


# Requests for change


def changed_care(at: Home) -> object:
    """The allocation, the placement under it, and the request for change."""
    request = CareRequest.objects.get()
    placed = Placement.objects.get(pk=at.placement.pk)
    row = placed.allocation
    return {
        "allocation": (row.end_date, row.decided_at, row.volume),
        "versions": set(
            row.versions.values_list("decided_at", "end_date", "requested_change__reference")
        ),
        "placed": (placed.status, placed.end_date, placed.volume),
        "request": (request.status, request.change.answer),
        "terms": running(allocation=row) | running(request=request),
    }


def refused_late_investigation(order: Order) -> Refusals:
    """As for new care; a 301 as a whole answers the change (TR359)."""
    late = order.index("investigated") > order.index("granted")
    return {"investigated": "9359"} if late else {}


@EITHER_FAMILY
def test_all_answers_to_a_change(system: Scope, family: str) -> None:
    at = cases.home(system, family)
    request = cases.sent_request(at, changing.letter(at))
    granted = changing.granted(
        at, request, AFTERNOON, period=Period(at.first.start_date, date(2027, 3, 31))
    )
    shorter = factories.allocated(
        at.good(0),
        number=at.first.number,
        period=Period(at.first.start_date, date(2026, 10, 31)),
        decided=AFTERNOON + timedelta(hours=1),
        change_reason="05",
    )
    messages = {
        "received": (Leg.UP, post.answered(cases.sent(Leg.UP, "317"))),
        "investigated": (Leg.UP, changing.answer_of_town(at, request.change.reference)),
        "granted": (Leg.UP, granted),
        "shortened": (
            Leg.UP,
            factories.allocation_message(at.world, at.who, shorter, family=family, on=NOW.date()),
        ),
    }
    in_every_order(at, messages, changed_care, refused_late_investigation)
