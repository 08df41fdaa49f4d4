"""The 301 that says what we decided ourselves: the whole set of a client's allocations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from hoofdaannemer.accounts.models import MainContractor, Municipality
from hoofdaannemer.core import money
from hoofdaannemer.core.scope import Scope
from messaging.exchange.services import identification
from messaging.istandaard import builders
from messaging.istandaard.model.allocation import AllocatedProduct
from messaging.istandaard.model.elements import Family
from messaging.istandaard.model.messages import AllocationMessage
from messaging.istandaard.model.values import Extent
from messaging.istandaard.model.values import Product as StandardProduct
from subcontracts.models import AllocatedBy, Allocation, Client, Product
from subcontracts.rules.raising import Terms
from subcontracts.selectors import current
from subcontracts.services import clients, sending


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What is decided about one allocation, or about care that has none yet."""

    terms: Terms
    #: The allocation that it is about; None for new care, which names its product.
    allocation: Allocation | None = None
    product: Product | None = None
    #: RedenWijziging; empty for a first allocation.
    change_reason: str = ""
    #: ReferentieAanbieder of what it answers.
    reference: str = ""


def message_of(
    scope: Scope,
    client: Client,
    municipality: Municipality,
    family: str,
    decided: Sequence[tuple[int, Decision]],
) -> AllocationMessage:
    """The whole set of the client's allocations, as a 301 always is (OP087)."""
    main = MainContractor.objects.select_related("organisation").get(pk=client.main_contractor_id)
    care = current.Care(
        main_contractor_id=client.main_contractor_id,
        client_id=client.pk,
        municipality_id=municipality.pk,
        family=family,
    )
    numbers = {number for number, _one in decided}
    others = [
        _unchanged(row)
        # What followed from a task stands in no message.
        for row in current.allocations(scope, care).exclude(origin=AllocatedBy.TASK)
        if row.number not in numbers
    ]
    new = [_decided(scope, number, one) for number, one in decided]
    envelope = builders.Envelope(
        family=Family(family),
        sender=municipality.code,
        receiver=main.agb,
        number=identification.next_identification(scope, main.pk),
        day=scope.today,
    )
    return builders.allocation(
        envelope,
        clients.as_person(client),
        sorted([*others, *new], key=lambda one: one.number),
        sending.contacts_of(client),
    )


def _unchanged(row: Allocation) -> AllocatedProduct:
    moment = timezone.localtime(row.decided_at)
    return AllocatedProduct(
        number=row.number,
        product=sending.product_of(row),
        decided_on=moment.date(),
        decided_at=moment.time(),
        start_date=row.start_date,
        end_date=row.end_date,
        extent=sending.extent_of(row),
        budget=sending.budget_of(row),
    )


def _decided(scope: Scope, number: int, decision: Decision) -> AllocatedProduct:
    moment = _moment(scope, decision.allocation)
    terms = decision.terms
    return AllocatedProduct(
        number=number,
        provider_reference=decision.reference,
        product=_product_of(decision),
        decided_on=moment.date(),
        decided_at=moment.time(),
        start_date=terms.period.start,
        end_date=terms.period.end,
        change_reason=decision.change_reason,
        extent=None
        if terms.volume is None
        else Extent(volume=terms.volume, unit=terms.unit, frequency=terms.frequency),
        budget=None if terms.budget is None else money.to_cents(terms.budget),
    )


def _product_of(decision: Decision) -> StandardProduct | None:
    if decision.allocation is not None:
        return sending.product_of(decision.allocation)
    product = decision.product
    return StandardProduct(category=product.category, code=product.code) if product else None


def _moment(scope: Scope, allocation: Allocation | None) -> datetime:
    """Now, to the second as messages say it, and after the version in force (IV013)."""
    moment = timezone.localtime(scope.at).replace(microsecond=0)
    if allocation is None:
        return moment
    newest = allocation.versions.order_by("-decided_at").values_list("decided_at", flat=True)
    return max(moment, timezone.localtime(newest[0]) + timedelta(seconds=1)) if newest else moment
