"""A fixed amount a year: a twelfth a month, whatever is delivered.

Parameter of the line: `amount` in euros a year.
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

CODE: Final = FundingLine.Form.LUMP_SUM.value
TITLE: Final = _("Fixed lump sum")


def month_entry(line: FundingLine, month: Month) -> Entry | None:
    """A twelfth. Raises RuleError BIL-02 where the line has no good amount."""
    return rules.lump_sum(decimal(line.parameters, "amount"), month, fixed.in_force(line))


def needs(context: MonthContext) -> Iterable[Need]:
    """Nothing: care is reported, and paid by the sum."""
    return []


def entitlements(context: MonthContext) -> Iterable[NewEntitlement]:
    """The sum of the month."""
    return fixed.entitlements(context, CODE, month_entry)
