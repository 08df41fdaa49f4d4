"""The quarter's reports that were published; the last whole quarter is left for the story."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from hoofdaannemer.accountability import services
from hoofdaannemer.core.periods import Month, parse_period
from hoofdaannemer.core.scope import acting_as
from hoofdaannemer.scenarios.regio.clock import Clock, later, moment
from hoofdaannemer.scenarios.regio.office import Office
from hoofdaannemer.scenarios.regio.parties import Region
from subcontracts.models import MunicipalContract

#: Day of the month after the quarter on which its report is built.
REPORT_DAY = 25


def plan(region: Region, office: Office, clock: Clock, current: Month) -> None:
    """Plan the report of the last quarter but one, for both contracts."""
    last = last_quarter(current)
    before = last.previous().previous().previous()
    for contract in (region.youth, region.wmo):
        at = moment(later(before.next().first, REPORT_DAY - 1), 14)
        clock.plan(at, partial(_published, office, contract, before))


def last_quarter(current: Month) -> Month:
    """The last month of the last quarter that ended before the current month."""
    month = current.previous()
    while month.month % 3:
        month = month.previous()
    return month


def _published(
    office: Office, contract: MunicipalContract, last_month: Month, at: datetime
) -> None:
    manager, officer = office.managing(at), office.judging(at)
    quarter = parse_period(f"{last_month.year}-Q{last_month.month // 3}")
    with acting_as(manager):
        report = services.build_report(scope=manager, contract=contract, period=quarter)
    with acting_as(officer):
        services.review(scope=officer, report=report)
    with acting_as(manager):
        services.publish(scope=manager, report=report)
