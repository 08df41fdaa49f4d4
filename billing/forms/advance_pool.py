"""A share in a pool: a part of the expected production in advance, the rest by the year's end.

Parameters of the line: `pool` (its name), `production` (euros expected in a year), `advance` in
percent, and `key` (`k1`, `k2` or `k3`: `billing.rules.pool`). Lines of one name under one municipal
contract are one pool.
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

CODE: Final = FundingLine.Form.ADVANCE_POOL.value
TITLE: Final = _("Advances of a pool")


def month_entry(line: FundingLine, month: Month) -> Entry | None:
    """A twelfth of the advance. Raises RuleError BIL-02 where a parameter is missing."""
    stored = line.parameters
    production, part = decimal(stored, "production"), decimal(stored, "advance") / 100
    return rules.advance(production, part, month, fixed.in_force(line))


def needs(context: MonthContext) -> Iterable[Need]:
    """Nothing: real production counts at the end of the year."""
    return []


def entitlements(context: MonthContext) -> Iterable[NewEntitlement]:
    """The advance of the month."""
    return fixed.entitlements(context, CODE, month_entry)
