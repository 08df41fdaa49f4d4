"""The VSP envelope of VECOZO: metadata as JSON and the message beside it, in one form.

Written after the interface specification `VSP-Koppeling REST Push` 1.0.2, which holds for what we
send and for what is delivered to us. docs/envelopes.md says what was not checked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from django.utils.translation import gettext as _

from messaging.exchange.transports import RefusedError, TransportError, faults, multipart
from messaging.exchange.transports.envelopes import (
    SUBVERSION,
    VERSION,
    Envelope,
    EnvelopeError,
    too_large,
)
from messaging.exchange.transports.multipart import Part

METADATA, PAYLOAD = "berichtMetadata", "payload"
#: Metadata are a few hundred bytes.
_MOST_METADATA: Final = 64 * 1024
#: Answers after which the same parcel will be refused again.
_FINAL: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY})
_MOST_DEPTH: Final = 20


@dataclass(frozen=True, slots=True)
class Routing:
    """What VECOZO agrees with each party: the roles, and an action for each message type."""

    own_role: str
    other_role: str
    actions: Mapping[str, str] = field(default_factory=dict)


def encode(envelope: Envelope, routing: Routing) -> tuple[bytes, str]:
    """The body of the request and its content type.

    Raises RefusedError for a message type without an action: the operator must name it first.
    """
    action = routing.actions.get(envelope.kind)
    if action is None:
        text = _("The settings of the hub name no action for a %(kind)s.")
        raise RefusedError("action", text % {"kind": envelope.kind})
    references = {
        # What answers nothing begins a conversation of its own.
        "conversatieId": envelope.conversation or envelope.answers or envelope.reference,
        "traceerId": envelope.reference,
    }
    if envelope.answers:
        references["alsAntwoordOp"] = envelope.answers
    metadata = {
        "routeringgegevens": {
            "afzender": {"rol": routing.own_role, "code": envelope.sender},
            "geadresseerden": [{"rol": routing.other_role, "code": envelope.receiver}],
            "berichtstroom": {
                "berichttype": envelope.kind[:-3],
                "berichtsubtype": envelope.kind,
                "berichtversie": VERSION,
                "berichtsubversie": SUBVERSION,
                "actie": action,
            },
        },
        "referentiegegevens": references,
    }
    return multipart.write(
        [
            Part(METADATA, "application/json", json.dumps(metadata).encode()),
            Part(PAYLOAD, "application/octet-stream", envelope.payload, f"{envelope.kind}.xml"),
        ]
    )


def decode(data: bytes, content_type: str) -> Envelope:
    """What VECOZO delivers. Raises EnvelopeError."""
    too_large(data)
    try:
        parts = multipart.read(data, content_type)
    except ValueError:
        text = _("This is no multipart/form-data with berichtMetadata and payload.")
        raise EnvelopeError("envelope", "", text) from None
    metadata = _metadata(parts.get(METADATA, b""))
    reference = _text(metadata, "referentiegegevens", "traceerId").lower()
    payload = parts.get(PAYLOAD, b"")
    if not payload:
        text = _("The envelope holds no message.")
        raise EnvelopeError("payload", PAYLOAD, text, reference=reference)
    return Envelope(
        kind=_text(metadata, "routeringgegevens", "berichtstroom", "berichtsubtype"),
        sender=_text(metadata, "routeringgegevens", "afzender", "code"),
        receiver=_receiver(metadata, reference),
        reference=reference,
        answers=_text(metadata, "referentiegegevens", "alsAntwoordOp").lower(),
        conversation=_text(metadata, "referentiegegevens", "conversatieId").lower()[:36],
        payload=payload,
    )


def _metadata(raw: bytes) -> dict[str, Any]:
    text = _("The metadata of the envelope are no JSON object.")
    # Brackets within brackets cost the reader a frame each.
    if len(raw) > _MOST_METADATA or raw.count(b"[") + raw.count(b"{") > _MOST_DEPTH * 10:
        raise EnvelopeError("too_large", METADATA, _("The metadata of the envelope are too large."))
    try:
        found = json.loads(raw.decode("utf-8"))
    except ValueError:
        raise EnvelopeError("metadata", METADATA, text) from None
    if not isinstance(found, dict):
        raise EnvelopeError("metadata", METADATA, text)
    return found


def _receiver(metadata: dict[str, Any], reference: str) -> str:
    """One addressee: a copy for several is no message of the standards."""
    found = _at(metadata, "routeringgegevens", "geadresseerden")
    if not isinstance(found, list) or len(found) != 1:
        text = _("The envelope must have one addressee.")
        raise EnvelopeError("receiver", "geadresseerden", text, reference=reference)
    return _text(found[0], "code")


def _at(value: Any, *path: str) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(value: Any, *path: str) -> str:
    """The text at a place; nothing for what is no text that can be stored, such as a zero byte."""
    found = _at(value, *path)
    return found.strip() if isinstance(found, str) and found.isprintable() else ""


def problem(error: EnvelopeError, status: int) -> dict[str, Any]:
    """Why we do not take it, as VECOZO's ValidationProblemDetails."""
    return {
        "type": "about:blank",
        "title": error.message,
        "status": status,
        "errors": {error.path or "bericht": [f"{error.code}: {error.message}"]},
    }


def check_receipt(status: int, answer: bytes) -> None:
    """Raises RefusedError or TransportError unless VECOZO took it (204)."""
    if status == HTTPStatus.NO_CONTENT:
        return
    codes = faults.codes_in(answer.decode("utf-8", "replace"))
    if codes:
        raise faults.refusal(codes[0])
    if status in _FINAL:
        text = _("The hub refused it with status %(status)s.")
        raise RefusedError(str(status), text % {"status": status})
    text = _("The hub answered with status %(status)s and no receipt.")
    raise TransportError(text % {"status": status})
