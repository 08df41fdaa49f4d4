"""The funding forms. Adding a form adds a module here and registers it.

A form answers: which inputs does it need in a month, and which entitlements follow. Which checks
apply to what comes in stands with the input: lines of a declaration in `services.judging`, FTE
rows in `services.fte`, starts and stops in `subcontracts`.
"""

from __future__ import annotations

from billing.forms import fte, pxq, trajectory
from billing.forms.base import FundingForm, MonthContext, Need, NewEntitlement

FORMS: dict[str, FundingForm] = {form.CODE: form for form in (pxq, fte, trajectory)}

__all__ = ["FORMS", "FundingForm", "MonthContext", "Need", "NewEntitlement"]
