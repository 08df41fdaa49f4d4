"""Allocations as municipalities send them (301), with every version."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.scope import Scope
from messaging.istandaard import Finding
from messaging.istandaard.model.allocation import AllocatedProduct
from messaging.istandaard.model.messages import AllocationMessage
from messaging.models import IncomingMessage
from subcontracts.models import Allocation, Client, ClientResidence
from subcontracts.rules import keys
from subcontracts.services import (
    allocation_rows,
    answers,
    clients,
    elsewhere,
    links,
    residences,
)
from subcontracts.services.allocation_checks import (
    DELETED,
    Delivery,
    Key,
    Known,
    contract_for,
    findings_in,
    known_of,
)

__all__ = ["DELETED", "Delivery", "Key", "Known", "contract_for", "note", "receive"]


@transaction.atomic
def receive(
    *,
    scope: Scope,
    main_contractor_id: int,
    municipality: Municipality,
    message: AllocationMessage,
    incoming: IncomingMessage | None = None,
    client: Client | None = None,
) -> list[Finding]:
    """Take over the allocations of a 301; nothing where something is found (OP286).

    Repeatable: a delivery is known by number, date and time (IV013). An allocation that is absent
    from a later message is not withdrawn. `client`: who it is for, where no BSN says so.
    """
    known = known_of(main_contractor_id, municipality, message)
    if findings := findings_in(known, message):
        return findings
    received = message.client.allocated_products
    client = client or clients.keep(
        scope=scope,
        main_contractor_id=main_contractor_id,
        person=clients.of_allocation(message.client),
        residence=_residence(municipality, message.family.value, received),
        known=known.client,
    )
    _learn_residence(scope, known, client, municipality, message)
    whose = allocation_rows.Whose(client, municipality, message.family.value)
    deliveries = [Delivery(product, incoming) for product in received]
    new = [one for one in deliveries if one.product.number not in known.allocations]
    again = [one for one in deliveries if one.product.number in known.allocations]
    news = [allocation_rows.New(known, whose, delivery) for delivery in new]
    allocation_rows.create(scope=scope, news=news)
    allocation_rows.renew(scope=scope, known=known, deliveries=again)
    for change in known.changes.values():
        answers.allocated(scope=scope, asked=change)
    return []


def _residence(
    municipality: Municipality, family: str, products: Sequence[AllocatedProduct]
) -> residences.Fact:
    return residences.Fact(
        municipality=municipality,
        start_date=min(product.start_date for product in products),
        basis=residences.basis_of(family),
        source=ClientResidence.Source.MESSAGE,
    )


def _learn_residence(
    scope: Scope,
    known: Known,
    client: Client,
    municipality: Municipality,
    message: AllocationMessage,
) -> None:
    """Who allocates anew is responsible. Who changes or ends what it allocated may no longer be."""
    new = [
        product
        for product in message.client.allocated_products
        if product.number not in known.allocations and product.change_reason != DELETED
    ]
    if new:
        fact = _residence(municipality, message.family.value, new)
        residences.learn(scope=scope, client=client, fact=fact)
        elsewhere.met(scope=scope, client=client, family=message.family.value, town=municipality)


def note(*, scope: Scope, incoming: IncomingMessage, message: AllocationMessage) -> None:
    """Link a 301 that changed nothing to the allocations of the client that it names."""
    rows = Allocation.objects.visible_to(scope).filter(
        main_contractor=incoming.main_contractor_id,
        municipality=incoming.municipality_id,
        family=message.family.value,
        number__in=[product.number for product in message.client.allocated_products],
        client__bsn_hash=keys.bsn_key(message.client.bsn),
    )
    links.changed(scope, *rows)
