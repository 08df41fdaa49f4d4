"""One price a month for each client in care, by the profile of the line.

Parameters of the line: `profile` (its name), `price` in euros a month, `part_month` (by `days`, or
`whole`) and `counted` (which days of care count).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from billing.forms import fixed
from billing.forms.base import MonthContext, Need, NewEntitlement, decimal
from billing.forms.recorded import Due, compared
from billing.rules.explain import Entry
from billing.rules.occupancy import Care
from billing.rules.profile import ProfileTerms, client_month
from billing.selectors.occupancy import care_of, steered_months
from hoofdaannemer.core.periods import Month
from subcontracts.models import FundingLine

CODE: Final = FundingLine.Form.PROFILE.value
TITLE: Final = _("Clients by profile")


def terms_of(line: FundingLine) -> ProfileTerms:
    """The terms of a funding line. Raises RuleError BIL-02 where one is missing."""
    stored = line.parameters
    return ProfileTerms(
        profile=str(stored.get("profile", "")),
        price=decimal(stored, "price"),
        whole_months=stored.get("part_month") == "whole",
    )


def needs(context: MonthContext) -> Iterable[Need]:
    """Nothing of its own: starts and stops are reported when they happen."""
    return []


def entitlements(context: MonthContext) -> Iterable[NewEntitlement]:
    """Clients of the months of the line up to this one: what is reported late is paid late."""
    return compared(context, CODE, _of_line)


def months_due(
    line: FundingLine, months: Sequence[Month], care: Care, steered: Collection[Month]
) -> Iterator[tuple[Month, int, Entry]]:
    """What these months come to by client, of whom days of care are given; none while steered."""
    terms, in_force = terms_of(line), fixed.in_force(line)
    for month in months:
        if month in steered or not in_force.overlaps(month.period):
            continue
        for client in sorted(care):
            if entry := client_month(terms, month, in_force, care[client]):
                yield month, client, entry


def _of_line(line: FundingLine, months: Sequence[Month]) -> Iterable[Due]:
    care = care_of(line, str(line.parameters.get("counted", "delivered")))
    spells = {client: one.spells for client, one in care.items()}
    for month, client, entry in months_due(line, months, spells, steered_months(line, months)):
        shared = fixed.in_force(line).intersection(month.period)
        if shared and (placement := care[client].first_in(shared)):
            yield Due(line, month, entry, placement)
