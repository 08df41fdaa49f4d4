"""Which FTE reports are still to be handed in."""

from __future__ import annotations

from dataclasses import dataclass

from billing.models import FteReport
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import FundingLine, Subcontract

#: Months back that a missing report is asked for.
MONTHS_BACK = 3


@dataclass(frozen=True)
class MissingReport:
    """A month of a funding line without a report; `draft` where one was begun.

    `can_carry` where nothing was begun and the month before has a report to carry over.
    """

    line: FundingLine
    month: Month
    draft: FteReport | None
    can_carry: bool = False


def open_months(scope: Scope) -> list[MissingReport]:
    """Months that ended, and the running one, without a report that was handed in."""
    lines = list(
        FundingLine.objects.visible_to(scope)
        .filter(form=FundingLine.Form.FTE, subcontract__status__in=Subcontract.RUNNING)
        .select_related("subcontract")
    )
    known: dict[tuple[int, object], FteReport] = {}
    # In this order a report that was handed in outweighs a draft of its correction.
    for one in (
        FteReport.objects.visible_to(scope)
        .filter(funding_line__in=lines, replaced_by=None)
        .order_by("-submitted_at")
    ):
        key = (one.funding_line_id, one.month)
        if key not in known or one.submitted_at:
            known[key] = one
    month = Month.of(scope.today)
    months = [month]
    for _step in range(MONTHS_BACK):
        month = month.previous()
        months.append(month)
    found = []
    for line in lines:
        in_force = Period(line.start_date, line.end_date)
        for one_month in months:
            report = known.get((line.pk, one_month.first))
            is_missing = report is None or report.submitted_at is None
            if is_missing and in_force.overlaps(one_month.period):
                before = known.get((line.pk, one_month.previous().first))
                can_carry = report is None and before is not None and bool(before.submitted_at)
                found.append(MissingReport(line, one_month, report, can_carry))
    return found
