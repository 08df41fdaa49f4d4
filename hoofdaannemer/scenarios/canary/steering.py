"""Notice is given of ceilings that are nearly used up; client stops are asked.

Nobody decided about either yet. One placement under each ceiling is exempt, from next month on.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from hoofdaannemer.core.scope import Role, Scope, acting_as, system
from hoofdaannemer.scenarios.canary.cast import PROVIDER_NAMES, Cast
from hoofdaannemer.scenarios.canary.parties import Parties
from subcontracts.models import CeilingExemption, Placement, Subcontract
from subcontracts.services import ceiling_exemptions, ceiling_signals, client_stops


def steer(parties: Parties, cast: Cast, at: datetime) -> None:
    """By the system; by the delegate of each subcontractor, under every contract that it has."""
    with acting_as(system(at)) as scope:
        ceiling_signals.give_notice(scope=scope)
    for main, row in parties.mains.items():
        with acting_as(cast.scope("contracten", main, at)) as scope:
            _exempt(scope, row.pk)
    delegate = next(
        name for name, role in PROVIDER_NAMES.items() if role == Role.SUBCONTRACTOR_ADMIN
    )
    for provider in dict.fromkeys(provider for _main, provider in parties.subcontractors):
        if (delegate, provider) not in cast.memberships:
            continue
        with acting_as(cast.scope(delegate, provider, at)) as scope:
            rows = Subcontract.objects.visible_to(scope).filter(status__in=Subcontract.RUNNING)
            for contract in rows:
                client_stops.ask(
                    scope=scope,
                    subcontract=contract,
                    facts=client_stops.StopFacts(
                        start_date=scope.today + timedelta(days=30),
                        reason=f"{contract.number} is vol",
                    ),
                )


def _exempt(scope: Scope, main_contractor_id: int) -> None:
    placed = Placement.objects.visible_to(scope).filter(
        main_contractor=main_contractor_id, subcontract__status__in=Subcontract.RUNNING
    )
    for one in placed.filter(subcontract__ceilings__amount__isnull=False).select_related(
        "subcontract"
    ):
        if one.subcontract is None or one.subcontract.ceiling_exemptions.exists():
            continue
        ceiling_exemptions.exempt(
            scope=scope,
            subcontract=one.subcontract,
            facts=ceiling_exemptions.ExemptionFacts(
                ground=CeilingExemption.Ground.SPECIFIC,
                placement=one,
                start_date=scope.today + timedelta(days=30),
                note=f"{one.subcontract.number} op naam toegewezen",
            ),
        )
