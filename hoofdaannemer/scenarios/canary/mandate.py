"""Each main contractor begins to allocate under mandate: grants one request, and places it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import timezone

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import acting_as
from hoofdaannemer.scenarios.canary.cast import Cast
from hoofdaannemer.scenarios.canary.parties import Parties
from subcontracts.models import AllocatedBy, Allocation, CareRequest, Subcontractor
from subcontracts.selectors.current import terms_of
from subcontracts.services import authorities, issuing, placements, reconciling


def allocate(parties: Parties, cast: Cast, at: datetime) -> None:
    """From the day of `at` on, so that everything before it went up to the municipalities."""
    for main, contract in parties.contracts.items():
        with acting_as(cast.scope("contracten", main, at)) as scope:
            authorities.set_authority(
                scope=scope,
                contract=contract,
                allocated_by=AllocatedBy.MANDATE,
                start_date=timezone.localdate(at),
                mandate=authorities.Mandate(
                    reference=f"{main} mandaatbesluit",
                    number_first=700_000_000,
                    number_last=700_999_999,
                ),
            )
        with acting_as(cast.scope("zorg", main, at)) as scope:
            waiting = CareRequest.objects.visible_to(scope).filter(
                status=CareRequest.Status.RECEIVED, kind=CareRequest.Kind.ALLOCATION
            )
            request = waiting.order_by("pk")[0]
            # The same care was allocated by the municipality for now.
            later = Period(scope.today + timedelta(days=500), scope.today + timedelta(days=600))
            terms = {
                asked.pk: replace(terms_of(asked), period=later)
                for asked in request.products.select_related("product")
            }
            granted = issuing.grant(scope=scope, request=request, terms=terms)
            placements.place(
                scope=scope,
                allocation=Allocation.objects.visible_to(scope).get(
                    requested_product__request=granted
                ),
                subcontractor=Subcontractor.objects.visible_to(scope).get(
                    provider_organisation=granted.provider_organisation
                ),
            )
            # The municipality has not recorded it yet: one difference to explain.
            reconciling.reconcile(
                scope=scope,
                main_contractor_id=contract.main_contractor_id,
                municipality=granted.municipality,
                family=contract.family,
                raw="\ufeffontvanger;toewijzing;bsn\r\n".encode(),
            )
