"""Judge one stored message: parse, check, hand to its handler, answer."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Municipality, Organisation
from hoofdaannemer.core.locks import lock_text
from hoofdaannemer.core.scope import Scope
from messaging.exchange import content, dispatcher, rules
from messaging.exchange.dispatcher import Outcome, Park
from messaging.exchange.models import Family, IncomingMessage, Leg, OutgoingMessage
from messaging.exchange.services import concluding, copies, outtray, reading, returns
from messaging.exchange.services.identification import next_identification
from messaging.exchange.services.reading import Document, Reader
from messaging.istandaard import (
    Finding,
    Message,
    Verdict,
    answer,
    declaration_answer,
    validate,
    verdict_of,
)
from messaging.istandaard.model.messages import DeclarationMessage

State = IncomingMessage.State


class NoHandlerError(Exception):
    """No app deals with this message: a person must know, trying again does not help."""


class _UndoneError(Exception):
    """Carries findings out of a savepoint, whose changes are undone on the way."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = list(findings)
        super().__init__()


def judge(scope: Scope, row: IncomingMessage, read: Reader = reading.read) -> None:
    """Bring a locked message to its next state, with its findings and its answer.

    `scope` is the system's for the main contractor. Whatever a handler raises passes through.
    """
    document = read(row)
    if document.type is not None:
        row.family, row.message_type = Family(document.type.family.value), document.type.number
    if document.message is None:
        refused = [Finding(r.code, "", r.path, r.message) for r in document.rejections]
        concluding.conclude(scope, row, State.UNREADABLE, refused)
        return
    _judge_readable(scope, row, document, document.message)


def _judge_readable(
    scope: Scope, row: IncomingMessage, document: Document, message: Message
) -> None:
    refused = _refusals(row, message)
    if refused:
        concluding.conclude(scope, row, State.REJECTED, refused)
        return
    _identify(row, message)
    if (earlier := _earlier_with_identity(row)) is not None:
        row.conflicts_with = earlier
        _refuse_conflict(scope, row, document)
    elif message.type.number in returns.ANSWERED:
        returns.take(scope, row, message)
        copies.of_received(scope=scope, row=row, message=message)
    else:
        _take(scope, row, document)


def _refusals(row: IncomingMessage, message: Message) -> list[Finding]:
    """Why this sender may not send this; such a message takes nobody's identity."""
    if row.leg == Leg.UP:
        provider = row.main_contractor.agb
    else:
        provider = row.provider_organisation.agb if row.provider_organisation else ""
    return list(
        rules.refusals(
            message.type,
            row.leg,
            rules.codes_of(message),
            provider=provider,
            municipality=row.municipality.code if row.municipality else "",
        )
    )


def _identify(row: IncomingMessage, message: Message) -> None:
    row.sender = message.header.sender.strip()
    row.identification = message.header.message_number.strip()
    row.message_date = message.header.message_date
    row.client_hash = content.client_hash_of(message)


def _earlier_with_identity(row: IncomingMessage) -> IncomingMessage | None:
    """The message that used this identification first (TR056)."""
    identity = {
        "main_contractor": row.main_contractor_id,
        "family": row.family,
        "message_type": row.message_type,
        "sender": row.sender,
        "identification": row.identification,
    }
    lock_text(":".join(str(part) for part in identity.values()))
    same = IncomingMessage.objects.filter(**identity, conflicts_with=None).exclude(pk=row.pk)
    return same.first()


def _refuse_conflict(scope: Scope, row: IncomingMessage, document: Document) -> None:
    text = _("The sender used this identification before, for another message.")
    finding = Finding("TR056", "9056", rules.HEADER, text)
    if document.number not in returns.ANSWERED:
        _answer(scope, row, document, [finding])
    concluding.conclude(scope, row, State.REJECTED, [finding])


def _take(scope: Scope, row: IncomingMessage, document: Document) -> None:
    """A message that we answer: checks, handler, answer."""
    findings = _checked(scope, document)
    reply: Message | None = None
    if not findings:
        try:
            reply = _handed_over(scope, row, document).answer
        except Park as pause:
            _note(scope, row, document)
            _park(scope, row, pause)
            return
        except _UndoneError as undone:
            findings = undone.findings
    if findings:
        _note(scope, row, document)
    if reply is not None:
        _send(scope, row, reply)
        accepted = rules.is_accepted(reply)
    else:
        _answer(scope, row, document, findings)
        accepted = not findings
    concluding.conclude(scope, row, State.HANDLED if accepted else State.REJECTED, findings)


def _checked(scope: Scope, document: Document) -> list[Finding]:
    """Rules within the message, then those against clock and lists."""
    findings = document.findings if document.declared else validate(document.head)
    return list(findings) or list(rules.external_findings(document.head, scope.today))


def _handed_over(scope: Scope, row: IncomingMessage, document: Document) -> Outcome:
    """Call the handler in a savepoint; its findings undo what it changed."""
    known = dispatcher.handler_for(row.leg, document.number)
    if known is None:
        raise NoHandlerError
    content_for = document.declared if known.takes_rows else document.whole()
    with concluding.acting_for(scope, row) as acting:
        outcome = known.handler(acting, row, content_for)
        if outcome.findings:
            raise _UndoneError(outcome.findings)
    return outcome


def _note(scope: Scope, row: IncomingMessage, document: Document) -> None:
    """Keep what the message is about, though it changed nothing."""
    if (note := dispatcher.note_for(row.leg, document.number)) is not None:
        with concluding.acting_for(scope, row) as acting:
            note(acting, row, document.whole())


def _park(scope: Scope, row: IncomingMessage, pause: Park) -> None:
    if row.parked_until is not None and row.parked_until <= scope.at:
        raise ValueError("a message that waited long enough was parked again")
    row.parked_until = min(row.parked_until or pause.until, pause.until)
    row.last_error = pause.reason
    # Not a failure: the time that is up decides, or another message.
    row.attempts = 0
    row.next_try_at = None
    concluding.conclude(scope, row, State.PARKED, [])


def _answer(
    scope: Scope, row: IncomingMessage, document: Document, findings: list[Finding]
) -> None:
    number = next_identification(scope, row.main_contractor_id)
    head = document.head
    if isinstance(head, DeclarationMessage):
        verdict = _verdict(document, findings)
        reply: Message = declaration_answer(head, verdict, identification=number, date=scope.today)
    else:
        reply = answer(head, findings, identification=number, date=scope.today)
    _send(scope, row, reply)


def _verdict(document: Document, findings: list[Finding]) -> Verdict:
    in_header = all(f.code == "0001" or f.path == rules.HEADER for f in findings)
    message = document.head if in_header else document.whole()
    if not isinstance(message, DeclarationMessage):
        raise ValueError("this is no declaration")
    return verdict_of(message, findings)


def _send(scope: Scope, row: IncomingMessage, reply: Message) -> OutgoingMessage:
    party: Municipality | Organisation | None = row.municipality or row.provider_organisation
    if party is None:
        raise ValueError("a message without a party")
    # The question before its answer.
    copies.of_received(scope=scope, row=row, message=reply)
    return outtray.put(
        scope=scope,
        main_contractor_id=row.main_contractor_id,
        to=party,
        message=reply,
        key=f"return:{row.pk}",
        in_reply_to=row,
    )
