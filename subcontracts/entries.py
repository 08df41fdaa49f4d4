"""Messages of this app that people make by hand; registered in `apps.py`."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.scope import CARE, SUBCONTRACTOR, Scope
from messaging.exchange.entry.registry import (
    JUDGED_AT_ONCE,
    OWN_REFERENCE,
    Destination,
    Elsewhere,
    Made,
    Maker,
    Prefill,
)
from messaging.exchange.services.handwritten import hand_in
from messaging.istandaard import Family, Message, builders
from messaging.istandaard.model.delivery import StartProduct, StopProduct
from messaging.istandaard.model.values import Product
from messaging.models import IncomingMessage
from subcontracts.models import Client, Placement
from subcontracts.selectors import destinations
from subcontracts.selectors.spells import spells_of
from subcontracts.services import clients, entered

#: What the person still fills in. The form shows it empty; a message with it cannot be sent.
_UNKNOWN = cast(date, None)


def _placement(scope: Scope, family: Family, pk: int) -> Placement:
    """An own placement of a client about whom this scope may know and messages may be sent."""
    rows = Placement.objects.visible_to(scope).filter(family=family)
    rows = rows.select_related("client", "product", "allocation__municipality", "main_contractor")
    found = get_object_or_404(rows, pk=pk)
    known = Client.objects.visible_to(scope).filter(pk=found.client_id, is_sealed=False)
    if not known.exists():
        raise Http404
    return found


def _product(placement: Placement) -> Product:
    return Product(category=placement.product.category, code=placement.product.code)


def _envelope(scope: Scope, placement: Placement) -> builders.Envelope:
    return builders.Envelope(
        family=Family(placement.family),
        sender=placement.provider_organisation.agb,
        receiver=placement.allocation.municipality.code,
        number="",
        day=scope.today,
    )


def _begun(placement: Placement, message: Message) -> Prefill:
    key = f"{placement.main_contractor_id}-{placement.allocation.municipality.code}"
    return Prefill(message, key, [placement.client_id])


def begin_start(scope: Scope, family: Family, pk: int) -> Prefill:
    """A 305 about a placement, without its day."""
    placement = _placement(scope, family, pk)
    start = StartProduct(
        allocation_number=placement.number,
        product=_product(placement),
        allocation_start_date=placement.start_date,
        begin_date=_UNKNOWN,
    )
    person = clients.as_person(placement.client)
    return _begun(placement, builders.start(_envelope(scope, placement), person, [start]))


def begin_stop(scope: Scope, family: Family, pk: int) -> Prefill:
    """A 307 about a placement, without last day and reason."""
    placement = _placement(scope, family, pk)
    going_on = [spell.begin for spell in spells_of([placement]) if spell.ended_on is None]
    stop = StopProduct(
        allocation_number=placement.number,
        product=_product(placement),
        allocation_start_date=placement.start_date,
        begin_date=going_on[-1] if going_on else _UNKNOWN,
        stop_reason="",
        end_date=_UNKNOWN,
    )
    person = clients.as_person(placement.client)
    return _begun(placement, builders.stop(_envelope(scope, placement), person, [stop]))


def _issue(scope: Scope, destination: Destination, message: Message) -> IncomingMessage:
    return entered.issue(
        scope=scope,
        destination=destination,
        message=message,  # type: ignore[arg-type]  # registered for the 301
    )


def _request_up(scope: Scope, destination: Destination, message: Message) -> Made:
    return entered.request_allocation(
        scope=scope,
        destination=destination,
        message=message,  # type: ignore[arg-type]  # registered for the 315
    )


def _change_up(scope: Scope, destination: Destination, message: Message) -> Made:
    return entered.request_change(
        scope=scope,
        destination=destination,
        message=message,  # type: ignore[arg-type]  # registered for the 317
    )


_START = _("Tells that care has begun under an allocation, or takes that back.")
_STOP = _("Tells that care has ended, for good or for a while, or takes that back.")
_ALLOCATION = _(
    "Allocates care in the name of a municipality, where we have its mandate. New care has a number"
    " from the agreed range; under a known number it changes what was allocated."
)
_REQUEST = _("Asks for care that was not allocated yet, after a referral.")
_CHANGE = _("Asks to change what was allocated: everything the client has, as it should become.")
_GOES_UP = _(
    "The platform makes the request from this and sends it to the municipality. The answer comes"
    " in later."
)
_MADE_UP = _(
    "The platform makes this message itself: one line for each allocation, from all that is"
    " reported. Where nothing is relayed, report it on the page of the placement."
)

MAKERS = (
    Maker(
        number="305",
        roles=SUBCONTRACTOR,
        purpose=_START,
        usual="placement_list",
        usual_label=_("Report the start on the page of the placement"),
        destinations=destinations.of_provider,
        send=hand_in,
        next_text=JUDGED_AT_ONCE,
        begin=begin_start,
    ),
    Maker(
        number="307",
        roles=SUBCONTRACTOR,
        purpose=_STOP,
        usual="placement_list",
        usual_label=_("Report the stop on the page of the placement"),
        destinations=destinations.of_provider,
        send=hand_in,
        next_text=JUDGED_AT_ONCE,
        begin=begin_stop,
    ),
    Maker(
        number="315",
        roles=SUBCONTRACTOR,
        purpose=_REQUEST,
        usual="request_new",
        usual_label=_("Request an allocation"),
        destinations=destinations.of_provider,
        send=hand_in,
        next_text=JUDGED_AT_ONCE,
    ),
    Maker(
        number="317",
        roles=SUBCONTRACTOR,
        purpose=_CHANGE,
        usual="placement_list",
        usual_label=_("Request a change on the page of the placement"),
        destinations=destinations.of_provider,
        send=hand_in,
        next_text=JUDGED_AT_ONCE,
    ),
    Maker(
        number="301",
        roles=CARE,
        purpose=_ALLOCATION,
        usual="request_list",
        usual_label=_("Allocate on the page of a request"),
        destinations=destinations.of_mandate,
        send=_issue,
        next_text=_("The care is allocated at once, and the municipality gets a copy."),
        numbered_later=True,
    ),
    Maker(
        number="315",
        roles=CARE,
        purpose=_REQUEST,
        usual="request_new",
        usual_label=_("Request an allocation"),
        destinations=destinations.of_staff,
        send=_request_up,
        next_text=_GOES_UP,
        given_later=OWN_REFERENCE,
        numbered_later=True,
    ),
    Maker(
        number="317",
        roles=CARE,
        purpose=_CHANGE,
        usual="allocation_list",
        usual_label=_("Request a change on the page of the allocation"),
        destinations=destinations.of_staff,
        send=_change_up,
        next_text=_GOES_UP,
        given_later=OWN_REFERENCE,
        numbered_later=True,
    ),
)

ELSEWHERE = tuple(
    Elsewhere(number, CARE, _MADE_UP, "placement_list", _("Placements"))
    for number in ("305", "307")
)
