"""A municipality says that another one is responsible (319, reason 8): the clock to ask there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Q

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope
from messaging.models import Leg
from subcontracts import policies
from subcontracts.models import (
    CareRequest,
    Client,
    ClientResidence,
    Deadline,
    RequestedProduct,
)
from subcontracts.models.requests import Asked
from subcontracts.rules import terms
from subcontracts.services import residences


def named(*, scope: Scope, asked: Asked) -> None:
    """Take over which municipality is responsible, and begin the two weeks to ask it (OP359)."""
    request = asked.request
    if asked.responsible_code in ("", request.municipality.code):
        return
    municipality = residences.municipality_of(asked.responsible_code)
    if municipality is not None:
        fact = residences.Fact(
            municipality=municipality,
            start_date=_from(scope, asked),
            basis=residences.basis_of(request.family),
            source=ClientResidence.Source.MESSAGE,
        )
        residences.learn(scope=scope, client=request.client, fact=fact)
    Deadline.objects.create(
        main_contractor_id=asked.main_contractor_id,
        kind=Deadline.Kind.REASK,
        leg=Leg.UP,
        request=request,
        requested_product=asked if isinstance(asked, RequestedProduct) else None,
        event_date=scope.today,
        due_date=terms.reask_due(scope.today),
    )


def _from(scope: Scope, asked: Asked) -> date:
    """From when the other one is responsible: of a change nobody says, so from now on."""
    return asked.start_date if isinstance(asked, RequestedProduct) else scope.today


def met(*, scope: Scope, client: Client, family: str, town: Municipality) -> None:
    """The responsible municipality was asked, or allocated of its own accord."""
    named_it = Q(requested_product__responsible_code=town.code) | Q(
        requested_product=None, request__change__responsible_code=town.code
    )
    waiting = Deadline.objects.running().filter(
        named_it, kind=Deadline.Kind.REASK, request__client=client, request__family=family
    )
    rows = Deadline.objects.filter(pk__in=list(waiting.values_list("pk", flat=True)))
    rows.update(met_at=scope.at)


def met_each(*, scope: Scope, met_by: Iterable[tuple[Client, str, Municipality]]) -> None:
    """The same for many: client, law and municipality. Few clients were ever sent elsewhere."""
    allocating = list(met_by)
    running = Deadline.objects.running().filter(
        kind=Deadline.Kind.REASK, request__client__in={client.pk for client, *_rest in allocating}
    )
    waiting = set(running.order_by().values_list("request__client", flat=True))
    for client, family, town in allocating:
        if client.pk in waiting:
            met(scope=scope, client=client, family=family, town=town)


@transaction.atomic
def leave(*, scope: Scope, request: CareRequest) -> None:
    """The care is not asked of the other municipality by us: the clock stops.

    Raises NotAllowedError for other roles.
    """
    policies.check_can_manage_care(scope, request.main_contractor_id)
    running = Deadline.objects.visible_to(scope).running().filter(request=request)
    if running.filter(kind=Deadline.Kind.REASK).update(dropped_at=scope.at):
        audit.record(scope, "request.left", request)
