"""Messages that staff make by hand: the 315 and 317 that go up, and the 301 under a mandate.

What is sent is made from the request that is kept, as from the own access: one is open at a time,
a change names all that is current, and references are ours. A 301 is issued as it stands.
"""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from messaging.exchange.entry.registry import Destination
from messaging.istandaard.model.messages import (
    AllocationMessage,
    AllocationRequestMessage,
    ChangeRequestMessage,
)
from messaging.istandaard.model.values import Product as Named
from messaging.models import IncomingMessage, OutgoingMessage
from subcontracts import policies
from subcontracts.models import Allocation, CareRequest, Client, Product
from subcontracts.rules import keys
from subcontracts.selectors import current
from subcontracts.services import (
    asked,
    asked_changes,
    change_lines,
    changes,
    issuing_by_hand,
    requests,
)


@transaction.atomic
def request_allocation(
    *, scope: Scope, destination: Destination, message: AllocationRequestMessage
) -> OutgoingMessage | CareRequest:
    """Ask for what a 315 asks, and send it. Raises RuleError as the request from a form does."""
    goods = _goods(scope, destination)
    drafts = [
        replace(asked.product_draft(one, _known(goods, one.product)), provider_reference="")
        for one in message.client.requested_products
    ]
    request = requests.request_allocation(
        scope=scope,
        main_contractor_id=destination.main_contractor.pk,
        draft=asked.request_draft(message, destination.municipality, drafts),
    )
    return _sent(request)


@transaction.atomic
def request_change(
    *, scope: Scope, destination: Destination, message: ChangeRequestMessage
) -> OutgoingMessage | CareRequest:
    """Ask for what a 317 asks, and send it.

    Raises RuleError VOT-10 for an allocation that the client does not have now, and otherwise as
    the request from a form does.
    """
    policies.check_can_manage_care(scope, destination.main_contractor.pk)
    goods = _goods(scope, destination)
    for new in message.client.request.new_products:
        _known(goods, new.product)
    draft = asked_changes.change_draft(message, goods)
    rows = _current(scope, destination, message.client.bsn)
    for number in sorted(draft.numbers - set(rows)):
        raise change_lines.not_current(number)
    if not rows:
        raise RuleError("VOT-09", asked_changes.no_care_text())
    about = rows[min(draft.numbers or rows)]
    request = changes.request_change(
        scope=scope, allocation=about, draft=replace(draft, provider_reference="")
    )
    return _sent(request)


@transaction.atomic
def issue(*, scope: Scope, destination: Destination, message: AllocationMessage) -> IncomingMessage:
    """Allocate what a 301 says, in the name of the municipality.

    Raises as `issuing_by_hand.issue`.
    """
    return issuing_by_hand.issue(
        scope=scope,
        main_contractor_id=destination.main_contractor.pk,
        municipality=destination.municipality,
        message=message,
    )


def _goods(scope: Scope, destination: Destination) -> asked.Goods:
    return asked.goods_of(scope, destination.main_contractor.pk, destination.family.value)


def _known(goods: asked.Goods, named: Named | None) -> Product:
    product = asked.product_among(goods, named)
    if product is None:
        refusal = asked.not_agreed("")
        raise RuleError(refusal.rule, str(refusal.message))
    return product


def _current(scope: Scope, destination: Destination, bsn: str) -> dict[int, Allocation]:
    """The client's current allocations from this municipality, by number."""
    client = Client.objects.visible_to(scope).filter(
        main_contractor=destination.main_contractor, bsn_hash=keys.bsn_key(bsn)
    )
    if (found := client.first()) is None:
        return {}
    care = current.Care(
        main_contractor_id=destination.main_contractor.pk,
        client_id=found.pk,
        municipality_id=destination.municipality.pk,
        family=destination.family.value,
    )
    return {row.number: row for row in current.allocations(scope, care)}


def _sent(request: CareRequest) -> OutgoingMessage | CareRequest:
    """What went up; the request itself where we decide on it, so that nothing did."""
    return request.message or request
