"""The months before a year of an FTE line, in which a vacancy may have begun."""

from __future__ import annotations

from typing import Final

from billing.models import FteReport
from billing.rules.fte import FteTerms, WorkerMonth
from billing.rules.settling import ReportedMonth
from hoofdaannemer.core.periods import Month, Period, add_months
from subcontracts.models import FundingLine, IndexRoundLine

#: A vacancy is paid for a year at most; what began before that is paid no more.
_MOST_MONTHS: Final = 13


def months_before(line: FundingLine, first: Month, terms: FteTerms) -> tuple[ReportedMonth, ...]:
    """Months that precede `first` and each other, the oldest first, as far as they were reported.

    Of the line, and of the lines that indexation let it follow. Where the contract counts anew each
    year, those of the same year only; nothing where vacancies are not paid.
    """
    if terms.vacancy is None:
        return ()
    earliest = add_months(first.first, -_MOST_MONTHS)
    if terms.vacancy.is_yearly:
        earliest = max(earliest, first.first.replace(month=1))
    reports = {
        Month.of(one.month): one
        for one in FteReport.objects.handed_in()
        .filter(funding_line__in=_lineage(line), month__gte=earliest, month__lt=first.first)
        .select_related("funding_line")
        .prefetch_related("rows__professional")
    }
    found: list[ReportedMonth] = []
    month = Month.of(add_months(first.first, -1))
    while month in reports:
        found.append(_reported(reports[month], month, terms))
        month = Month.of(add_months(month.first, -1))
    return tuple(reversed(found))


def _lineage(line: FundingLine) -> list[int]:
    """The line, and those that became it by indexation."""
    found = [line.pk]
    followed = dict(
        IndexRoundLine.objects.filter(
            subcontract=line.subcontract_id, is_applied=True, new_line__isnull=False
        ).values_list("new_line", "funding_line")
    )
    while before := followed.get(found[-1]):
        found.append(before)
    return found


def _reported(report: FteReport, month: Month, terms: FteTerms) -> ReportedMonth:
    """Who was at work; whether they might is of no account for how long a place was vacant."""
    line = report.funding_line
    shared = Period(line.start_date, line.end_date).intersection(month.period) or month.period
    workers = tuple(
        WorkerMonth(
            row.professional.reference,
            row.fte,
            shared.days,
            shared.days,
            row.role if terms.roles else "",
        )
        for row in report.rows.all()
    )
    return ReportedMonth(month, shared.days, report.pk, workers)
