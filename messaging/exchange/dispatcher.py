"""Who handles which message: higher apps register their handlers in `AppConfig.ready()`.

A handler of a message from a municipality acts as the system for the main contractor; one of a
message from a subcontractor acts as that organisation, so that it can touch nothing of another's.
All changes of a handler stand or fall with the return message, in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from hoofdaannemer.core.scope import Scope
from messaging.exchange.models import IncomingMessage, Leg, OutgoingMessage
from messaging.istandaard import Finding, ParseResult, ServiceRow
from messaging.istandaard.model.messages import DeclarationAnswerMessage, DeclarationMessage

DECLARATION: Final = "323"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message.

    With `findings` the handler's changes are undone, and the return message carries the codes.
    `answer` is the 325 of a declaration; the other return messages are made here.
    """

    findings: Sequence[Finding] = field(default_factory=tuple)
    answer: DeclarationAnswerMessage | None = None


class Park(Exception):
    """Raised by a handler that waits for another message, at the latest until `until`.

    Its changes are undone. The message is judged again when another one about the same client
    comes, and when the time is up: then the handler must decide, since it may not park again.
    """

    def __init__(self, until: datetime, reason: str) -> None:
        self.until = until
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration without an object for each line: its head, and the lines as rows."""

    head: DeclarationMessage
    rows: Sequence[ServiceRow]
    document: ParseResult


#: The last argument is the typed message, or `Declared` where it was so registered.
Handler = Callable[[Scope, IncomingMessage, Any], Outcome]
ReturnHandler = Callable[[Scope, OutgoingMessage, Any], None]


@dataclass(frozen=True, slots=True)
class Registered:
    """A handler, and in which form it takes the message."""

    handler: Handler
    takes_rows: bool = False


_handlers: dict[tuple[Leg, str], Registered] = {}
_return_handlers: dict[str, list[ReturnHandler]] = {}


def register(leg: Leg, message_type: str, handler: Handler) -> None:
    """Handle messages of this type that come from this side; the last call counts."""
    _handlers[leg, message_type] = Registered(handler)


def register_declaration(leg: Leg, handler: Handler) -> None:
    """Handle the 323, given as `Declared`: ten thousand lines are rows, not objects."""
    _handlers[leg, DECLARATION] = Registered(handler, takes_rows=True)


def register_return(message_type: str, handler: ReturnHandler) -> None:
    """Hear of answers (302, 306, 308, 316, 318, 320, 325) to messages that we sent."""
    known = _return_handlers.setdefault(message_type, [])
    if handler not in known:
        known.append(handler)


def handler_for(leg: str, message_type: str) -> Registered | None:
    """The handler of a message, or None where no app deals with it."""
    return _handlers.get((Leg(leg), message_type))


def return_handlers(message_type: str) -> Sequence[ReturnHandler]:
    """Everybody who wants to hear of this answer."""
    return tuple(_return_handlers.get(message_type, ()))
