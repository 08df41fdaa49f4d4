"""A price for each user who is expected in a year: a twelfth a month, whoever comes.

Parameters of the line: `users` (expected in a year) and `price` (euros a year for one).
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

CODE: Final = FundingLine.Form.FUNCTION.value
TITLE: Final = _("Function funding")


def month_entry(line: FundingLine, month: Month) -> Entry | None:
    """A twelfth. Raises RuleError BIL-02 where a parameter is missing."""
    stored = line.parameters
    users, price = decimal(stored, "users"), decimal(stored, "price")
    return rules.function(users, price, month, fixed.in_force(line))


def needs(context: MonthContext) -> Iterable[Need]:
    """Nothing: expected users are agreed beforehand."""
    return []


def entitlements(context: MonthContext) -> Iterable[NewEntitlement]:
    """The sum of the month."""
    return fixed.entitlements(context, CODE, month_entry)
