"""What subcontractors' software asks for: a 315, checked against what we know.

What a 317 shares with it stands here too.

The message comes from the organisation itself (the exchange holds sender and organisation
equal), and is judged as that organisation: it finds its own requests only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core import money
from hoofdaannemer.core.scope import Scope
from messaging.istandaard import Finding
from messaging.istandaard.model import requests as standard
from messaging.istandaard.model import values
from messaging.istandaard.model.messages import AllocationRequestMessage
from messaging.istandaard.parts import parts
from messaging.models import IncomingMessage
from subcontracts.models import CareRequest, Product, RequestedChange, RequestedProduct
from subcontracts.rules import keys
from subcontracts.services import clients, requests
from subcontracts.services.requests import ProductDraft, Referral, RequestDraft

Goods = Mapping[tuple[str, str], Product]


def take_request(
    *, scope: Scope, message: AllocationRequestMessage, incoming: IncomingMessage
) -> list[Finding]:
    """The request of a 315: kept, with all its products, until the main contractor takes it up."""
    bsn = message.client.bsn
    findings = [*open_findings(scope, incoming, bsn), *_used(scope, message, incoming)]
    paths = {id(part): path for path, part in parts(message)}
    municipality = Municipality.objects.filter(code=message.header.receiver).first()
    goods = goods_of(scope, incoming.main_contractor_id, incoming.family)
    drafts = {}
    for asked in message.client.requested_products:
        product = product_among(goods, asked.product)
        if product is None or municipality is None:
            findings.append(not_agreed(paths[id(asked)]))
        else:
            drafts[paths[id(asked)]] = product_draft(asked, product)
    if municipality is None:
        return findings
    main_contractor_id = incoming.main_contractor_id
    for path, one in drafts.items():
        if not requests.is_covered(
            scope, main_contractor_id, municipality, one.product, one.start_date
        ):
            findings.append(not_agreed(path))
    if not findings:
        requests.received(
            scope=scope,
            main_contractor_id=main_contractor_id,
            organisation_id=incoming.provider_organisation_id or 0,
            draft=request_draft(message, municipality, list(drafts.values())),
        )
    return findings


def not_agreed(path: str) -> Finding:
    """TR381 about a product at this place."""
    text = _("This product is not on the product list that was agreed in the contract.")
    return Finding("TR381", "S329", path, text)


def open_findings(scope: Scope, incoming: IncomingMessage, bsn: str) -> Iterator[Finding]:
    """TR374, about requests of either kind by this organisation."""
    still_open = CareRequest.objects.visible_to(scope).filter(
        **_of_sender(incoming),
        client__bsn_hash=keys.bsn_key(bsn),
        status__in=[CareRequest.Status.RECEIVED, *CareRequest.OPEN],
    )
    if still_open.exists():
        text = _("Another request for this client is still open. Wait for the answer to it.")
        yield Finding("TR374", "9374", "/Bericht/Client", text)


def _of_sender(incoming: IncomingMessage) -> dict[str, object]:
    return {
        "main_contractor": incoming.main_contractor_id,
        "provider_organisation": incoming.provider_organisation_id,
        "family": incoming.family,
    }


def used_references(scope: Scope, incoming: IncomingMessage, references: Iterable[str]) -> set[str]:
    """Those that this organisation gave an earlier request of either kind (TR347)."""
    wanted = list(references)
    used: set[str] = set()
    for model in (RequestedProduct, RequestedChange):
        rows = model.objects.visible_to(scope).filter(
            **_of_sender(incoming), provider_reference__in=wanted
        )
        used.update(rows.values_list("provider_reference", flat=True))
    return used


def already_used(path: str) -> Finding:
    """TR347 about a reference at this place."""
    text = _("This reference was used before. Give each request its own.")
    return Finding("TR347", "9347", path, text)


def _used(
    scope: Scope, message: AllocationRequestMessage, incoming: IncomingMessage
) -> Iterator[Finding]:
    products = message.client.requested_products
    used = used_references(scope, incoming, (asked.provider_reference for asked in products))
    for path, part in parts(message):
        if isinstance(part, standard.RequestedProduct) and part.provider_reference in used:
            yield already_used(path)


def goods_of(scope: Scope, main_contractor_id: int, family: str) -> Goods:
    """The main contractor's products under this law, by category and code."""
    rows = Product.objects.visible_to(scope).filter(
        main_contractor=main_contractor_id, family=family
    )
    return {(row.category, row.code): row for row in rows}


def product_among(goods: Goods, named: values.Product | None) -> Product | None:
    """The product that a message names, where it is one of these."""
    return goods.get((named.category, named.code)) if named else None


def product_draft(asked: standard.RequestedProduct, product: Product) -> ProductDraft:
    """One product of a 315, as a request holds it."""
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


def request_draft(
    message: AllocationRequestMessage, municipality: Municipality, products: Sequence[ProductDraft]
) -> RequestDraft:
    """A 315 as a request holds it."""
    return RequestDraft(
        person=clients.of_provider(message.client),
        municipality=municipality,
        products=products,
        guardian_known={"1": True, "2": False}.get(message.client.guardian_known),
        comment=message.client.comment,
    )
