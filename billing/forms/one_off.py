"""An amount that is paid once, with the month in which the line begins.

Parameter of the line: `amount` in euros.
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

CODE: Final = FundingLine.Form.ONE_OFF.value
TITLE: Final = _("One-off amounts")


def month_entry(line: FundingLine, month: Month) -> Entry | None:
    """The whole in its first month. Raises RuleError BIL-02 where the line has no good amount."""
    return rules.one_off(decimal(line.parameters, "amount"), month, fixed.in_force(line))


def needs(context: MonthContext) -> Iterable[Need]:
    """Nothing."""
    return []


def entitlements(context: MonthContext) -> Iterable[NewEntitlement]:
    """The amount, in its month."""
    return fixed.entitlements(context, CODE, month_entry)
