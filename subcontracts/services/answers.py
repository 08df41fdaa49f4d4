"""Answers to requests: receipt (316, 318), and a 301 or a 319: per product, or to a change.

What becomes of a request that a subcontractor's software sent is passed on to that software: a
319 under its own reference; an allocation goes down as a relayed 301 when it is placed there, and
an allocated change with the placements that it is about.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from messaging.istandaard import Finding
from messaging.istandaard.model.messages import AnswerMessage
from messaging.models import IncomingMessage
from subcontracts import policies
from subcontracts.models import CareRequest, RequestedChange, RequestedProduct
from subcontracts.models.requests import Asked
from subcontracts.services import deadlines, elsewhere, links, refused, relaying, sending_requests
from subcontracts.services.requests import locked, moved

_Status = CareRequest.Status
_Answer = Asked.Answer
#: VerzoekAntwoord of a 319 (code list WJ760).
REJECTED: Final = "1"
#: Reasons of WJ759 for which we refuse: without the one that names another municipality (8).
CHANGE_DISMISS_REASONS: Final = ("1", "2", "3", "4", "5", "6", "7", "9")
#: The same for new care: without the one that is about changes (1).
DISMISS_REASONS: Final = CHANGE_DISMISS_REASONS[1:]

TEXTS: dict[str, Promise] = {
    "TR355": gettext_lazy("No request with this reference was sent to this municipality."),
    "TR359": gettext_lazy("An allocation was already sent for this request."),
    "TR360": gettext_lazy("The investigation of this request was announced before."),
    "TR365": gettext_lazy("This request was already closed by an earlier answer."),
}


def confirmed(*, scope: Scope, request: CareRequest) -> CareRequest:
    """The municipality received it (316, 318 without errors); its answer may have come first."""
    if request.status != _Status.SENT:
        return request
    refused.request_received_above(scope=scope, request=request)
    return moved(scope, request, _Status.CONFIRMED)


def faulty(*, scope: Scope, request: CareRequest) -> CareRequest:
    """The municipality returned it with errors: it counts as never sent."""
    if request.status != _Status.SENT:
        return request
    deadlines.drop_request(scope=scope, request=request)
    return moved(scope, request, _Status.FAULTY)


def take(*, scope: Scope, incoming: IncomingMessage, message: AnswerMessage) -> list[Finding]:
    """Take over a 319 about a product or a change: a rejection, or an investigation first."""
    given = message.answer
    asked = _asked_under(scope, incoming, given.provider_reference)
    if asked is None:
        return [_finding("TR355")]
    asked = _locked(asked)
    is_rejection = given.request_answer == REJECTED
    if rule := problem(asked, is_rejection=is_rejection):
        return [_finding(rule)]
    if is_rejection:
        instead = given.residence_principle
        asked.rejection_reason = given.rejection_reason
        asked.responsible_code = instead.municipality if instead else ""
        _answer(scope, asked, _Answer.REFUSED)
        elsewhere.named(scope=scope, asked=asked)
    else:
        _answer(scope, asked, _Answer.INVESTIGATED)
        deadlines.of_investigation(scope=scope, asked=asked)
    return []


def note(*, scope: Scope, incoming: IncomingMessage, message: AnswerMessage) -> None:
    """Link a 319 that changed nothing to the request that it names."""
    asked = _asked_under(scope, incoming, message.answer.provider_reference)
    if asked is not None:
        links.changed(scope, asked.request)


def _asked_under(scope: Scope, incoming: IncomingMessage, reference: str) -> Asked | None:
    about = {
        "main_contractor": incoming.main_contractor_id,
        "family": incoming.family,
        "request__municipality": incoming.municipality,
        "reference": reference,
    }
    product = RequestedProduct.objects.visible_to(scope).filter(**about).first()
    return product or RequestedChange.objects.visible_to(scope).filter(**about).first()


def _finding(rule: str) -> Finding:
    return Finding(rule, f"9{rule.removeprefix('TR')}", "/Bericht/Antwoord", TEXTS[rule])


def problem(asked: Asked, *, is_rejection: bool) -> str:
    """Rule that a 319 about this breaks; empty where it may be taken over."""
    if asked.request.sent_at is None:
        return "TR355"
    if asked.answer == _Answer.ALLOCATED:
        return "TR359"
    if asked.answer == _Answer.REFUSED or asked.request.status not in CareRequest.OPEN:
        return "TR365"
    if asked.answer == _Answer.INVESTIGATED and not is_rejection:
        return "TR360"
    return ""


def allocated(*, scope: Scope, asked: Asked) -> None:
    """A 301 with its reference came."""
    asked = _locked(asked)
    if asked.answer == _Answer.ALLOCATED:
        return
    _answer(scope, asked, _Answer.ALLOCATED)
    if isinstance(asked, RequestedChange) and asked.provider_reference:
        relaying.answer(scope=scope, change=asked)


@transaction.atomic
def dismiss(*, scope: Scope, request: CareRequest, reason: str = "") -> CareRequest:
    """Do not send a request; a subcontractor is told why (`reason`: code list WJ759).

    Raises RuleError VOT-03 where it was sent, VOT-08 without a reason for a subcontractor.
    """
    request = locked(scope, request)
    policies.check_can_dismiss(scope, request)
    if request.provider_organisation_id and reason not in dismiss_reasons(request):
        raise RuleError("VOT-08", _("Say why you do not send this request."))
    for asked in map(_locked, _all_asked(request)):
        asked.rejection_reason = reason
        _give(scope, asked, _Answer.REFUSED)
    refused.request_received_above(scope=scope, request=request)
    return moved(scope, request, _Status.DISMISSED)


def dismiss_reasons(request: CareRequest) -> tuple[str, ...]:
    """The reasons of WJ759 for which a request may be left unsent."""
    is_change = request.kind == CareRequest.Kind.CHANGE
    return CHANGE_DISMISS_REASONS if is_change else DISMISS_REASONS


def _all_asked(request: CareRequest) -> list[Asked]:
    """What of it the municipality answers."""
    if request.kind == CareRequest.Kind.CHANGE:
        return [request.change]
    return list(request.products.order_by("pk"))


def _locked(asked: Asked) -> Asked:
    """What was asked under its locked request: two answers at once must count each other."""
    request = (
        CareRequest.objects.select_for_update(of=("self",))
        .select_related("client", "municipality")
        .get(pk=asked.request_id)
    )
    rows: Any = type(asked)._default_manager
    found: Asked = rows.select_for_update(of=("self",)).get(pk=asked.pk)
    found.request = request
    return found


def _answer(scope: Scope, asked: Asked, answer: _Answer) -> None:
    """Give what is open its answer, which may close the request."""
    _give(scope, asked, answer)
    links.changed(scope, asked.request)
    deadlines.meet_asked(scope=scope, asked=asked)
    _follow(scope, asked.request)


def _give(scope: Scope, asked: Asked, answer: _Answer) -> None:
    before = _Answer(asked.answer)
    if answer not in Asked.TRANSITIONS[before]:
        raise RuleError("VOT-05", _("This request can no longer change in that way."))
    asked.answer = answer
    asked.answered_at = scope.at
    asked.save(update_fields=["answer", "rejection_reason", "responsible_code", "answered_at"])
    kind = "requested_change" if isinstance(asked, RequestedChange) else "requested_product"
    audit.record(scope, f"{kind}.{answer.value}", asked, before=before.value)
    if asked.provider_reference and answer != _Answer.ALLOCATED:
        sending_requests.answer_down(scope=scope, asked=asked)


def _follow(scope: Scope, request: CareRequest) -> None:
    """Bring the request to where its products or its change are; it closes with the last."""
    request = confirmed(scope=scope, request=request)
    given = {asked.answer for asked in _all_asked(request)}
    if given <= set(Asked.FINAL):
        wanted = _Status.ANSWERED
    elif _Answer.INVESTIGATED in given:
        wanted = _Status.INVESTIGATED
    else:
        wanted = _Status.CONFIRMED
    if request.status != wanted:
        moved(scope, request, wanted)
