"""An own team of each main contractor, of which nobody logs in: a controller reports for it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from billing.models import OwnTeamRow
from billing.services import forecasts, own_teams
from billing.services.own_teams import Spent
from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import acting_as, system
from hoofdaannemer.scenarios.canary.care import Care
from hoofdaannemer.scenarios.canary.catalogue import ORGANISATIONS
from subcontracts.services import contracts

_KIND = OwnTeamRow.Kind


def report(care: Care, main: str, month: Month, at: datetime) -> None:
    """A month that is handed in, and one that is not; and a look ahead that knows them."""
    with acting_as(system(at)) as scope:
        organisation = Organisation.objects.create(
            name=f"{main}-Team",
            kvk=f"{ORGANISATIONS[main].kvk}0001",
            kind=Organisation.Kind.OWN_TEAM,
        )
        team = contracts.create_subcontractor(
            scope=scope,
            main_contractor_id=care.parties.mains[main].pk,
            organisation=organisation,
            period=Period(month.first),
        )
    rows = [
        Spent(_KIND.CARE, f"{main} begeleider", Decimal("5000.00"), Decimal(1), Decimal(140)),
        Spent(_KIND.COORDINATION, f"{main} toegang", Decimal("900.00")),
    ]
    with acting_as(care.cast.scope("controle", main, at)) as scope:
        contract = care.parties.contracts[main]
        first = own_teams.begin(scope=scope, team=team, contract=contract, month=month)
        own_teams.save(scope=scope, report=first, rows=rows)
        own_teams.hand_in(scope=scope, report=first)
        own_teams.begin(scope=scope, team=team, contract=contract, month=month.next())
        forecasts.make(scope=scope, contract=contract)
