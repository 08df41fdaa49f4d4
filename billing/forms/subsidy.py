"""An amount in instalments, settled afterwards on the costs that a controller established.

Parameters of the line: `amount` in euros and `instalments`, which are spread evenly over the months
of the line. The settlement is an assessment
(`services.assessments`).
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

CODE: Final = FundingLine.Form.SUBSIDY.value
TITLE: Final = _("Subsidies")


def month_entry(line: FundingLine, month: Month) -> Entry | None:
    """Instalments that fall in it. Raises RuleError BIL-02 where a parameter is missing."""
    stored = line.parameters
    total, instalments = decimal(stored, "amount"), int(decimal(stored, "instalments"))
    return rules.instalment(total, instalments, fixed.in_force(line), month)


def needs(context: MonthContext) -> Iterable[Need]:
    """Nothing: costs are established afterwards."""
    return []


def entitlements(context: MonthContext) -> Iterable[NewEntitlement]:
    """The instalments of the month."""
    return fixed.entitlements(context, CODE, month_entry)
