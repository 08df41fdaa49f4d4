"""The coordination fee (marge): what the main contractor keeps of what the contract pays.

Parameter of the line: `percent`. It is a line of its own on the statement, so that both parties see
it, and no part of any tariff. A discount comes after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext_lazy as _

from billing.forms import deduction, sanction_discount
from billing.forms.base import MonthContext, Need, NewEntitlement
from subcontracts.models import FundingLine

CODE: Final = FundingLine.Form.MARGIN.value
TITLE: Final = _("Coordination fees")


def needs(context: MonthContext) -> Iterable[Need]:
    """Nothing."""
    return []


def entitlements(context: MonthContext) -> Iterable[NewEntitlement]:
    """The fee of every month up to this one; what became known later changes it."""
    return deduction.entitlements(context, CODE, beside=(sanction_discount.CODE,), of_years=True)
