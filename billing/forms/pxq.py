"""Price times quantity: entitlements come with the approved lines of declarations.

Unless a line pays what was allocated (`basis`): then its months follow from the placements, and
what is declared under it is checked and shown, and pays nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from django.utils.translation import gettext_lazy as _

from billing.forms.base import MonthContext, Need, NewEntitlement
from billing.forms.recorded import Due, compared
from billing.rules.allocated import Care, month_entry
from billing.rules.explain import Entry
from billing.selectors.allocated import allocated_care
from billing.selectors.occupancy import steered_months
from hoofdaannemer.core.periods import Month, Period
from subcontracts.models import FundingLine

CODE: Final = FundingLine.Form.PXQ.value
TITLE: Final = _("Declared care (price times quantity)")


def needs(context: MonthContext) -> Iterable[Need]:
    """A declaration for the month, where a line was in force that pays what is declared."""
    if not any(_is_declared(line, context) for line in context.lines):
        return []
    return [Need(_("declaration"), context.declared, is_required=False)]


def entitlements(context: MonthContext) -> Iterable[NewEntitlement]:
    """The months of lines that pay what was allocated, and those that turned out otherwise.

    What is declared `services.entitling` records after the verdict, as a set.
    """
    lines = [line for line in context.lines if line.is_paid_as_allocated]
    return compared(replace(context, lines=lines), CODE, _of_line)


def months_due(
    months: Sequence[Month], care: Mapping[int, Care], steered: Collection[Month]
) -> Iterator[tuple[Month, int, Entry]]:
    """What these months come to by placement; nothing while messages are for steering only."""
    for month in months:
        if month in steered:
            continue
        for placement, one in care.items():
            if entry := month_entry(one, month):
                yield month, placement, entry


def _of_line(line: FundingLine, months: Sequence[Month]) -> Iterable[Due]:
    placed = allocated_care(line)
    placements = {placement.pk: placement for placement, _care in placed}
    care = {placement.pk: one for placement, one in placed}
    for month, pk, entry in months_due(months, care, steered_months(line, months)):
        yield Due(line, month, entry, placements[pk])


def _is_declared(line: FundingLine, context: MonthContext) -> bool:
    in_force = Period(line.start_date, line.end_date).overlaps(context.month.period)
    return line.form == CODE and not line.is_paid_as_allocated and in_force
