"""Reports of the canary scenario: so few clients that every cell of theirs is hidden."""

from __future__ import annotations

from datetime import datetime, timedelta

from hoofdaannemer.accountability.services import building, judging, publishing
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import acting_as
from hoofdaannemer.scenarios.canary.cast import Cast
from hoofdaannemer.scenarios.canary.parties import Parties

#: Before now, so that what follows has a moment of its own.
BUILT, REVIEWED, PUBLISHED, AGAIN = (timedelta(hours=hours) for hours in (5, 4, 3, 2))


def build(parties: Parties, cast: Cast, period: Period, now: datetime) -> None:
    """Each main contractor publishes the quarter, and has a next version in hand."""
    for main, contract in parties.contracts.items():
        maker = cast.scope("contracten", main, now - BUILT)
        with acting_as(maker):
            report = building.build_report(scope=maker, contract=contract, period=period)
            judging.explain(scope=maker, report=report, narrative=f"{main} toelichting")
        reviewer = cast.scope("controle", main, now - REVIEWED)
        with acting_as(reviewer):
            judging.review(scope=reviewer, report=report)
        publisher = cast.scope("contracten", main, now - PUBLISHED)
        with acting_as(publisher):
            publishing.publish(scope=publisher, report=report)
        again = cast.scope("contracten2", main, now - AGAIN)
        with acting_as(again):
            building.build_report(scope=again, contract=contract, period=period)
