"""One client's care in messages of every type, each right when it comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from hoofdaannemer.core.scope import acting_as, system
from messaging.istandaard import Message, serialize
from messaging.models import Leg
from subcontracts.models import CareRequest
from subcontracts.services import requests
from tests.factories import NOW
from tests.subcontracts import changing, post
from tests.subcontracts.changing import Home
from tests.traffic import cases
from tests.traffic.facts import Facts, facts


def _send_up(at: Home) -> CareRequest:
    asked = CareRequest.objects.order_by("-pk")[0]
    return requests.send_up(scope=at.coordinator, request=asked)


def _returned(leg: Leg, number: str) -> Callable[[Home], Message]:
    return lambda at: post.answered(cases.sent(leg, number))


def _change_sent(at: Home) -> Message:
    _send_up(at)
    return post.answered(cases.sent(Leg.UP, "317"))


def _request_sent(at: Home) -> Message:
    _send_up(at)
    return post.answered(cases.sent(Leg.UP, "315"))


def _change_refused(at: Home) -> Message:
    return changing.answer_of_town(at, CareRequest.objects.get().change.reference, "2")


#: One client's care with every type of message, in an order in which each is right.
STORY: Final[tuple[tuple[Leg, str, Callable[[Home], Message]], ...]] = (
    (Leg.DOWN, "302", _returned(Leg.DOWN, "301")),
    (Leg.DOWN, "305", cases.start),
    (Leg.UP, "306", _returned(Leg.UP, "305")),
    (Leg.DOWN, "317", changing.letter),
    (Leg.UP, "318", _change_sent),
    (Leg.UP, "319", _change_refused),
    (Leg.DOWN, "320", _returned(Leg.DOWN, "319")),
    (Leg.DOWN, "315", cases.request),
    (Leg.UP, "316", _request_sent),
    (Leg.UP, "301", cases.changed_allocations),
    (Leg.DOWN, "307", cases.stop),
    (Leg.UP, "308", _returned(Leg.UP, "307")),
    (Leg.DOWN, "323", cases.declaration),
    (Leg.UP, "325", cases.declaration_answer),
)


def document(at: Home, place: int) -> bytes:
    """The bytes of a message of the story, when those before it were taken."""
    with acting_as(system(NOW)):
        return serialize(STORY[place][2](at))


def told_once(at: Home) -> Facts:
    """What there is where every message came once; it did not happen."""
    with acting_as(system(NOW)):
        for place, (leg, _number, make) in enumerate(STORY):
            cases.takes(at, make(at), leg, moment(place))
        found = facts()
        transaction.set_rollback(True)
    return found


def moment(place: int) -> datetime:
    """Each message a minute after the one before it."""
    return NOW + timedelta(minutes=place)
