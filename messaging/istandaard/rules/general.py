"""Rules for starts, stops and answers, and those that hold for every class."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from operator import attrgetter

from django.utils.translation import gettext_lazy as _

from messaging.istandaard.model.delivery import StartProduct, StopProduct
from messaging.istandaard.model.elements import Family
from messaging.istandaard.model.header import Part
from messaging.istandaard.model.messages import Message
from messaging.istandaard.model.requests import RequestAnswer
from messaging.istandaard.parts import Siblings

from .client import TR134
from .registry import on, rule

CD085 = rule("CD085", _("A rejection needs a reason."))
CD086 = rule("CD086", _("A request under investigation has no reason for rejection."))
CS058 = rule("CS058", _("The delivery status is 1 (new) or 3 (delete)."))
TR018 = rule("TR018", _("The end date lies before the begin date."))
TR101 = rule("TR101", _("This stands in the message twice (same key)."))
TR377 = rule(
    "TR377", _("A rejection because of residence (reason 8) names the responsible municipality.")
)
TR409 = rule("TR409", _("Only a rejection because of residence (reason 8) names a municipality."))


@on(TR018, StopProduct)
def stops_after_begin(stop: StopProduct, message: Message) -> str | None:
    return "Einddatum" if stop.end_date < stop.begin_date else None


@on(TR134, StartProduct)
def started_before_message(start: StartProduct, message: Message) -> str | None:
    is_later = start.begin_date > message.header.message_id.message_date
    return "Begindatum" if is_later else None


@on(TR134, StopProduct)
def stopped_before_message(stop: StopProduct, message: Message) -> str | None:
    return "Einddatum" if stop.end_date > message.header.message_id.message_date else None


@on(CS058, StartProduct, StopProduct)
def status_in_use(record: StartProduct | StopProduct, message: Message) -> str | None:
    return None if record.delivery_status in {"1", "3"} else "StatusAanlevering"


@on(CD085, RequestAnswer)
def rejection_has_reason(answer: RequestAnswer, message: Message) -> str | None:
    lacks = answer.request_answer == "1" and not answer.rejection_reason
    return "RedenAfwijzingVerzoek" if lacks else None


@on(CD086, RequestAnswer)
def investigation_has_no_reason(answer: RequestAnswer, message: Message) -> str | None:
    has = answer.request_answer == "2" and answer.rejection_reason
    return "RedenAfwijzingVerzoek" if has else None


@on(TR377, RequestAnswer)
def residence_named(answer: RequestAnswer, message: Message) -> str | None:
    if message.family != Family.JW or answer.rejection_reason != "8":
        return None
    return "Woonplaatsbeginsel" if answer.residence_principle is None else None


@on(TR409, RequestAnswer)
def residence_only_when_reason(answer: RequestAnswer, message: Message) -> str | None:
    if message.family != Family.JW or answer.rejection_reason == "8":
        return None
    return "Woonplaatsbeginsel" if answer.residence_principle is not None else None


def repeated(lists: Iterable[Siblings]) -> Iterator[str]:
    """Siblings with the same key. The declaration has its own, over its lines as a set.

    What stands above counts too, since the key of a class adds to those of its parents.
    """
    for siblings in lists:
        if not (names := siblings.items[0].key):
            continue
        keys = list(map(_getter(names), siblings.items))
        if len(set(keys)) < len(keys):
            yield from (siblings.path(place) for place in _places_of_repeats(keys))


def _places_of_repeats(keys: Sequence[Hashable]) -> Iterator[int]:
    seen: set[Hashable] = set()
    for place, key in enumerate(keys, start=1):
        if key in seen:
            yield place
        seen.add(key)


@lru_cache(maxsize=64)
def _getter(names: tuple[str, ...]) -> Callable[[Part], Hashable]:
    return attrgetter(*names)
