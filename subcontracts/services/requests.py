"""Requests for allocation (315): from the own access, or taken up from a subcontractor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.numbering import next_number
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope, on_behalf_of
from subcontracts import policies
from subcontracts.models import AllocationRequest, Client, MunicipalContract, Product
from subcontracts.rules import keys
from subcontracts.services import clients, deadlines, sending

_Status = AllocationRequest.Status


@dataclass(frozen=True, kw_only=True)
class RequestDraft:
    """What is asked for, for whom, and who referred. Budget in euros instead of a volume."""

    person: clients.PersonDetails
    municipality: Municipality
    product: Product
    start_date: date
    end_date: date | None = None
    volume: int | None = None
    unit: str = ""
    frequency: str = ""
    budget: Decimal | None = None
    referrer_type: str
    referrer_agb: str = ""
    referrer_name: str = ""
    guardian_known: bool | None = None
    comment: str = ""
    #: The reference of a subcontractor's own 315.
    provider_reference: str = ""


@transaction.atomic
def request_allocation(
    *, scope: Scope, main_contractor_id: int, draft: RequestDraft
) -> AllocationRequest:
    """Ask a municipality for an allocation.

    Staff send it at once; one of a subcontractor waits until the main contractor takes it up.
    Raises RuleError VOT-01 where no contract covers municipality and product, VOT-02 while
    another request for the client is open (TR374).
    """
    organisation_id = scope.organisation_id if scope.role in SUBCONTRACTOR else None
    if organisation_id is None:
        policies.check_can_manage_care(scope, main_contractor_id)
    with on_behalf_of(scope, main_contractor_id) as office:
        # The client may be known from elsewhere, which a subcontractor cannot see.
        request = _stored(office, main_contractor_id, draft, organisation_id)
    audit.record(scope, "request.made", request, reference=request.reference)
    if organisation_id is None:
        return send_up(scope=scope, request=request)
    return request


def received(
    *, scope: Scope, main_contractor_id: int, organisation_id: int, draft: RequestDraft
) -> AllocationRequest:
    """Keep a request from a subcontractor's software; `scope` is the system's.

    Raises RuleError VOT-01 where no contract covers municipality and product.
    """
    request = _stored(scope, main_contractor_id, draft, organisation_id)
    audit.record(scope, "request.received", request, reference=request.reference)
    return request


def _stored(
    scope: Scope, main_contractor_id: int, draft: RequestDraft, organisation_id: int | None
) -> AllocationRequest:
    contract = _contract(main_contractor_id, draft)
    client = _client(scope, main_contractor_id, draft, organisation_id)
    if organisation_id is not None:
        clients.give_access(scope=scope, client=client, organisation_id=organisation_id)
    return AllocationRequest.objects.create(
        main_contractor_id=main_contractor_id,
        family=draft.product.family,
        municipality=draft.municipality,
        municipal_contract=contract,
        provider_organisation_id=organisation_id,
        client=client,
        product=draft.product,
        start_date=draft.start_date,
        end_date=draft.end_date,
        volume=draft.volume,
        unit=draft.unit,
        frequency=draft.frequency,
        budget=draft.budget,
        reference=_next_reference(scope, main_contractor_id),
        provider_reference=draft.provider_reference,
        referrer_type=draft.referrer_type,
        referrer_agb=draft.referrer_agb,
        referrer_name=draft.referrer_name,
        guardian_known=draft.guardian_known,
        comment=draft.comment,
        status=_Status.RECEIVED,
        recorded_at=scope.at,
    )


def _contract(main_contractor_id: int, draft: RequestDraft) -> MunicipalContract:
    contract = (
        MunicipalContract.objects.in_force_on(draft.start_date)
        .filter(
            main_contractor=main_contractor_id,
            family=draft.product.family,
            municipalities__municipality=draft.municipality,
            products__product=draft.product,
        )
        .order_by("-start_date", "-pk")
        .first()
    )
    if contract is None:
        raise RuleError(
            "VOT-01", _("No contract with this municipality covers this product on that day.")
        )
    return contract


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
        municipality=draft.municipality,
    )


def _next_reference(scope: Scope, main_contractor_id: int) -> str:
    number = next_number(main_contractor_id, "request")
    return f"VOT{scope.today.year}{number:07d}"


@transaction.atomic
def send_up(*, scope: Scope, request: AllocationRequest) -> AllocationRequest:
    """Send a request as the main contractor's own 315; a subcontractor's is taken up so.

    Raises RuleError VOT-02 while another request of the client is open (TR374), VOT-03 where it
    was sent before, VOT-04 for a client without BSN or whose data may not be passed on (OP003).
    """
    request = _locked(scope, request)
    policies.check_can_send_up(scope, request)
    if request.client.is_sealed or not request.client.bsn:
        raise RuleError(
            "VOT-04",
            _("No message may be sent about this client. Call the municipality."),
        )
    again = request.status == _Status.FAULTY
    request.status = _Status.SENT
    request.sent_at = scope.at
    try:
        with transaction.atomic():
            request.save(update_fields=["status", "sent_at"])
    except IntegrityError as error:
        raise RuleError(
            "VOT-02",
            _("Another request for this client is still open. Wait for the answer to it."),
        ) from error
    revision = int(scope.at.timestamp()) if again else 1
    request.message = sending.request_up(
        scope=scope, request=request, key=f"request:{request.pk}:{revision}"
    )
    request.save(update_fields=["message"])
    deadlines.of_request(scope=scope, request=request)
    audit.record(scope, "request.sent", request, reference=request.reference)
    return request


@transaction.atomic
def dismiss(*, scope: Scope, request: AllocationRequest) -> AllocationRequest:
    """Do not take up a request of a subcontractor. Raises RuleError VOT-03 where it was sent."""
    request = _locked(scope, request)
    policies.check_can_send_up(scope, request)
    return _moved(scope, request, _Status.DISMISSED)


def confirmed(*, scope: Scope, request: AllocationRequest) -> AllocationRequest:
    """The municipality received it (316 without errors); a 301 may have come before that."""
    if request.status != _Status.SENT:
        return request
    return _moved(scope, request, _Status.CONFIRMED)


def faulty(*, scope: Scope, request: AllocationRequest) -> AllocationRequest:
    """The municipality returned it with errors: it counts as never sent."""
    if request.status != _Status.SENT:
        return request
    deadlines.meet_request(scope=scope, request=request)
    return _moved(scope, request, _Status.FAULTY)


def answer_problem(request: AllocationRequest | None, *, is_rejection: bool) -> str:
    """Rule that a 319 to this request breaks; empty where it may be taken over."""
    if request is None or request.sent_at is None:
        return "TR355"
    if request.status == _Status.ALLOCATED:
        return "TR359"
    if request.status == _Status.INVESTIGATED and not is_rejection:
        return "TR360"
    return "TR365" if request.status in (_Status.REFUSED, _Status.FAULTY) else ""


def answered(*, scope: Scope, request: AllocationRequest, is_rejection: bool) -> AllocationRequest:
    """The municipality rejected it, or looks into it first (319)."""
    if request.status == _Status.SENT:
        # The answer overtook the 316: it shows that the request was received.
        request = _moved(scope, request, _Status.CONFIRMED)
    deadlines.meet_request(scope=scope, request=request)
    if is_rejection:
        return _moved(scope, request, _Status.REFUSED)
    deadlines.of_investigation(scope=scope, request=request)
    return _moved(scope, request, _Status.INVESTIGATED)


def allocated(*, scope: Scope, request: AllocationRequest) -> AllocationRequest:
    """A 301 with its reference came: the request closes."""
    if request.status == _Status.ALLOCATED:
        return request
    deadlines.meet_request(scope=scope, request=request)
    return _moved(scope, request, _Status.ALLOCATED)


def _moved(scope: Scope, request: AllocationRequest, status: str) -> AllocationRequest:
    before = _Status(request.status)
    if _Status(status) not in AllocationRequest.TRANSITIONS[before]:
        raise RuleError("VOT-05", _("This request can no longer change in that way."))
    request.status = status
    request.save(update_fields=["status"])
    audit.record(scope, f"request.{status}", request, before=before.value)
    return request


def _locked(scope: Scope, request: AllocationRequest) -> AllocationRequest:
    return (
        AllocationRequest.objects.visible_to(scope)
        .select_related("client", "product", "municipality", "municipal_contract")
        .select_for_update(of=("self",))
        .get(pk=request.pk)
    )
