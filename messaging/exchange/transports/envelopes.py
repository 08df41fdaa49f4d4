"""What the envelopes of both hubs hold, and what an envelope must be to be opened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from messaging.istandaard import MAX_BYTES, MESSAGE_TYPES
from messaging.istandaard.model.messages import MessageType

#: A version 4 UUID in small letters, as the schema of the GGk asks.
REFERENCE: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
)
#: A payload of 25 MB in base64, in lines, and the envelope around it.
MAX_ENVELOPE: Final = 36 * 1024 * 1024
#: What a hub calls release 3.2 of the standards.
VERSION, SUBVERSION = 3, 2

_BY_NAMESPACE: Final = {kind.namespace: kind for kind in MESSAGE_TYPES.values()}
_BY_NAME: Final = {kind.name: kind for kind in MESSAGE_TYPES.values()}
#: Bytes within which the root element names its namespaces.
_HEAD: Final = 2048


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message as it travels by a hub."""

    kind: str
    sender: str
    receiver: str
    reference: str
    payload: bytes
    answers: str = ""
    #: What VECOZO counts as one exchange; a StUF envelope knows none.
    conversation: str = ""
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What a hub reports later about something that was sent: that it did not arrive."""

    code: str
    answers: str
    reference: str


class EnvelopeError(ValueError):
    """An envelope that cannot be opened: a code that stays the same, the place, and the reason."""

    def __init__(self, code: str, path: str, message: str, *, reference: str = "") -> None:
        self.code = code
        self.path = path
        self.message = message
        #: As far as it could be read, so that the sender knows which one is meant.
        self.reference = reference
        super().__init__(message)


def check(envelope: Envelope, receiver: str) -> None:
    """Compare what the envelope says with what is in it, and with whose letter box this is.

    Raises EnvelopeError. Whether the message itself is right is judged later.
    """
    found = _fault_of(envelope, receiver)
    if found is not None:
        code, path, text = found
        raise EnvelopeError(code, path, text, reference=envelope.reference)


def _fault_of(envelope: Envelope, receiver: str) -> tuple[str, str, str] | None:
    if not REFERENCE.fullmatch(envelope.reference):
        return "reference", "referentienummer", _("The reference is no version 4 UUID.")
    if envelope.receiver != receiver:
        text = _("The envelope is for %(found)s, and this is the letter box of %(own)s.")
        return "receiver", "ontvanger", text % {"found": envelope.receiver[:40], "own": receiver}
    if envelope.kind not in _BY_NAME:
        text = _("The envelope names the message type “%(kind)s”, which does not exist here.")
        return "message_type", "functie", text % {"kind": envelope.kind[:40]}
    return _fault_in(envelope.payload, _BY_NAME[envelope.kind])


def _fault_in(payload: bytes, said: MessageType) -> tuple[str, str, str] | None:
    if len(payload) > MAX_BYTES:
        return "too_large", "bericht", _("The file is larger than 25 MB.")
    held = kind_in(payload)
    if held is not None and held != said:
        text = _("The envelope says %(said)s, and the message in it is a %(held)s.")
        return "message_type", "functie", text % {"said": said.name, "held": held.name}
    return None


def kind_in(payload: bytes) -> MessageType | None:
    """The kind of message that a payload begins as; None for what is no message of ours.

    Not parsed: a payload that breaks the input policy is judged, and kept, like any other.
    """
    head = payload[:_HEAD]
    named = re.findall(rb"=\s*[\"']([^\"']+)[\"']", head)
    found = (_BY_NAMESPACE.get(text.decode("utf-8", "replace")) for text in named)
    return next((kind for kind in found if kind is not None), None)


def too_large(data: bytes) -> None:
    """Raises EnvelopeError for an envelope that holds more than 25 MB can take."""
    if len(data) > MAX_ENVELOPE:
        raise EnvelopeError("too_large", "", _("The envelope is larger than 36 MB."))
