"""What messages of this app's kinds lead to; registered with the dispatcher in `apps.py`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.scope import Scope, on_behalf_of
from messaging.exchange.dispatcher import Outcome
from messaging.istandaard import Finding
from messaging.istandaard.model.messages import (
    AllocationMessage,
    AllocationRequestMessage,
    AnswerMessage,
    ReturnMessage,
    StartMessage,
    StopMessage,
)
from messaging.models import IncomingMessage, OutgoingMessage
from subcontracts.models import AllocationRequest
from subcontracts.services import allocations, deliveries, reported, requests


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


def take_starts(scope: Scope, incoming: IncomingMessage, message: StartMessage) -> Outcome:
    """305 from a subcontractor's software."""
    with on_behalf_of(scope, incoming.main_contractor_id) as office:
        return Outcome(
            findings=reported.take_starts(scope=office, message=message, incoming=incoming)
        )


def take_stops(scope: Scope, incoming: IncomingMessage, message: StopMessage) -> Outcome:
    """307 from a subcontractor's software."""
    with on_behalf_of(scope, incoming.main_contractor_id) as office:
        return Outcome(
            findings=reported.take_stops(scope=office, message=message, incoming=incoming)
        )


def take_requests(
    scope: Scope, incoming: IncomingMessage, message: AllocationRequestMessage
) -> Outcome:
    """315 from a subcontractor's software."""
    with on_behalf_of(scope, incoming.main_contractor_id) as office:
        return Outcome(
            findings=reported.take_requests(scope=office, message=message, incoming=incoming)
        )


ANSWER_TEXTS = {
    "TR355": _("No request with this reference was sent to this municipality."),
    "TR359": _("An allocation was already sent for this request."),
    "TR360": _("The investigation of this request was announced before."),
    "TR365": _("This request was already closed by an earlier answer."),
}


def take_answer(scope: Scope, incoming: IncomingMessage, message: AnswerMessage) -> Outcome:
    """319 from a municipality: a rejection, or an investigation first."""
    is_rejection = message.answer.request_answer == "1"
    request = (
        AllocationRequest.objects.visible_to(scope)
        .filter(
            main_contractor=incoming.main_contractor_id,
            family=message.family.value,
            municipality=incoming.municipality,
            reference=message.answer.provider_reference,
        )
        .select_for_update(of=("self",))
        .first()
    )
    rule = requests.answer_problem(request, is_rejection=is_rejection)
    if rule or request is None:
        code = f"9{rule.removeprefix('TR')}"
        return Outcome(findings=[Finding(rule, code, "/Bericht/Antwoord", ANSWER_TEXTS[rule])])
    requests.answered(scope=scope, request=request, is_rejection=is_rejection)
    return Outcome()


def take_report_return(scope: Scope, outgoing: OutgoingMessage, returned: ReturnMessage) -> None:
    """306 or 308 from a municipality: with errors, what we told was never sent."""
    if returned.header.return_codes:
        deliveries.refused_above(scope=scope, message=outgoing)


def take_request_return(scope: Scope, outgoing: OutgoingMessage, returned: ReturnMessage) -> None:
    """316 from a municipality."""
    sent = AllocationRequest.objects.visible_to(scope).filter(message=outgoing)
    for request in sent.select_for_update(of=("self",)):
        if returned.header.return_codes:
            requests.faulty(scope=scope, request=request)
        else:
            requests.confirmed(scope=scope, request=request)
