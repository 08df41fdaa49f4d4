"""A fixed amount a month for being available, whether or not it is used.

Parameter of the line: `amount` in euros a month.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext_lazy as _

from billing.forms import fixed
from billing.forms.base import MonthContext, Need, NewEntitlement, decimal
from billing.rules import fixed as rules
from billing.rules.explain import Entry
from hoofdaannemer.core.periods import Month
from subcontracts.models import FundingLine

CODE: Final = FundingLine.Form.AVAILABILITY.value
TITLE: Final = _("Availability")


def month_entry(line: FundingLine, month: Month) -> Entry | None:
    """The amount. Raises RuleError BIL-02 where the line has no good one."""
    return rules.availability(decimal(line.parameters, "amount"), month, fixed.in_force(line))


def needs(context: MonthContext) -> Iterable[Need]:
    """Nothing."""
    return []


def entitlements(context: MonthContext) -> Iterable[NewEntitlement]:
    """The amount of the month."""
    return fixed.entitlements(context, CODE, month_entry)
