"""Answers to requests: receipt (316), and per product a 301 or a 319.

What becomes of a request that a subcontractor's software sent is passed on to that software: a
319 under its own reference; an allocation goes down as a relayed 301 when it is placed there.
"""

from __future__ import annotations

from typing import Final

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
from subcontracts.models import CareRequest, RequestedProduct
from subcontracts.services import deadlines, refused, sending
from subcontracts.services.requests import locked, moved

_Status = CareRequest.Status
_Answer = RequestedProduct.Answer
#: VerzoekAntwoord of a 319 (code list WJ760).
REJECTED: Final = "1"
#: Reasons of WJ759 for which we refuse: without the one that is about changes (1), and the one
#: that names another municipality (8).
DISMISS_REASONS: Final = ("2", "3", "4", "5", "6", "7", "9")

TEXTS: dict[str, Promise] = {
    "TR355": gettext_lazy("No request with this reference was sent to this municipality."),
    "TR359": gettext_lazy("An allocation was already sent for this request."),
    "TR360": gettext_lazy("The investigation of this request was announced before."),
    "TR365": gettext_lazy("This request was already closed by an earlier answer."),
}


def confirmed(*, scope: Scope, request: CareRequest) -> CareRequest:
    """The municipality received it (316 without errors); an answer may have come before that."""
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
    """Take over a 319 about one product: a rejection, or an investigation first."""
    given = message.answer
    product = (
        RequestedProduct.objects.visible_to(scope)
        .filter(
            main_contractor=incoming.main_contractor_id,
            family=message.family.value,
            request__municipality=incoming.municipality,
            reference=given.provider_reference,
        )
        .first()
    )
    if product is None:
        return [_finding("TR355")]
    product = _locked(product)
    is_rejection = given.request_answer == REJECTED
    if rule := problem(product, is_rejection=is_rejection):
        return [_finding(rule)]
    if is_rejection:
        instead = given.residence_principle
        product.rejection_reason = given.rejection_reason
        product.responsible_code = instead.municipality if instead else ""
        _answer(scope, product, _Answer.REFUSED)
    else:
        _answer(scope, product, _Answer.INVESTIGATED)
        deadlines.of_investigation(scope=scope, product=product)
    return []


def _finding(rule: str) -> Finding:
    return Finding(rule, f"9{rule.removeprefix('TR')}", "/Bericht/Antwoord", TEXTS[rule])


def problem(product: RequestedProduct, *, is_rejection: bool) -> str:
    """Rule that a 319 to this product breaks; empty where it may be taken over."""
    if product.request.sent_at is None:
        return "TR355"
    if product.answer == _Answer.ALLOCATED:
        return "TR359"
    if product.answer == _Answer.REFUSED or product.request.status not in CareRequest.OPEN:
        return "TR365"
    if product.answer == _Answer.INVESTIGATED and not is_rejection:
        return "TR360"
    return ""


def allocated(*, scope: Scope, product: RequestedProduct) -> RequestedProduct:
    """A 301 with its reference came."""
    product = _locked(product)
    if product.answer == _Answer.ALLOCATED:
        return product
    return _answer(scope, product, _Answer.ALLOCATED)


@transaction.atomic
def dismiss(*, scope: Scope, request: CareRequest, reason: str = "") -> CareRequest:
    """Do not send a request; a subcontractor is told why (`reason`: code list WJ759).

    Raises RuleError VOT-03 where it was sent, VOT-08 without a reason for a subcontractor.
    """
    request = locked(scope, request)
    policies.check_can_dismiss(scope, request)
    if request.provider_organisation_id and reason not in DISMISS_REASONS:
        raise RuleError("VOT-08", _("Say why you do not send this request."))
    for product in request.products.select_for_update().order_by("pk"):
        product.request = request
        product.rejection_reason = reason
        _give(scope, product, _Answer.REFUSED)
    refused.request_received_above(scope=scope, request=request)
    return moved(scope, request, _Status.DISMISSED)


def _locked(product: RequestedProduct) -> RequestedProduct:
    """The product under its locked request: two answers at once must count each other."""
    request = (
        CareRequest.objects.select_for_update(of=("self",))
        .select_related("client", "municipality")
        .get(pk=product.request_id)
    )
    product = RequestedProduct.objects.select_for_update().get(pk=product.pk)
    product.request = request
    return product


def _answer(scope: Scope, product: RequestedProduct, answer: _Answer) -> RequestedProduct:
    """Give an open product its answer, which may close the request."""
    _give(scope, product, answer)
    deadlines.meet_product(scope=scope, product=product)
    _follow(scope, product.request)
    return product


def _give(scope: Scope, product: RequestedProduct, answer: _Answer) -> None:
    before = _Answer(product.answer)
    if answer not in RequestedProduct.TRANSITIONS[before]:
        raise RuleError("VOT-05", _("This request can no longer change in that way."))
    product.answer = answer
    product.answered_at = scope.at
    product.save(update_fields=["answer", "rejection_reason", "responsible_code", "answered_at"])
    audit.record(scope, f"requested_product.{answer.value}", product, before=before.value)
    if product.provider_reference and answer != _Answer.ALLOCATED:
        sending.answer_down(scope=scope, product=product)


def _follow(scope: Scope, request: CareRequest) -> None:
    """Bring the request to where its products are; it closes with the last of them."""
    request = confirmed(scope=scope, request=request)
    given = set(request.products.values_list("answer", flat=True))
    if given <= set(RequestedProduct.FINAL):
        wanted = _Status.ANSWERED
    elif _Answer.INVESTIGATED in given:
        wanted = _Status.INVESTIGATED
    else:
        wanted = _Status.CONFIRMED
    if request.status != wanted:
        moved(scope, request, wanted)
