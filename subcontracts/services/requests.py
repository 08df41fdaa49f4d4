"""Requests for allocation (315), and what all requests share: sent up, taken up, moved on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.numbering import next_number
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope, on_behalf_of
from subcontracts import policies
from subcontracts.models import (
    CareRequest,
    Client,
    ClientResidence,
    ContractMunicipality,
    ContractProduct,
    MunicipalContract,
    Product,
    RequestedProduct,
)
from subcontracts.rules import keys, messagekeys
from subcontracts.selectors import authorities
from subcontracts.selectors import residences as residence_of
from subcontracts.selectors.requests import others_open
from subcontracts.services import (
    change_lines,
    checking,
    clients,
    deadlines,
    elsewhere,
    links,
    refused,
    residences,
    sending_requests,
)

_Status = CareRequest.Status


@dataclass(frozen=True, kw_only=True)
class Referral:
    """Who referred: the kind (code list COD327), and AGB code or name of a professional."""

    type: str
    agb: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class ProductDraft:
    """One product that is asked for. Budget in euros instead of a volume."""

    product: Product
    start_date: date
    end_date: date | None = None
    volume: int | None = None
    unit: str = ""
    frequency: str = ""
    budget: Decimal | None = None
    referral: Referral
    decision_number: int | None = None
    decision_start_date: date | None = None
    #: Code list COD260; empty where nothing is said.
    framework_contract: str = ""
    comment: str = ""
    #: The reference in a subcontractor's own 315.
    provider_reference: str = ""


@dataclass(frozen=True, kw_only=True)
class RequestDraft:
    """For whom, from which municipality, and everything that is asked at once."""

    person: clients.PersonDetails
    municipality: Municipality
    products: Sequence[ProductDraft]
    guardian_known: bool | None = None
    comment: str = ""
    #: Of a referral that our own access handed in; no other request has the same.
    referral_reference: str = ""


@transaction.atomic
def request_allocation(
    *, scope: Scope, main_contractor_id: int, draft: RequestDraft
) -> CareRequest:
    """Ask a municipality for allocations to one client, in one request.

    Staff send it at once, unless we decide on it ourselves (`issuing.grant`); one of a
    subcontractor waits until the main contractor takes it up.
    Raises RuleError VOT-01 where no contract covers municipality and product, VOT-02 while
    another request for the client is open (TR374), VOT-06 where the municipality would return
    it, VOT-07 for products of two laws.
    """
    if scope.role in SUBCONTRACTOR:
        request = received(
            scope=scope,
            main_contractor_id=main_contractor_id,
            organisation_id=scope.organisation_id,
            draft=draft,
        )
        checking.check_sendable(scope, request)
        return request
    policies.check_can_manage_care(scope, main_contractor_id)
    request = _stored(scope, main_contractor_id, draft, _grounds(scope, main_contractor_id, draft))
    audit.record(scope, "request.made", request, number=request.number)
    if authorities.of_request(request, scope.today) is not None:
        checking.check_sendable(scope, request)
        return request
    return send_up(scope=scope, request=request)


@transaction.atomic
def received(
    *, scope: Scope, main_contractor_id: int, organisation_id: int, draft: RequestDraft
) -> CareRequest:
    """Keep a request of a subcontractor, from its people or its software.

    Raises RuleError VOT-01 where no contract covers municipality and product, VOT-07 for
    products of two laws.
    """
    # What a municipality's contract covers, and a client that is known from elsewhere, are not a
    # subcontractor's to see.
    with on_behalf_of(scope, main_contractor_id) as office:
        grounds = _grounds(office, main_contractor_id, draft, organisation_id)
        clients.give_access(scope=office, client=grounds.client, organisation_id=organisation_id)
    request = _stored(scope, main_contractor_id, draft, grounds, organisation_id)
    links.made(scope, request)
    refused.requested_below(scope=scope, request=request)
    audit.record(scope, "request.received", request, number=request.number)
    return request


@dataclass(frozen=True)
class _Grounds:
    """What a request rests on: the client, and for each product the contract that covers it."""

    client: Client
    contracts: Sequence[MunicipalContract]


def _grounds(
    scope: Scope, main_contractor_id: int, draft: RequestDraft, organisation_id: int | None = None
) -> _Grounds:
    contracts = [
        _contract(main_contractor_id, draft.municipality, asked) for asked in draft.products
    ]
    return _Grounds(_client(scope, main_contractor_id, draft, organisation_id), contracts)


def _stored(
    scope: Scope,
    main_contractor_id: int,
    draft: RequestDraft,
    grounds: _Grounds,
    organisation_id: int | None = None,
) -> CareRequest:
    request = CareRequest.objects.create(
        main_contractor_id=main_contractor_id,
        number=new_number(scope, main_contractor_id, CareRequest.Kind.ALLOCATION),
        referral_reference=draft.referral_reference,
        family=_family(draft),
        municipality=draft.municipality,
        provider_organisation_id=organisation_id,
        client=grounds.client,
        guardian_known=draft.guardian_known,
        comment=draft.comment,
        status=_Status.RECEIVED,
        recorded_at=scope.at,
    )
    pairs = zip(draft.products, grounds.contracts, strict=True)
    for place, (asked, contract) in enumerate(pairs, start=1):
        _add_product(request, asked, contract, place)
    return request


def _family(draft: RequestDraft) -> str:
    """The one law of all products."""
    families = {asked.product.family for asked in draft.products}
    if len(families) != 1:
        raise two_laws()
    return families.pop()


def two_laws() -> RuleError:
    """The refusal of products of two laws: a message belongs to one."""
    return RuleError(
        "VOT-07", _("All products of a request must fall under the same law. Make two requests.")
    )


def _add_product(
    request: CareRequest, asked: ProductDraft, contract: MunicipalContract, place: int
) -> RequestedProduct:
    return RequestedProduct.objects.create(
        request=request,
        main_contractor_id=request.main_contractor_id,
        provider_organisation_id=request.provider_organisation_id,
        family=request.family,
        municipal_contract=contract,
        product=asked.product,
        start_date=asked.start_date,
        end_date=asked.end_date,
        volume=asked.volume,
        unit=asked.unit,
        frequency=asked.frequency,
        budget=asked.budget,
        reference=f"{request.number}-{place}",
        provider_reference=asked.provider_reference,
        referrer_type=asked.referral.type,
        referrer_agb=asked.referral.agb,
        referrer_name=asked.referral.name,
        decision_number=asked.decision_number,
        decision_start_date=asked.decision_start_date,
        framework_contract=asked.framework_contract,
        comment=asked.comment,
    )


def is_covered(
    scope: Scope, main_contractor_id: int, municipality: Municipality, product: Product, day: date
) -> bool:
    """Whether a contract with the municipality covers the product on its first day (TR381)."""
    # Which products a municipality's contract has is not a subcontractor's to see.
    with on_behalf_of(scope, main_contractor_id):
        return _covering(main_contractor_id, municipality, product, day).exists()


def _covering(
    main_contractor_id: int, municipality: Municipality, product: Product, day: date
) -> QuerySet[MunicipalContract]:
    return MunicipalContract.objects.in_force_on(day).filter(
        main_contractor=main_contractor_id,
        family=product.family,
        pk__in=ContractMunicipality.objects.taking_part_on(day)
        .filter(municipality=municipality)
        .values("contract"),
        products__in=ContractProduct.objects.covered_on(day).filter(product=product),
    )


def _contract(
    main_contractor_id: int, municipality: Municipality, asked: ProductDraft
) -> MunicipalContract:
    found = _covering(main_contractor_id, municipality, asked.product, asked.start_date)
    contract = found.order_by("-start_date", "-pk").first()
    if contract is None:
        raise uncovered(asked.product)
    return contract


def uncovered(product: Product) -> RuleError:
    """The refusal of a product that no contract covers."""
    text = _("No contract with this municipality covers %(product)s on that day.")
    return RuleError("VOT-01", text % {"product": product})


def _client(
    scope: Scope, main_contractor_id: int, draft: RequestDraft, organisation_id: int | None
) -> Client:
    """A provider's words do not change what is known of a client."""
    if organisation_id is not None and draft.person.bsn:
        known = Client.objects.filter(
            main_contractor=main_contractor_id, bsn_hash=keys.bsn_key(draft.person.bsn)
        ).first()
        if known is not None:
            return known
    return clients.keep(
        scope=scope,
        main_contractor_id=main_contractor_id,
        person=draft.person,
        residence=residences.Fact(
            municipality=draft.municipality,
            start_date=min(asked.start_date for asked in draft.products),
            basis=residences.basis_of(_family(draft)),
            source=ClientResidence.Source.REQUEST,
        ),
    )


def new_number(scope: Scope, main_contractor_id: int, kind: str) -> str:
    """The number of a new request: VOT for new care, VOW for a change."""
    letters = {CareRequest.Kind.ALLOCATION: "VOT", CareRequest.Kind.CHANGE: "VOW"}[
        CareRequest.Kind(kind)
    ]
    number = next_number(main_contractor_id, "request")
    return f"{letters}{scope.today.year}{number:07d}"


@transaction.atomic
def send_up(*, scope: Scope, request: CareRequest) -> CareRequest:
    """Send a request as the main contractor's own 315 or 317; a subcontractor's is taken up so.

    A change is completed with all that is current by now. Raises RuleError VOT-02 while another
    request of the client is open (TR374), VOT-03 where it was sent before, VOT-04 for a client
    without BSN or whose data may not be passed on (OP003), VOT-06 where the municipality would
    return it, VOT-10 or VOT-11 for a change that cannot be asked so any more, VOT-12
    where another municipality is responsible; ConflictError where somebody else was first.
    """
    request = locked(scope, request)
    policies.check_can_send_up(
        scope,
        request,
        is_another_open=others_open(scope, request),
        elsewhere=residence_of.elsewhere(scope, request),
        authority=authorities.of_request(request, scope.today),
    )
    if request.kind == CareRequest.Kind.CHANGE:
        change_lines.complete(scope=scope, request=request)
    checking.check_sendable(scope, request)
    again = request.status == _Status.FAULTY
    request.status = _Status.SENT
    request.sent_at = scope.at
    try:
        with transaction.atomic():
            request.save(update_fields=["status", "sent_at"])
    except IntegrityError as error:
        raise ConflictError(
            _("Somebody just sent another request for this client. Wait for the answer to it.")
        ) from error
    revision = int(scope.at.timestamp()) if again else 1
    request.message = sending_requests.request_up(
        scope=scope, request=request, key=messagekeys.request_key(request.pk, revision)
    )
    request.save(update_fields=["message"])
    deadlines.of_request(scope=scope, request=request)
    elsewhere.met(
        scope=scope, client=request.client, family=request.family, town=request.municipality
    )
    audit.record(scope, "request.sent", request, number=request.number)
    return request


def moved(scope: Scope, request: CareRequest, status: str) -> CareRequest:
    """Give a locked request its next status. Raises RuleError VOT-05 where it cannot have it."""
    before = _Status(request.status)
    if _Status(status) not in CareRequest.TRANSITIONS[before]:
        raise RuleError("VOT-05", _("This request can no longer change in that way."))
    request.status = status
    request.save(update_fields=["status"])
    audit.record(scope, f"request.{status}", request, before=before.value)
    return request


def locked(scope: Scope, request: CareRequest) -> CareRequest:
    """The request, locked, with client and municipality."""
    return (
        CareRequest.objects.visible_to(scope)
        .select_related("client", "municipality")
        .select_for_update(of=("self",))
        .get(pk=request.pk)
    )
