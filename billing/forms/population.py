"""An amount a year for each head of a population: a twelfth a month.

Parameters of the line: `group` (who is counted), `heads` (their number) and `price` (euros a year a
head). Another number from a day on is a line that follows.
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

CODE: Final = FundingLine.Form.POPULATION.value
TITLE: Final = _("Population funding")


def month_entry(line: FundingLine, month: Month) -> Entry | None:
    """A twelfth. Raises RuleError BIL-02 where a parameter is missing."""
    stored = line.parameters
    heads, price = decimal(stored, "heads"), decimal(stored, "price")
    return rules.population(heads, price, month, fixed.in_force(line))


def needs(context: MonthContext) -> Iterable[Need]:
    """Nothing: the number stands in the contract."""
    return []


def entitlements(context: MonthContext) -> Iterable[NewEntitlement]:
    """The sum of the month."""
    return fixed.entitlements(context, CODE, month_entry)
