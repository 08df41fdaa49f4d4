"""What is kept back of a month as a percentage of what else the contract comes to.

Such a form reads what the forms before it recorded, so it comes after them in a month.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby

from django.db.models import Sum

from billing.forms import fixed
from billing.forms.base import MonthContext, NewEntitlement, decimal
from billing.forms.recorded import Due, Recorded
from billing.models import Entitlement
from billing.rules.discount import discount
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month
from subcontracts.models import FundingLine


def entitlements(
    context: MonthContext, code: str, *, beside: Collection[str], of_years: bool
) -> Iterable[NewEntitlement]:
    """What lines of a form keep back of every month up to this one; what became known later counts.

    Forms `beside` are no part of what it is a percentage of, and neither is the form itself; what
    settles a year is only where `of_years`.
    """
    lines = [line for line in context.lines if line.form == code]
    if not lines:
        return []
    bases = _bases(lines, context.month, {code, *beside}, of_years=of_years)
    by_contract = groupby(
        sorted(lines, key=lambda line: (line.subcontract_id, line.pk)),
        key=lambda line: line.subcontract_id,
    )
    return Recorded.of(code, lines).changes(
        one
        for contract, together in by_contract
        for one in of_contract(list(together), bases[contract])
    )


def _bases(
    lines: Sequence[FundingLine], until: Month, without: Collection[str], *, of_years: bool
) -> Mapping[int, Mapping[Month, Decimal]]:
    """By contract and month, what is entitled under other forms."""
    bases: defaultdict[int, dict[Month, Decimal]] = defaultdict(dict)
    counted = Entitlement.objects.all() if of_years else Entitlement.objects.of_months()
    rows = (
        counted.filter(
            funding_line__subcontract__in={line.subcontract_id for line in lines},
            month__lte=until.first,
        )
        .exclude(form__in=without)
        .order_by()
        .values_list("funding_line__subcontract", "month")
        .annotate(Sum("amount"))
    )
    for contract, month, amount in rows:
        bases[contract][Month.of(month)] = amount
    return bases


def of_contract(lines: Sequence[FundingLine], base: Mapping[Month, Decimal]) -> Iterable[Due]:
    """What lines of one form and contract keep back, given what its other lines come to."""
    for month, amount in sorted(base.items()):
        taken = ZERO
        for line in lines:
            part = decimal(line.parameters, "percent") / 100
            entry = discount(
                part, amount, month, fixed.in_force(line), rule=line.form, before=taken
            )
            if entry:
                taken -= entry.amount
                yield Due(line, month, entry)
