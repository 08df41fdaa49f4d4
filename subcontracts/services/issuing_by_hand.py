"""A 301 that somebody wrote by hand, issued as it stands under the mandate of a municipality."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from messaging.exchange.services import identification, issued
from messaging.istandaard import validate
from messaging.istandaard.model.allocation import AllocatedProduct
from messaging.istandaard.model.messages import AllocationMessage
from messaging.models import IncomingMessage
from subcontracts import policies
from subcontracts.models import AllocatedBy, Allocation, Client
from subcontracts.rules import keys
from subcontracts.selectors import authorities
from subcontracts.services import allocations, issuing


@transaction.atomic
def issue(
    *,
    scope: Scope,
    main_contractor_id: int,
    municipality: Municipality,
    message: AllocationMessage,
) -> IncomingMessage:
    """Issue a 301 as somebody wrote it, under a message number of our own.

    Raises RuleError MAN-01 where the municipality decides about some of it, MAN-02 where it breaks
    a rule, MAN-08 for a new number outside the mandate, or a decision that is not the newest,
    VOT-04 for a client whose data may not be passed on.
    """
    policies.check_can_manage_care(scope, main_contractor_id)
    number = identification.next_identification(scope, main_contractor_id)
    head = replace(message.header.message_id, number=number, message_date=scope.today)
    message = replace(message, header=replace(message.header, message_id=head))
    _check_may_tell(main_contractor_id, message.client.bsn)
    issuing.refuse(validate(message))
    before = _named_in(message, main_contractor_id, municipality)
    row = issued.keep(
        scope=scope,
        main_contractor_id=main_contractor_id,
        municipality=municipality,
        message=message,
    )
    issuing.refuse(
        allocations.receive(
            scope=replace(scope, handling=row.pk),
            main_contractor_id=main_contractor_id,
            municipality=municipality,
            message=message,
            incoming=row,
        )
    )
    after = _named_in(message, main_contractor_id, municipality)
    for product in message.client.allocated_products:
        allocation = after[product.number]
        if product.number not in before:
            _make_ours(scope, allocation)
        elif not _says_the_same(before[product.number], product):
            _check_changed(scope, allocation, product)
    return row


def _check_may_tell(main_contractor_id: int, bsn: str) -> None:
    """Nothing is written about a client whose data may not be passed on (OP003)."""
    known = Client.objects.filter(main_contractor=main_contractor_id, bsn_hash=keys.bsn_key(bsn))
    if known.filter(is_sealed=True).exists():
        raise RuleError(
            "VOT-04", _("No message may be sent about this client. Call the municipality.")
        )


def _named_in(
    message: AllocationMessage, main_contractor_id: int, municipality: Municipality
) -> Mapping[int, Allocation]:
    rows = Allocation.objects.filter(
        main_contractor=main_contractor_id,
        municipality=municipality,
        family=message.family.value,
        number__in=[one.number for one in message.client.allocated_products],
    )
    return {row.number: row for row in rows.select_related("municipal_contract")}


def _make_ours(scope: Scope, allocation: Allocation) -> None:
    authority = authorities.in_force(allocation.municipal_contract, scope.today)
    if authority is None or authority.allocated_by != AllocatedBy.MANDATE:
        raise issuing.not_ours()
    first, last = authority.number_first or 0, authority.number_last or 0
    if not first <= allocation.number <= last:
        raise RuleError(
            "MAN-08",
            _("A new allocation has a number from %(first)s to %(last)s.")
            % {"first": first, "last": last},
        )
    allocation.origin = AllocatedBy.MANDATE
    allocation.save(update_fields=["origin"])


def _check_changed(scope: Scope, allocation: Allocation, product: AllocatedProduct) -> None:
    """What was written holds now, and was ours to change."""
    if not authorities.may_change(allocation, scope.today):
        raise issuing.not_ours()
    if not _says_the_same(allocation, product):
        raise RuleError(
            "MAN-08",
            _("The decision about %(number)s must be later than the one that is in force.")
            % {"number": product.number},
        )


def _says_the_same(allocation: Allocation, product: AllocatedProduct) -> bool:
    delivery = allocations.Delivery(product, None)
    extent = delivery.extent()
    return (
        allocation.end_date == product.end_date
        and allocation.is_deleted == delivery.is_deletion
        and all(getattr(allocation, name) == value for name, value in extent.items())
    )
