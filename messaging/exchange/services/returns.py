"""Answers of others: return messages and declaration answers to what we sent."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.scope import Scope
from messaging.exchange import dispatcher, rules, selectors
from messaging.exchange.models import IncomingMessage, OutgoingMessage
from messaging.exchange.services import concluding
from messaging.istandaard import Finding, Message, validate
from messaging.istandaard.model.messages import ANSWERS

State = IncomingMessage.State

#: Return message → what it answers.
ANSWERED: Final = {number: forward for forward, number in ANSWERS.items()}


def take(scope: Scope, row: IncomingMessage, message: Message) -> None:
    """A return message or declaration answer to something that we sent."""
    ours = _answered(row, message)
    if ours is None:
        concluding.conclude(scope, row, State.REJECTED, [_nothing_to_answer(message)])
        return
    taker = dispatcher.answer_taker(message.type.number)
    findings = validate(message)
    if not findings and taker is not None:
        with concluding.acting_for(scope, row) as acting:
            findings = list(taker.check(acting, ours, message))
    if findings:
        concluding.conclude(scope, row, State.REJECTED, findings)
        return
    row.answers = ours
    if rules.is_accepted(message):
        ours.accepted_at, ours.refused_at = scope.at, None
    else:
        ours.refused_at = scope.at
        ours.last_error = _codes_text(message)
    ours.save(update_fields=["accepted_at", "refused_at", "last_error"])
    for handler in dispatcher.return_handlers(message.type.number):
        with concluding.acting_for(scope, row) as acting:
            handler(acting, ours, message)
    if taker is not None:
        with concluding.acting_for(scope, row) as acting:
            taker.take(acting, ours, message, row)
    concluding.conclude(scope, row, State.HANDLED, [])


def _answered(row: IncomingMessage, message: Message) -> OutgoingMessage | None:
    """Our message that this one answers, sent to this same party."""
    header = message.header
    named = getattr(header, "declaration_id", header.message_id)
    sent = OutgoingMessage.objects.between(row.main_contractor_id, row.party)
    return (
        sent.filter(
            family=row.family,
            message_type=ANSWERED[message.type.number],
            identification=named.number.strip(),
        )
        .select_for_update(of=("self",))
        .first()
    )


def _nothing_to_answer(message: Message) -> Finding:
    """Of a declaration answer this is TR337; the other answers have no rule of their own."""
    rule = "TR337" if message.type.number == "325" else "answer"
    return Finding(rule, "", rules.HEADER, _("We sent no message that this one answers."))


def _codes_text(message: Message) -> str:
    codes = ", ".join(dict.fromkeys(code for _path, code in selectors.errors_in(message)))
    return _("The other side refused this message (%(codes)s).") % {"codes": codes}
