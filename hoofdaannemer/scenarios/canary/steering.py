"""Notice is given of ceilings that are nearly used up; client stops are asked.

Nobody decided about either yet.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from hoofdaannemer.core.scope import Role, acting_as, system
from hoofdaannemer.scenarios.canary.cast import PROVIDER_NAMES, Cast
from hoofdaannemer.scenarios.canary.parties import Parties
from subcontracts.models import Subcontract
from subcontracts.services import ceiling_signals, client_stops


def steer(parties: Parties, cast: Cast, at: datetime) -> None:
    """By the system; by the delegate of each subcontractor, under every contract that it has."""
    with acting_as(system(at)) as scope:
        ceiling_signals.give_notice(scope=scope)
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
