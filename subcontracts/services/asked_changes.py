"""What subcontractors' software wants changed: a 317, checked against what we relayed to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core import money
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from messaging.istandaard import Finding
from messaging.istandaard.model.messages import ChangeRequestMessage
from messaging.istandaard.model.values import Extent
from messaging.models import IncomingMessage
from subcontracts.models import Client
from subcontracts.rules import changes as rules
from subcontracts.rules import keys
from subcontracts.rules.raising import Terms
from subcontracts.selectors import current
from subcontracts.services import asked, change_lines, changes, requests


def take_change(
    *, scope: Scope, message: ChangeRequestMessage, incoming: IncomingMessage
) -> list[Finding]:
    """The request of a 317: kept until the main contractor takes it up."""
    client = Client.objects.visible_to(scope).filter(
        main_contractor=incoming.main_contractor_id, bsn_hash=keys.bsn_key(message.client.bsn)
    )
    municipality = Municipality.objects.filter(code=message.header.receiver).first()
    care = _care(incoming, client.first(), municipality)
    if care is None or municipality is None:
        return [Finding("TR304", "8187", "/Bericht/Client", no_care_text())]
    changes.lock(scope, care)
    goods = asked.goods_of(scope, incoming.main_contractor_id, incoming.family)
    findings = [
        *asked.open_findings(scope, incoming, message.client.bsn),
        *_used(scope, message, incoming),
        *rules.findings(message, change_lines.known_below(scope, care)),
        *_not_agreed(scope, message, municipality, care, goods),
    ]
    if not findings:
        changes.received(scope=scope, care=care, draft=change_draft(message, goods))
    return findings


def no_care_text() -> str:
    """What is wrong with a change for somebody who has nothing that could change."""
    return _("This client has no care of yours from this municipality.")


def _care(
    incoming: IncomingMessage, client: Client | None, municipality: Municipality | None
) -> current.Care | None:
    if client is None or municipality is None:
        return None
    return current.Care(
        main_contractor_id=incoming.main_contractor_id,
        client_id=client.pk,
        municipality_id=municipality.pk,
        family=incoming.family,
        organisation_id=incoming.provider_organisation_id,
    )


def _used(
    scope: Scope, message: ChangeRequestMessage, incoming: IncomingMessage
) -> Iterator[Finding]:
    if asked.used_references(scope, incoming, [message.client.request.provider_reference]):
        yield asked.already_used(rules.REQUEST)


def _not_agreed(
    scope: Scope,
    message: ChangeRequestMessage,
    municipality: Municipality,
    care: current.Care,
    goods: asked.Goods,
) -> Iterator[Finding]:
    for place, new in enumerate(message.client.request.new_products, start=1):
        product = asked.product_among(goods, new.product)
        is_covered = product is not None and requests.is_covered(
            scope, care.main_contractor_id, municipality, product, new.wanted_start_date
        )
        if not is_covered:
            yield asked.not_agreed(f"{rules.REQUEST}/NieuweProducten/NieuwProduct[{place}]")


def change_draft(message: ChangeRequestMessage, goods: asked.Goods) -> changes.ChangeDraft:
    """A 317 as a request holds it; a new product that is not among the goods is left out."""
    request = message.client.request
    added = []
    for new in request.new_products:
        if (product := asked.product_among(goods, new.product)) is not None:
            terms = _terms(new.wanted_start_date, new.end_date, new.extent, new.budget)
            added.append(changes.Addition(product=product, terms=terms))
    return changes.ChangeDraft(
        reason=request.request_reason,
        unchanged=[one.allocation_number for one in request.unchanged_products],
        changed={
            one.allocation_number: _terms(
                one.wanted_start_date, one.end_date, one.extent, one.budget
            )
            for one in request.products_to_change
        },
        added=added,
        provider_reference=request.provider_reference,
    )


def _terms(start: date, end: date | None, extent: Extent | None, budget: int | None) -> Terms:
    return Terms(
        period=Period(start, end),
        volume=extent.volume if extent else None,
        unit=extent.unit if extent else "",
        frequency=extent.frequency if extent else "",
        budget=None if budget is None else money.from_cents(budget),
    )
