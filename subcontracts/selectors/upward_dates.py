"""Which reports of municipal contracts are due, and how subcontracts fit the end of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from hoofdaannemer.core.scope import Scope
from subcontracts.models import MunicipalContract, ReportHandedIn, ReportingDuty, Subcontract
from subcontracts.rules import reporting
from subcontracts.rules.options import Fit, fit


@dataclass(frozen=True)
class Report:
    """One report of one period, and the day on which it was handed in, if it was."""

    duty: ReportingDuty
    due: reporting.Due
    handed_in_on: date | None


def rule_of(duty: ReportingDuty) -> reporting.Duty:
    """What the calculation needs of a duty; no period begins after the contract's last day."""
    lasts = [day for day in (duty.end_date, duty.contract.end_date) if day is not None]
    return reporting.Duty(
        rhythm=reporting.Rhythm(duty.rhythm),
        first=duty.start_date,
        last=min(lasts) if lasts else None,
        days=duty.due_days,
        in_working_days=duty.due_in == ReportingDuty.DueIn.WORKING_DAYS,
    )


def reports(
    scope: Scope, *, until: date, contract: MunicipalContract | None = None
) -> Iterator[Report]:
    """All that is or was due up to and including a day, duty by duty, in order of time."""
    rows = ReportingDuty.objects.visible_to(scope).select_related("contract")
    if contract is not None:
        rows = rows.filter(contract=contract)
    told = Prefetch("handed_in", ReportHandedIn.objects.visible_to(scope))
    for duty in rows.prefetch_related(told):
        days = {row.period_start: row.handed_in_on for row in duty.handed_in.all()}
        for due in reporting.dues(rule_of(duty), until=until):
            yield Report(duty, due, days.get(due.period.start))


def open_reports(
    scope: Scope, *, until: date, contract: MunicipalContract | None = None
) -> list[Report]:
    """What was not handed in yet and is due up to and including a day, the earliest first."""
    found = [
        one for one in reports(scope, until=until, contract=contract) if one.handed_in_on is None
    ]
    return sorted(found, key=lambda one: (one.due.day, one.duty.name, one.duty.pk))


def subcontract_fits(scope: Scope, contract: MunicipalContract) -> list[tuple[Subcontract, Fit]]:
    """Subcontracts that have not ended and do not end on the same day as the contract above."""
    rows = (
        Subcontract.objects.visible_to(scope)
        .filter(municipal_contract=contract)
        .exclude(status=Subcontract.Status.ENDED)
        .select_related("provider_organisation")
    )
    found = [(row, fit(row.end_date, contract.end_date)) for row in rows]
    return [(row, how) for row, how in found if how is not Fit.EQUAL]
