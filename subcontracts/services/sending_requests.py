"""Requests up (315, 317), and what became of them down (319).

Towards the municipality everything is the main contractor's own; below, an answer carries the
reference of the subcontractor's own message.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hoofdaannemer.core.scope import Scope
from messaging.exchange.services import identification, outtray
from messaging.istandaard import builders
from messaging.istandaard.model import requests as standard
from messaging.istandaard.model.elements import Family
from messaging.istandaard.model.messages import (
    AllocationRequestMessage,
    AnswerMessage,
    ChangeRequestMessage,
)
from messaging.istandaard.model.values import Product, Referrer
from messaging.models import OutgoingMessage
from subcontracts.models import CareRequest, ChangedProduct, RequestedChange, RequestedProduct
from subcontracts.models.requests import Asked
from subcontracts.services import clients, links
from subcontracts.services.sending import budget_of, extent_of, put_up, upward

#: VerzoekAntwoord of a 319 (code list WJ760).
REFUSED, INVESTIGATED = "1", "2"
#: Stands in a message that is only tried, and never sent.
TRIAL: Final = "1"
_What = ChangedProduct.What


def request_up(*, scope: Scope, request: CareRequest, key: str) -> OutgoingMessage:
    """Send a request as the main contractor's own 315 or 317, with all that belongs to it."""
    if request.kind == CareRequest.Kind.CHANGE:
        lines = lines_as(request, ChangedProduct.Stage.SENT)
        sent = put_up(scope, request, change_message(scope, request, lines), key)
    else:
        sent = put_up(scope, request, allocation_message(scope, request), key)
    links.told(sent, request)
    return sent


def allocation_message(
    scope: Scope, request: CareRequest, number: str = ""
) -> AllocationRequestMessage:
    """The 315 of a request, as it goes to the municipality."""
    return builders.allocation_request(
        upward(scope, request, number),
        clients.as_person(request.client),
        [_requested(row) for row in request.products.select_related("product")],
        guardian_known={True: "1", False: "2", None: ""}[request.guardian_known],
        comment=request.comment,
    )


def _requested(row: RequestedProduct) -> standard.RequestedProduct:
    return standard.RequestedProduct(
        provider_reference=row.reference,
        decision_number=row.decision_number,
        product=Product(category=row.product.category, code=row.product.code),
        decision_start_date=row.decision_start_date,
        allocation_start_date=row.start_date,
        allocation_end_date=row.end_date,
        extent=extent_of(row),
        budget=budget_of(row),
        referrer=Referrer(
            type=row.referrer_type,
            name=row.referrer_name,
            practitioner_code=row.referrer_agb,
        ),
        framework_contract=row.framework_contract,
        comment=row.comment,
    )


def lines_as(request: CareRequest, stage: str) -> list[ChangedProduct]:
    """The lines of a request for change, as asked or as last sent."""
    rows = request.lines.in_force().filter(stage=stage)
    return list(rows.select_related("allocation", "placement", "product"))


def change_message(
    scope: Scope, request: CareRequest, lines: Iterable[ChangedProduct], number: str = ""
) -> ChangeRequestMessage:
    """The 317 of a request: of lines about allocations, or about a subcontractor's placements."""
    every = list(lines)
    change = request.change
    asked = standard.Request(
        provider_reference=change.reference,
        request_reason=change.reason,
        unchanged_products=tuple(
            standard.UnchangedProduct(allocation_number=number_of(line))
            for line in every
            if line.what == _What.UNCHANGED
        ),
        products_to_change=tuple(_to_change(line) for line in every if line.what == _What.CHANGED),
        new_products=tuple(_new(line) for line in every if line.what == _What.NEW),
    )
    return builders.change_request(upward(scope, request, number), request.client.bsn or "", asked)


def number_of(line: ChangedProduct) -> int:
    """The number under which the asker knows what the line is about."""
    row = line.placement or line.allocation
    if row is None:
        raise ValueError("a new product has no number yet")
    return row.number


def _to_change(line: ChangedProduct) -> standard.ProductToChange:
    if line.start_date is None:
        raise ValueError("a change without its first day")
    return standard.ProductToChange(
        allocation_number=number_of(line),
        wanted_start_date=line.start_date,
        end_date=line.end_date,
        extent=extent_of(line),
        budget=budget_of(line),
    )


def _new(line: ChangedProduct) -> standard.NewProduct:
    if line.product is None or line.start_date is None:
        raise ValueError("a new product without product or first day")
    return standard.NewProduct(
        product=Product(category=line.product.category, code=line.product.code),
        wanted_start_date=line.start_date,
        end_date=line.end_date,
        extent=extent_of(line),
        budget=budget_of(line),
    )


def answer_down(*, scope: Scope, asked: Asked) -> OutgoingMessage:
    """Tell a subcontractor's software what became of what it asked for (319)."""
    residence = None
    if asked.responsible_code:
        residence = standard.ResidencePrinciple(municipality=asked.responsible_code)
    given = standard.RequestAnswer(
        provider_reference=asked.provider_reference,
        request_answer=REFUSED if asked.answer == asked.Answer.REFUSED else INVESTIGATED,
        rejection_reason=asked.rejection_reason,
        residence_principle=residence,
    )
    return _put_answer(scope, asked, given, asked.answer)


def placed_elsewhere_down(*, scope: Scope, asked: RequestedProduct) -> OutgoingMessage:
    """Close what a subcontractor's software asked for: it is allocated, and not to be its (319)."""
    given = standard.RequestAnswer(
        provider_reference=asked.provider_reference,
        request_answer=REFUSED,
        rejection_reason=asked.elsewhere_reason,
    )
    return _put_answer(scope, asked, given, "elsewhere")


def _put_answer(
    scope: Scope, asked: Asked, given: standard.RequestAnswer, state: str
) -> OutgoingMessage:
    """Send an answer once; `state` tells answers about the same thing apart."""
    organisation = asked.provider_organisation
    if organisation is None:
        raise ValueError("nobody below asked for this")
    envelope = builders.Envelope(
        family=Family(asked.family),
        sender=asked.request.municipality.code,
        receiver=organisation.agb,
        number=identification.next_identification(scope, asked.main_contractor_id),
        day=scope.today,
    )
    series = "change-answer" if isinstance(asked, RequestedChange) else "answer"
    sent = outtray.put(
        scope=scope,
        main_contractor_id=asked.main_contractor_id,
        to=organisation,
        message=AnswerMessage(family=envelope.family, header=envelope.header, answer=given),
        key=f"{series}:{asked.pk}:{state}",
    )
    links.told(sent, asked.request)
    return sent
