"""Requests for change (317): from the own access, or a subcontractor's people or software."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.db.models import QuerySet

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import (
    Allocation,
    CareRequest,
    ChangedProduct,
    Placement,
    Product,
    RequestedChange,
)
from subcontracts.rules.raising import Terms
from subcontracts.selectors import current
from subcontracts.selectors.requests import is_open_about
from subcontracts.services import change_lines, checking, links, refused, requests

_What = ChangedProduct.What
Row = Allocation | Placement


@dataclass(frozen=True, kw_only=True)
class Addition:
    """A product that the client is to have besides."""

    product: Product
    terms: Terms


@dataclass(frozen=True, kw_only=True)
class ChangeDraft:
    """What is wanted: of allocations or, asked below, placements, by their numbers."""

    #: Code list WJ758.
    reason: str
    unchanged: Sequence[int] = ()
    changed: Mapping[int, Terms] = field(default_factory=dict)
    added: Sequence[Addition] = ()
    #: The reference in a subcontractor's own 317.
    provider_reference: str = ""

    @property
    def numbers(self) -> set[int]:
        return {*self.unchanged, *self.changed}


@transaction.atomic
def request_change(*, scope: Scope, allocation: Allocation, draft: ChangeDraft) -> CareRequest:
    """Ask the municipality of an allocation to change the client's care, and send it at once.

    Raises RuleError VOT-01 where no contract covers a new product, VOT-02 while another request
    for the client is open (TR374), VOT-04 for a client about whom no message may be sent, VOT-06
    where the municipality would return it, VOT-07 for a product of the other law, VOT-09 where the
    allocation has ended.
    """
    care = current.care_of(allocation)
    lock(scope, care)
    policies.check_can_request_change(scope, allocation, is_another_open=is_open_about(scope, care))
    request = _stored(scope, care, current.allocations(scope, care), draft)
    audit.record(scope, "request.made", request, number=request.number)
    return requests.send_up(scope=scope, request=request)


def lock(scope: Scope, care: current.Care) -> None:
    """Let nobody else ask about this care before the transaction ends: one request is open."""
    rows: QuerySet[Allocation] | QuerySet[Placement] = (
        current.allocations(scope, care)
        if care.organisation_id is None
        else current.placements(scope, care)
    )
    list(rows.select_for_update(of=("self",)).order_by("pk"))


@transaction.atomic
def ask_for_change(*, scope: Scope, placement: Placement, draft: ChangeDraft) -> CareRequest:
    """Hand in a subcontractor's wish in the portal; the main contractor takes it up.

    Judged as if its own software had sent it. Raises RuleError as `request_change` does.
    """
    care = current.care_of(placement)
    lock(scope, care)
    policies.check_can_ask_change(scope, placement, is_another_open=is_open_about(scope, care))
    request = received(scope=scope, care=care, draft=draft)
    checking.check_asked(scope, request)
    return request


@transaction.atomic
def received(*, scope: Scope, care: current.Care, draft: ChangeDraft) -> CareRequest:
    """Keep a request of a subcontractor, from its people or its software."""
    request = _stored(scope, care, current.placements(scope, care), draft)
    links.made(scope, request)
    refused.requested_below(scope=scope, request=request)
    audit.record(scope, "request.received", request, number=request.number)
    return request


def _stored(
    scope: Scope, care: current.Care, rows: Iterable[Row], draft: ChangeDraft
) -> CareRequest:
    kind = CareRequest.Kind.CHANGE
    request = CareRequest.objects.create(
        kind=kind,
        main_contractor_id=care.main_contractor_id,
        number=requests.new_number(scope, care.main_contractor_id, kind),
        family=care.family,
        municipality_id=care.municipality_id,
        provider_organisation_id=care.organisation_id,
        client_id=care.client_id,
        status=CareRequest.Status.RECEIVED,
        recorded_at=scope.at,
    )
    RequestedChange.objects.create(
        request=request,
        main_contractor_id=care.main_contractor_id,
        family=care.family,
        provider_organisation_id=care.organisation_id,
        reference=request.number,
        provider_reference=draft.provider_reference,
        reason=draft.reason,
    )
    _check_covered(scope, care, request.municipality, draft)
    named = [row for row in rows if row.number in draft.numbers]
    ChangedProduct.objects.bulk_create(
        [
            *(_about(request, row, draft.changed.get(row.number)) for row in named),
            *(_added(request, one) for one in draft.added),
        ]
    )
    return request


def _check_covered(
    scope: Scope, care: current.Care, municipality: Municipality, draft: ChangeDraft
) -> None:
    for one in draft.added:
        if one.product.family != care.family:
            raise requests.two_laws()
        owner, day = care.main_contractor_id, one.terms.period.start
        if not requests.is_covered(scope, owner, municipality, one.product, day):
            raise requests.uncovered(one.product)


def _line(request: CareRequest, what: str) -> ChangedProduct:
    return ChangedProduct(
        main_contractor_id=request.main_contractor_id,
        provider_organisation_id=request.provider_organisation_id,
        request=request,
        stage=ChangedProduct.Stage.ASKED,
        what=what,
    )


def _about(request: CareRequest, row: Row, wanted: Terms | None) -> ChangedProduct:
    line = _line(request, _What.UNCHANGED if wanted is None else _What.CHANGED)
    if isinstance(row, Placement):
        line.placement, line.allocation = row, row.allocation
    else:
        line.allocation = row
    if wanted is not None:
        change_lines.put_terms(line, _whole(wanted, current.terms_of(row)))
    return line


def _whole(wanted: Terms, now: Terms) -> Terms:
    """What a message leaves out stays as it is: then only the last day changes."""
    if wanted.volume is None and wanted.budget is None:
        return replace(now, period=wanted.period)
    return wanted


def _added(request: CareRequest, one: Addition) -> ChangedProduct:
    line = _line(request, _What.NEW)
    line.product = one.product
    change_lines.put_terms(line, one.terms)
    return line
