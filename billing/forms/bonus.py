"""A bonus for an outcome: paid when a controller recorded what was granted.

Parameters of the line: `amount` in euros at the most, and `judged_by`, which says how the outcome
is measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext_lazy as _

from billing.forms.base import MonthContext, Need, NewEntitlement
from subcontracts.models import FundingLine

CODE: Final = FundingLine.Form.BONUS.value
TITLE: Final = _("Bonuses")


def needs(context: MonthContext) -> Iterable[Need]:
    """Nothing: the outcome is judged in its own time."""
    return []


def entitlements(context: MonthContext) -> Iterable[NewEntitlement]:
    """Nothing: `services.assessments` records it."""
    return []
