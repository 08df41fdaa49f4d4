"""What subcontractors' software asks for: a 315, checked against what we know.

The message comes from the organisation itself (the exchange holds sender and organisation
equal), and is judged as that organisation: it finds its own requests only.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core import money
from hoofdaannemer.core.scope import Scope
from messaging.istandaard import Finding
from messaging.istandaard.model import requests as standard
from messaging.istandaard.model.messages import AllocationRequestMessage
from messaging.istandaard.parts import parts
from messaging.models import IncomingMessage
from subcontracts.models import CareRequest, Product, RequestedProduct
from subcontracts.rules import keys
from subcontracts.services import clients, requests
from subcontracts.services.requests import ProductDraft, Referral, RequestDraft


def take_request(
    *, scope: Scope, message: AllocationRequestMessage, incoming: IncomingMessage
) -> list[Finding]:
    """The request of a 315: kept, with all its products, until the main contractor takes it up."""
    findings = [*_open_findings(scope, message, incoming), *_used(scope, message, incoming)]
    paths = {id(part): path for path, part in parts(message)}
    municipality = Municipality.objects.filter(code=message.header.receiver).first()
    goods = _goods(scope, message, incoming)
    drafts = {}
    for asked in message.client.requested_products:
        product = goods.get((asked.product.category, asked.product.code)) if asked.product else None
        if product is None or municipality is None:
            findings.append(_not_agreed(paths[id(asked)]))
        else:
            drafts[paths[id(asked)]] = _draft(asked, product)
    if municipality is None:
        return findings
    main_contractor_id = incoming.main_contractor_id
    for path, draft in drafts.items():
        if not requests.is_covered(scope, main_contractor_id, municipality, draft):
            findings.append(_not_agreed(path))
    if not findings:
        requests.received(
            scope=scope,
            main_contractor_id=main_contractor_id,
            organisation_id=incoming.provider_organisation_id or 0,
            draft=_whole(message, municipality, list(drafts.values())),
        )
    return findings


def _not_agreed(path: str) -> Finding:
    text = _("This product is not on the product list that was agreed in the contract.")
    return Finding("TR381", "S329", path, text)


def _own(
    scope: Scope, message: AllocationRequestMessage, incoming: IncomingMessage
) -> QuerySet[RequestedProduct]:
    """What this organisation asked before under this law."""
    return RequestedProduct.objects.visible_to(scope).filter(
        main_contractor=incoming.main_contractor_id,
        provider_organisation=incoming.provider_organisation_id,
        family=message.family.value,
    )


def _open_findings(
    scope: Scope, message: AllocationRequestMessage, incoming: IncomingMessage
) -> Iterator[Finding]:
    still_open = _own(scope, message, incoming).filter(
        request__client__bsn_hash=keys.bsn_key(message.client.bsn),
        request__status__in=[CareRequest.Status.RECEIVED, *CareRequest.OPEN],
    )
    if still_open.exists():
        text = _("Another request for this client is still open. Wait for the answer to it.")
        yield Finding("TR374", "9374", "/Bericht/Client", text)


def _used(
    scope: Scope, message: AllocationRequestMessage, incoming: IncomingMessage
) -> Iterator[Finding]:
    references = [asked.provider_reference for asked in message.client.requested_products]
    before = _own(scope, message, incoming).filter(provider_reference__in=references)
    used = set(before.values_list("provider_reference", flat=True))
    for path, part in parts(message):
        if isinstance(part, standard.RequestedProduct) and part.provider_reference in used:
            text = _("This reference was used before. Give each request its own.")
            yield Finding("TR347", "9347", path, text)


def _goods(
    scope: Scope, message: AllocationRequestMessage, incoming: IncomingMessage
) -> dict[tuple[str, str], Product]:
    rows = Product.objects.visible_to(scope).filter(
        main_contractor=incoming.main_contractor_id, family=message.family.value
    )
    return {(row.category, row.code): row for row in rows}


def _draft(asked: standard.RequestedProduct, product: Product) -> ProductDraft:
    extent = asked.extent
    return ProductDraft(
        product=product,
        start_date=asked.allocation_start_date,
        end_date=asked.allocation_end_date,
        volume=extent.volume if extent else None,
        unit=extent.unit if extent else "",
        frequency=extent.frequency if extent else "",
        budget=None if asked.budget is None else money.from_cents(asked.budget),
        referral=Referral(
            type=asked.referrer.type,
            agb=asked.referrer.practitioner_code,
            name=asked.referrer.name,
        ),
        decision_number=asked.decision_number,
        decision_start_date=asked.decision_start_date,
        framework_contract=asked.framework_contract,
        comment=asked.comment,
        provider_reference=asked.provider_reference,
    )


def _whole(
    message: AllocationRequestMessage, municipality: Municipality, products: list[ProductDraft]
) -> RequestDraft:
    return RequestDraft(
        person=clients.of_provider(message.client),
        municipality=municipality,
        products=products,
        guardian_known={"1": True, "2": False}.get(message.client.guardian_known),
        comment=message.client.comment,
    )
