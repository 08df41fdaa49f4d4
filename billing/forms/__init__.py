"""The funding forms. Adding a form adds a module here and registers it.

A form answers: which inputs does it need in a month, and which entitlements follow. Which checks
apply to what comes in stands with the input: lines of a declaration in `services.judging`, FTE
rows in `services.fte`, starts and stops in `subcontracts`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from billing.forms import (
    advance_pool,
    availability,
    bonus,
    capacity,
    fte,
    function,
    lump_sum,
    margin,
    one_off,
    population,
    profile,
    pxq,
    sanction_discount,
    subsidy,
    trajectory,
)
from billing.forms.base import FundingForm, MonthContext, Need, NewEntitlement
from billing.rules.explain import Entry
from hoofdaannemer.core.periods import Month
from subcontracts.models import FundingLine

#: In the order of a statement. What is taken off what the others recorded comes last.
FORMS: Final[Mapping[str, FundingForm]] = {
    form.CODE: form
    for form in (
        pxq,
        fte,
        trajectory,
        lump_sum,
        capacity,
        function,
        profile,
        population,
        advance_pool,
        availability,
        subsidy,
        one_off,
        bonus,
        margin,
        sanction_discount,
    )
}
#: Forms of which the contract itself says what every month will be worth, as far as is known now.
AGREED: Final[Mapping[str, Callable[[FundingLine, Month], Entry | None]]] = {
    form.CODE: form.month_entry
    for form in (
        fte,
        lump_sum,
        capacity,
        function,
        population,
        advance_pool,
        availability,
        subsidy,
        one_off,
    )
}

__all__ = ["AGREED", "FORMS", "FundingForm", "MonthContext", "Need", "NewEntitlement"]
