"""The deliveries of a 301 written as a set: each table once, however many allocations there are."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope
from subcontracts.models import (
    AllocatedBy,
    Allocation,
    AllocationVersion,
    Client,
    MunicipalContract,
)
from subcontracts.services import answers, deadlines, links, relaying
from subcontracts.services.allocation_checks import Delivery, Known, contract_for

#: What a newer decision may change of an allocation.
_CHANGING: Final = ("end_date", "decided_at", "is_deleted", "volume", "unit", "frequency", "budget")


@dataclass(frozen=True)
class Whose:
    """The client that the allocations are for, and who allocates under which law."""

    client: Client
    municipality: Municipality
    family: str


@dataclass(frozen=True)
class New:
    """A delivery of an allocation that we did not know, beside what was known when it came.

    `received_at`: when it reached whoever kept the administration then; empty for just now.
    """

    known: Known
    whose: Whose
    delivery: Delivery
    received_at: datetime | None = None
    origin: AllocatedBy = AllocatedBy.MUNICIPALITY


def create(*, scope: Scope, news: Sequence[New]) -> list[Allocation]:
    """Take over allocations that we did not know, of however many clients."""
    rows = [_new(scope, new) for new in news]
    Allocation.objects.bulk_create(rows)
    _keep_versions(
        scope,
        ((new.known, row, new.delivery) for row, new in zip(rows, news, strict=True)),
    )
    links.made(scope, *rows)
    audit.record_each(scope, "allocation.received", [(row, {"number": row.number}) for row in rows])
    deadlines.of_allocations(scope=scope, allocations=[row for row in rows if not row.is_deleted])
    for row in rows:
        if row.requested_product is not None:
            answers.allocated(scope=scope, asked=row.requested_product)
    return rows


def _new(scope: Scope, new: New) -> Allocation:
    known, whose, delivery = new.known, new.whose, new.delivery
    product = delivery.product
    contract = contract_for(known, product)
    if contract is None:  # refused before, as a product that no contract covers
        raise MunicipalContract.DoesNotExist
    return Allocation(
        main_contractor_id=whose.client.main_contractor_id,
        family=whose.family,
        municipality=whose.municipality,
        municipal_contract=contract,
        number=product.number,
        client=whose.client,
        product=known.products.get(delivery.key),
        category=delivery.key[0],
        start_date=product.start_date,
        end_date=product.end_date,
        decided_at=delivery.decided_at,
        received_at=new.received_at or scope.at,
        origin=new.origin,
        is_deleted=delivery.is_deletion,
        requested_product=known.requested.get(product.provider_reference),
        **delivery.extent(),
    )


def renew(*, scope: Scope, known: Known, deliveries: Sequence[Delivery]) -> None:
    """Take over deliveries of allocations that we know; the same one again changes nothing."""
    links.changed(scope, *(known.allocations[one.product.number] for one in deliveries))
    fresh = list(_fresh(known, deliveries))
    if not fresh:
        return
    _keep_versions(scope, ((known, allocation, delivery) for allocation, delivery in fresh))
    _answer_late(scope, known, fresh)
    # An older one that came late is kept, but not current (IV013).
    changes = [
        _changed(known, allocation, delivery)
        for allocation, delivery in fresh
        if delivery.decided_at >= allocation.decided_at
    ]
    _save(changes)
    reasons = [(change.allocation, {"reason": change.reason}) for change in changes]
    audit.record_each(scope, "allocation.changed", reasons)
    _deleted(scope, [one.allocation for one in changes if one.allocation.is_deleted])
    kept = [one for one in changes if not one.allocation.is_deleted]
    relaying.follow(scope=scope, changes=kept)


def _fresh(known: Known, deliveries: Iterable[Delivery]) -> Iterator[tuple[Allocation, Delivery]]:
    """Those whose decision we do not have yet."""
    for delivery in deliveries:
        allocation = known.allocations[delivery.product.number]
        if not known.has(allocation, delivery):
            yield allocation, delivery


def _keep_versions(scope: Scope, deliveries: Iterable[tuple[Known, Allocation, Delivery]]) -> None:
    AllocationVersion.objects.bulk_create(
        AllocationVersion(
            main_contractor_id=allocation.main_contractor_id,
            allocation=allocation,
            message=delivery.incoming,
            start_date=delivery.product.start_date,
            end_date=delivery.product.end_date,
            change_reason=delivery.product.change_reason,
            decided_at=delivery.decided_at,
            requested_change=known.changes.get(delivery.product.provider_reference),
            recorded_at=scope.at,
            **delivery.extent(),
        )
        for known, allocation, delivery in deliveries
    )


def _answer_late(
    scope: Scope, known: Known, deliveries: Iterable[tuple[Allocation, Delivery]]
) -> None:
    """The delivery that answers a request came after a later one of the same allocation."""
    for allocation, delivery in deliveries:
        asked = known.requested.get(delivery.product.provider_reference)
        if asked is not None and allocation.requested_product_id is None:
            allocation.requested_product = asked
            allocation.save(update_fields=["requested_product"])
            answers.allocated(scope=scope, asked=asked)


def _changed(known: Known, allocation: Allocation, delivery: Delivery) -> relaying.Change:
    """The allocation as the delivery says, beside what it was."""
    before = copy.copy(allocation)
    allocation.end_date = delivery.product.end_date
    allocation.decided_at = delivery.decided_at
    allocation.is_deleted = delivery.is_deletion
    for name, value in delivery.extent().items():
        setattr(allocation, name, value)
    return relaying.Change(
        allocation=allocation,
        before=before,
        reason=delivery.product.change_reason,
        answering=known.changes.get(delivery.product.provider_reference),
    )


def _save(changes: Sequence[relaying.Change]) -> None:
    """One statement for all of them, with no more columns than differ."""
    names = [name for name in _CHANGING if any(_differs(change, name) for change in changes)]
    if names:
        Allocation.objects.bulk_update([change.allocation for change in changes], names)


def _differs(change: relaying.Change, name: str) -> bool:
    return bool(getattr(change.before, name) != getattr(change.allocation, name))


def _deleted(scope: Scope, allocations: Sequence[Allocation]) -> None:
    """They count as never sent: nothing is due any more, and placements go."""
    if not allocations:
        return
    deadlines.drop_allocations(scope=scope, allocations=allocations)
    for placement in relaying.live_under(allocations):
        relaying.withdrawn(
            scope=scope,
            placement=placement,
            reason=_("The municipality deleted the allocation.")
            if placement.allocation.origin == AllocatedBy.MUNICIPALITY
            else _("The allocation is taken back."),
        )
