"""One price a month for each client in care, by the profile of the line.

Parameters of the line: `profile` (its name), `price` in euros a month, `part_month` (by `days`, or
`whole`) and `counted` (which days of care count).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from billing.forms import fixed
from billing.forms.base import MonthContext, Need, NewEntitlement, decimal
from billing.forms.recorded import Due, compared
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


def _of_line(line: FundingLine, months: Sequence[Month]) -> Iterable[Due]:
    terms, in_force = terms_of(line), fixed.in_force(line)
    care = care_of(line, str(line.parameters.get("counted", "delivered")))
    steered = steered_months(line, months)
    for month in months:
        shared = in_force.intersection(month.period)
        if month in steered or shared is None:
            continue
        for client in sorted(care):
            placement = care[client].first_in(shared)
            entry = client_month(terms, month, in_force, care[client].spells)
            if entry and placement:
                yield Due(line, month, entry, placement)
