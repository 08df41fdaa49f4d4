"""Months that own teams report, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum

from billing.models import OwnTeamReport, OwnTeamRow
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month, Period, add_months
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from subcontracts.models import MunicipalContract, Subcontractor

#: Months back of which a missing report is asked.
ASKED_MONTHS = 3


@dataclass(frozen=True)
class Missing:
    """A month of which a report was expected, because an earlier month was reported."""

    team: Subcontractor
    contract: MunicipalContract
    month: Month


@dataclass(frozen=True)
class OwnCost:
    """Work and euros of one kind in a year."""

    kind: str
    amount: Decimal
    fte_months: Decimal
    hours: Decimal


def teams_of(scope: Scope) -> QuerySet[Subcontractor]:
    """The own teams one may report for."""
    return Subcontractor.objects.visible_to(scope).filter(is_own_team=True)


def contracts_of(scope: Scope) -> QuerySet[MunicipalContract]:
    """The tasks an own team may have worked for: those of its main contractor.

    A team's people read of a contract its name only.
    """
    if scope.role in SUBCONTRACTOR:
        owners = teams_of(scope).values("main_contractor")
        return MunicipalContract.objects.filter(main_contractor__in=owners)
    return MunicipalContract.objects.visible_to(scope)


def has_begun(scope: Scope) -> bool:
    """Whether every own team that one may report for reported anything yet."""
    return not teams_of(scope).filter(own_team_reports=None).exists()


def missing(scope: Scope) -> list[Missing]:
    """Months over since a month that was reported, of the last three, without one handed in."""
    since = Month.of(add_months(scope.today, -ASKED_MONTHS))
    months = list(Period(since.first, Month.of(scope.today).previous().last).months())
    rows = OwnTeamReport.objects.visible_to(scope).counting()
    known = rows.filter(month__gte=months[0].previous().first).select_related(
        "subcontractor__provider_organisation", "contract"
    )
    by_task: dict[tuple[int, int], list[OwnTeamReport]] = {}
    for row in known:
        by_task.setdefault((row.subcontractor_id, row.contract_id), []).append(row)
    return [
        Missing(reports[0].subcontractor, reports[0].contract, month)
        for reports in by_task.values()
        for month in _lacking(reports, months)
    ]


def _lacking(reports: Sequence[OwnTeamReport], months: Sequence[Month]) -> list[Month]:
    told = {report.month for report in reports}
    contract = reports[0].contract
    in_force = Period(contract.start_date, contract.end_date)
    return [
        month
        for month in months
        if month.first > min(told) and month.first not in told and in_force.overlaps(month.period)
    ]


def costs_of(scope: Scope, contract: MunicipalContract, year: int) -> list[OwnCost]:
    """What own teams worked and cost in a year, by kind."""
    rows = (
        OwnTeamRow.objects.visible_to(scope)
        .filter(
            report__in=OwnTeamReport.objects.visible_to(scope)
            .counting()
            .filter(contract=contract, month__range=(date(year, 1, 1), date(year, 12, 1)))
        )
        .order_by()
        .values_list("kind")
        .annotate(Sum("amount"), Sum("fte"), Sum("hours"))
    )
    return [
        OwnCost(kind, amount, fte or ZERO, hours or ZERO)
        for kind, amount, fte, hours in sorted(rows)
    ]


def costs_by_month(scope: Scope, contract: MunicipalContract, year: int) -> dict[date, Decimal]:
    """Euros that own teams reported, by the first day of the month."""
    rows = (
        OwnTeamReport.objects.visible_to(scope)
        .counting()
        .filter(contract=contract, month__range=(date(year, 1, 1), date(year, 12, 1)))
        .order_by()
        .values_list("month")
        .annotate(total=Sum("rows__amount"))
    )
    return dict(rows)
