"""Who handles which message: higher apps register their handlers in `AppConfig.ready()`.

A handler of a message from a municipality acts as the system for the main contractor; one of a
message from a subcontractor acts as that organisation, so that it can touch nothing of another's.
All changes of a handler stand or fall with the return message, in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.scope import Scope
from messaging.exchange.models import IncomingMessage, Leg, OutgoingMessage
from messaging.istandaard import Finding, ServiceRow
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


#: The last argument is the typed message, or `Declared` where it was so registered.
Handler = Callable[[Scope, IncomingMessage, Any], Outcome]
ReturnHandler = Callable[[Scope, OutgoingMessage, Any], None]
#: What is wrong with an answer to our message; the last argument is the typed answer.
AnswerCheck = Callable[[Scope, OutgoingMessage, Any], Iterable[Finding]]
#: Takes in the answer of a declaration: our message, the answer, and the document it came in.
DeclarationAnswerHandler = Callable[[Scope, OutgoingMessage, Any, IncomingMessage], None]


@dataclass(frozen=True, slots=True)
class AnswerTaker:
    """Who deals with the answers to our declarations: first checked, then taken in."""

    check: AnswerCheck
    take: DeclarationAnswerHandler


@dataclass(frozen=True, slots=True)
class Registered:
    """A handler, and in which form it takes the message."""

    handler: Handler
    takes_rows: bool = False


#: Records what a message is about that changed nothing; the last argument is the typed message.
Note = Callable[[Scope, IncomingMessage, Any], None]

#: To whom a message of the subcontractors' leg goes in copy, by main contractor, code of the
#: municipality in it, law, and keyed hash of the one client it is about, if there is one; None
#: where it goes to nobody.
CopyRule = Callable[[Scope, int, str, str, bytes | None], Municipality | None]

_handlers: dict[tuple[Leg, str], Registered] = {}
_notes: dict[tuple[Leg, str], Note] = {}
_return_handlers: dict[str, list[ReturnHandler]] = {}
_answer_takers: dict[str, AnswerTaker] = {}
_copy_rules: list[CopyRule] = []


def register(leg: Leg, message_type: str, handler: Handler) -> None:
    """Handle messages of this type that come from this side; the last call counts."""
    _handlers[leg, message_type] = Registered(handler)


def register_declaration(leg: Leg, handler: Handler) -> None:
    """Handle the 323, given as `Declared`: ten thousand lines are rows, not objects."""
    _handlers[leg, DECLARATION] = Registered(handler, takes_rows=True)


def register_note(leg: Leg, message_type: str, note: Note) -> None:
    """Say what a message is about where it is refused or parked, and so its changes are undone."""
    _notes[leg, message_type] = note


def register_return(message_type: str, handler: ReturnHandler) -> None:
    """Hear of answers (302, 306, 308, 316, 318, 320, 325) to messages that we sent."""
    known = _return_handlers.setdefault(message_type, [])
    if handler not in known:
        known.append(handler)


def register_answer(message_type: str, taker: AnswerTaker) -> None:
    """Check an answer against what it answers before anything changes; the last call counts."""
    _answer_takers[message_type] = taker


def answer_taker(message_type: str) -> AnswerTaker | None:
    """Who checks and takes in this answer, or None where its own rules are enough."""
    return _answer_takers.get(message_type)


def handler_for(leg: str, message_type: str) -> Registered | None:
    """The handler of a message, or None where no app deals with it."""
    return _handlers.get((Leg(leg), message_type))


def note_for(leg: str, message_type: str) -> Note | None:
    """Who says what a message is about that changed nothing, or None."""
    return _notes.get((Leg(leg), message_type))


def return_handlers(message_type: str) -> Sequence[ReturnHandler]:
    """Everybody who wants to hear of this answer."""
    return tuple(_return_handlers.get(message_type, ()))


def register_copies(rule: CopyRule) -> None:
    """Say what goes in copy to a municipality."""
    if rule not in _copy_rules:
        _copy_rules.append(rule)


def copied_to(
    scope: Scope, main_contractor_id: int, code: str, family: str, client_hash: bytes | None
) -> Municipality | None:
    """The municipality that gets a copy of what is exchanged under its code, or None."""
    found = (rule(scope, main_contractor_id, code, family, client_hash) for rule in _copy_rules)
    return next((to for to in found if to is not None), None)
