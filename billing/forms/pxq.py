"""Price times quantity: entitlements come with the approved lines of declarations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext_lazy as _

from billing.forms.base import MonthContext, Need, NewEntitlement
from hoofdaannemer.core.periods import Period
from subcontracts.models import FundingLine

CODE: Final = FundingLine.Form.PXQ.value
TITLE: Final = _("Declared care (price times quantity)")


def needs(context: MonthContext) -> Iterable[Need]:
    """A declaration for the month, where a line of this form was in force."""
    if not any(_in_month(line, context) for line in context.lines):
        return []
    return [Need(_("declaration"), context.declared, is_required=False)]


def entitlements(context: MonthContext) -> Iterable[NewEntitlement]:
    """Nothing: `services.entitling` records them after the verdict, as a set."""
    return []


def _in_month(line: FundingLine, context: MonthContext) -> bool:
    in_force = Period(line.start_date, line.end_date)
    return line.form == CODE and in_force.overlaps(context.month.period)
