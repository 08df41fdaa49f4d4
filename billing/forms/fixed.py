"""The months of forms whose amount follows from the line alone, whatever was delivered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from billing.forms.base import MonthContext, NewEntitlement
from billing.forms.recorded import Due, compared
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
    """As `recorded.compared`, for a line whose months follow from its terms."""

    def of_line(line: FundingLine, months: Sequence[Month]) -> Iterable[Due]:
        for month in months:
            if entry := month_entry(line, month):
                yield Due(line, month, entry)

    return compared(context, form, of_line)
