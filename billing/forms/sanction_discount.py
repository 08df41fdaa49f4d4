"""A temporary discount on all other amounts of the contract that are about the months of the line.

Parameter of the line: `percent`, of what the contract pays after a coordination fee.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext_lazy as _

from billing.forms import deduction
from billing.forms.base import MonthContext, Need, NewEntitlement
from subcontracts.models import FundingLine

CODE: Final = FundingLine.Form.SANCTION_DISCOUNT.value
TITLE: Final = _("Temporary discounts")


def needs(context: MonthContext) -> Iterable[Need]:
    """Nothing."""
    return []


def entitlements(context: MonthContext) -> Iterable[NewEntitlement]:
    """The discount of every month up to this one; what became known later changes it."""
    return deduction.entitlements(context, CODE, beside=(), of_years=False)
