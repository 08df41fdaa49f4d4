"""Checks of a received message that need no database: its parties, and external sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy as _

from messaging.exchange.models import Leg
from messaging.istandaard import Finding, Message, MessageType
from messaging.istandaard.codelists import code_list
from messaging.istandaard.model.messages import (
    AllocationMessage,
    AllocationRequestMessage,
    DeclarationAnswerMessage,
)

HEADER: Final = "/Bericht/Header"
_MUNICIPALITIES: Final = "CBS"

#: What comes from each side. A return message travels opposite to what it answers.
COMES_FROM: Final = {
    Leg.UP: frozenset({"301", "306", "308", "316", "318", "319", "325"}),
    Leg.DOWN: frozenset({"302", "305", "307", "315", "317", "320", "323"}),
}


@dataclass(frozen=True, slots=True)
class Codes:
    """The two parties as the header names them, whoever of them wrote it."""

    municipality: str
    provider: str


def codes_of(message: Message) -> Codes:
    """Municipality code and AGB code of a header; a return repeats the header that it answers."""
    header = message.header
    if message.type.from_municipality:
        return Codes(municipality=header.sender, provider=header.receiver)
    return Codes(municipality=header.receiver, provider=header.sender)


def refusals(
    kind: MessageType, leg: str, found: Codes, *, provider: str, municipality: str
) -> Iterator[Finding]:
    """Why a message cannot come from this sender; it gets no return message.

    `provider` is the AGB code that the header must have: ours on the upper leg, the sender's own
    on the lower. `municipality` is the code that it must have, empty where any will do.
    """
    if kind.number not in COMES_FROM[Leg(leg)]:
        yield Finding("direction", "", HEADER, _("This message does not come from this side."))
    if not provider or found.provider != provider:
        text = _("The AGB code in the header is not that of the organisation.")
        yield Finding("provider", "", HEADER, text)
    if municipality and found.municipality != municipality:
        text = _("The municipality code in the header is not that of the sender.")
        yield Finding("municipality", "", HEADER, text)


def external_findings(message: Message, today: date) -> Iterator[Finding]:
    """TR135 and TR378: against the clock and the list of municipalities."""
    if message.header.message_date > today:
        text = _("The message date lies in the future.")
        yield Finding("TR135", "8848", HEADER, text)
    if not is_municipality(codes_of(message).municipality, _days_of(message, today)):
        text = _("The municipality code is not on the list of Statistics Netherlands.")
        yield Finding("TR378", "S300", HEADER, text)


def is_municipality(code: str, days: set[date]) -> bool:
    """Whether the code is on the list of municipalities on one of these days (TR378)."""
    entry = code_list(_MUNICIPALITIES).codes.get(code)
    return entry is not None and any(entry.in_force_on(day) for day in days)


def _days_of(message: Message, today: date) -> set[date]:
    """After a reorganisation the old code stays good for what began before it."""
    days = {today}
    if isinstance(message, AllocationMessage):
        days |= {product.start_date for product in message.client.allocated_products}
    elif isinstance(message, AllocationRequestMessage):
        days |= {product.allocation_start_date for product in message.client.requested_products}
    return days


def is_accepted(answer: Message) -> bool:
    """Whether a return message or declaration answer takes the message as a whole.

    Of a declaration lines may still be rejected.
    """
    codes = set(answer.header.return_codes)
    if isinstance(answer, DeclarationAnswerMessage):
        of_declaration = set(answer.answer.return_codes) if answer.answer else set()
        return codes <= {"0200"} and of_declaration <= {"0200", "8001"} and bool(answer.answer)
    return not codes
