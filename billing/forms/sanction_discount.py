"""A temporary discount on all other amounts of the contract that are about the months of the line.

Parameter of the line: `percent`. It reads what the other forms recorded, so it comes last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Final

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from billing.forms import fixed
from billing.forms.base import MonthContext, Need, NewEntitlement, decimal
from billing.forms.recorded import Due, Recorded
from billing.models import Entitlement
from billing.rules.discount import discount
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month
from subcontracts.models import FundingLine

CODE: Final = FundingLine.Form.SANCTION_DISCOUNT.value
TITLE: Final = _("Temporary discounts")


def needs(context: MonthContext) -> Iterable[Need]:
    """Nothing."""
    return []


def entitlements(context: MonthContext) -> Iterable[NewEntitlement]:
    """The discount of every month up to this one; what became known later changes it."""
    lines = [line for line in context.lines if line.form == CODE]
    if not lines:
        return []
    bases = _bases(lines, context.month)
    by_contract = groupby(
        sorted(lines, key=lambda line: (line.subcontract_id, line.pk)),
        key=lambda line: line.subcontract_id,
    )
    return Recorded.of(CODE, lines).changes(
        one
        for contract, together in by_contract
        for one in of_contract(list(together), bases[contract])
    )


def _bases(lines: Sequence[FundingLine], until: Month) -> Mapping[int, Mapping[Month, Decimal]]:
    """By contract and month, what is entitled beside discounts."""
    bases: defaultdict[int, dict[Month, Decimal]] = defaultdict(dict)
    rows = (
        Entitlement.objects.filter(
            funding_line__subcontract__in={line.subcontract_id for line in lines},
            month__lte=until.first,
        )
        .exclude(form=CODE)
        .order_by()
        .values_list("funding_line__subcontract", "month")
        .annotate(Sum("amount"))
    )
    for contract, month, amount in rows:
        bases[contract][Month.of(month)] = amount
    return bases


def of_contract(lines: Sequence[FundingLine], base: Mapping[Month, Decimal]) -> Iterable[Due]:
    """The discounts of one contract, given what its other lines come to in each month."""
    for month, amount in sorted(base.items()):
        taken = ZERO
        for line in lines:
            part = decimal(line.parameters, "percent") / 100
            entry = discount(part, amount, month, fixed.in_force(line), before=taken)
            if entry:
                taken -= entry.amount
                yield Due(line, month, entry)
