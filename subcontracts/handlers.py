"""What messages of this app's kinds lead to; registered with the dispatcher in `apps.py`."""

from __future__ import annotations

from hoofdaannemer.core.scope import Scope
from messaging.exchange.dispatcher import Outcome
from messaging.istandaard.model.messages import (
    AllocationMessage,
    AllocationRequestMessage,
    AnswerMessage,
    ChangeRequestMessage,
    ReturnMessage,
    StartMessage,
    StopMessage,
)
from messaging.models import IncomingMessage, OutgoingMessage
from subcontracts.models import CareRequest
from subcontracts.services import (
    allocations,
    answers,
    asked,
    asked_changes,
    refused,
    reported,
)


def take_allocations(
    scope: Scope, incoming: IncomingMessage, message: AllocationMessage
) -> Outcome:
    """301 from a municipality."""
    if incoming.municipality is None:
        raise ValueError("a 301 comes from a municipality")
    return Outcome(
        findings=allocations.receive(
            scope=scope,
            main_contractor_id=incoming.main_contractor_id,
            municipality=incoming.municipality,
            message=message,
            incoming=incoming,
        )
    )


def note_allocations(scope: Scope, incoming: IncomingMessage, message: AllocationMessage) -> None:
    """301 that was refused."""
    allocations.note(scope=scope, incoming=incoming, message=message)


def take_starts(scope: Scope, incoming: IncomingMessage, message: StartMessage) -> Outcome:
    """305 from a subcontractor's software."""
    return Outcome(findings=reported.take_starts(scope=scope, message=message, incoming=incoming))


def take_stops(scope: Scope, incoming: IncomingMessage, message: StopMessage) -> Outcome:
    """307 from a subcontractor's software."""
    return Outcome(findings=reported.take_stops(scope=scope, message=message, incoming=incoming))


def note_report(
    scope: Scope, incoming: IncomingMessage, message: StartMessage | StopMessage
) -> None:
    """305 or 307 that was refused or parked."""
    reported.note(scope=scope, message=message, incoming=incoming)


def take_request(
    scope: Scope, incoming: IncomingMessage, message: AllocationRequestMessage
) -> Outcome:
    """315 from a subcontractor's software."""
    return Outcome(findings=asked.take_request(scope=scope, message=message, incoming=incoming))


def take_change(scope: Scope, incoming: IncomingMessage, message: ChangeRequestMessage) -> Outcome:
    """317 from a subcontractor's software."""
    return Outcome(
        findings=asked_changes.take_change(scope=scope, message=message, incoming=incoming)
    )


def take_answer(scope: Scope, incoming: IncomingMessage, message: AnswerMessage) -> Outcome:
    """319 from a municipality: a rejection, or an investigation first."""
    return Outcome(findings=answers.take(scope=scope, incoming=incoming, message=message))


def note_answer(scope: Scope, incoming: IncomingMessage, message: AnswerMessage) -> None:
    """319 that was refused."""
    answers.note(scope=scope, incoming=incoming, message=message)


def take_report_return(scope: Scope, outgoing: OutgoingMessage, returned: ReturnMessage) -> None:
    """306 or 308 from a municipality: with errors, what we told was never sent."""
    if returned.header.return_codes:
        refused.returned_above(scope=scope, message=outgoing)
    else:
        refused.accepted_above(scope=scope, message=outgoing)


def take_request_return(scope: Scope, outgoing: OutgoingMessage, returned: ReturnMessage) -> None:
    """316 or 318 from a municipality."""
    sent = CareRequest.objects.visible_to(scope).filter(message=outgoing)
    for request in sent.select_for_update(of=("self",)):
        if returned.header.return_codes:
            answers.faulty(scope=scope, request=request)
        else:
            answers.confirmed(scope=scope, request=request)
