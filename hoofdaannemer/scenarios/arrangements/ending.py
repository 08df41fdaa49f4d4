"""The end of a month and of the months together: handing in, closing, paying, reporting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from billing.selectors.month_cards import Card, cards
from billing.services import fte, month_page, month_runs, payments, run_checks
from hoofdaannemer.accountability import services as accountability
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import round_cents
from hoofdaannemer.core.periods import Month, parse_period
from hoofdaannemer.core.scope import acting_as
from hoofdaannemer.scenarios.arrangements import staff
from hoofdaannemer.scenarios.arrangements.building import Built
from hoofdaannemer.scenarios.arrangements.moments import at, office_day
from hoofdaannemer.scenarios.arrangements.staff import Staff
from subcontracts.models import FundingLine, Professional

#: Part of what may be declared at most that is declared.
DELIVERED: Final = Decimal("0.8")
#: FTE that nobody works, of what was agreed.
EMPTY: Final = Decimal("0.2")
#: Days after a month on which its report is built.
REPORTED_AFTER: Final = 25


def hand_in(
    organisation_id: int, workers: Sequence[Professional], month: Month, moment: datetime
) -> None:
    """A provider declares what is paid by volume, and reports the FTE of its lines.

    `workers` are as many as the FTE of all of them ask for.
    """
    with acting_as(staff.provider(organisation_id, moment)) as scope:
        entries = {card.placement.pk: _entry(card) for card in cards(scope, month)}
        if entries:
            month_page.hand_in(scope=scope, month=month, entries=entries)
        lines = FundingLine.objects.visible_to(scope).filter(form=FundingLine.Form.FTE)
        waiting = iter(workers)
        for line in lines.in_force_during(month.period):
            report = fte.open_report(scope=scope, funding_line=line, month=month)
            rows = dict(_worked(Decimal(str(line.parameters["fte"])), waiting))
            fte.save(scope=scope, report=report, rows=rows)
            fte.hand_in(scope=scope, report=report)


def _worked(agreed: Decimal, workers: Iterator[Professional]) -> Iterator[tuple[int, Decimal]]:
    """Key and FTE of each who works it; nobody works more than one."""
    left = agreed - EMPTY
    while left > 0:
        worked = min(left, Decimal(1))
        yield next(workers).pk, worked
        left -= worked


def _entry(card: Card) -> month_page.Entry:
    if card.cap is None:
        return month_page.Entry(volume=1)
    volume = int(round_cents(card.cap * DELIVERED))
    return month_page.Entry(volume=volume) if volume else month_page.Entry(no_care="not_started")


def close(office: Staff, month: Month, day: date) -> None:
    """Close a month, and pay what comes of it: prepared by one controller, released by another.

    Raises RuleError where the month of a subcontractor cannot be closed.
    """
    main = office.main_contractor_id
    with acting_as(office.scope("controle", at(day, 10))) as scope:
        result = month_runs.run_now(scope=scope, main_contractor_id=main, month=month)
        if result.problems:
            problem = result.problems[0]
            raise RuleError(problem.code, problem.text)
        if not payments.due(scope=scope, main_contractor_id=main).payable:
            return
        run = payments.prepare_run(scope=scope, main_contractor_id=main)
    with acting_as(office.scope("controle2", at(day, 11))) as scope:
        payments.release_run(scope=scope, run=run, seen=run_checks.keys(scope, run))


def report(office: Staff, built: Built, tried: Sequence[Month]) -> None:
    """Publish the report of every whole quarter that was tried, of each municipal contract."""
    for month in tried:
        quarter = [
            one for one in tried if one.year == month.year and _quarter(one) == _quarter(month)
        ]
        if month.month % 3 or len(quarter) < 3:
            continue
        period = parse_period(f"{month.year}-Q{_quarter(month)}")
        moment = at(office_day(month.last + timedelta(days=REPORTED_AFTER)), 14)
        for contract in built.contracts.values():
            manager = office.scope("contracten", moment)
            with acting_as(manager):
                made = accountability.build_report(scope=manager, contract=contract, period=period)
            officer = office.scope("kwaliteit", moment)
            with acting_as(officer):
                accountability.review(scope=officer, report=made)
            with acting_as(manager):
                accountability.publish(scope=manager, report=made)


def _quarter(month: Month) -> int:
    return (month.month + 2) // 3
