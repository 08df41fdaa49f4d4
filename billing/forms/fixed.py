"""The months of forms whose amount follows from the line alone, whatever was delivered."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from billing.forms.base import MonthContext, NewEntitlement
from billing.forms.recorded import Due, Recorded
from billing.rules.explain import Entry
from hoofdaannemer.core.periods import Month, Period
from subcontracts.models import FundingLine

#: What a month of a line is worth; None where it is worth nothing of its own.
MonthEntry = Callable[[FundingLine, Month], Entry | None]


def in_force(line: FundingLine) -> Period:
    """The days of a line."""
    return Period(line.start_date, line.end_date)


def entitlements(
    context: MonthContext, form: str, month_entry: MonthEntry
) -> Iterable[NewEntitlement]:
    """The month of the run, and months before that were not recorded, or come to something else.

    A contract that was entered late is so paid from its start; one that ended earlier pays back.
    """
    lines = [line for line in context.lines if line.form == form]
    if not lines:
        return []
    recorded = Recorded.of(form, lines)
    return recorded.changes(
        Due(line, month, entry)
        for line in lines
        for month in sorted({*context.months_of(line), *recorded.months_of(line)})
        if (entry := month_entry(line, month))
    )
