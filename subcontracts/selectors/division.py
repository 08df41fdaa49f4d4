"""Whether placing care with a subcontractor goes against the division that was agreed above."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope, on_behalf_of
from subcontracts import gates
from subcontracts.models import MunicipalContract, Tariff
from subcontracts.rules.committed import Running, committed
from subcontracts.rules.parts import Share
from subcontracts.selectors.upward_terms import values_on

#: Without figures, which not everybody who places may read.
AGAINST: Final = _(
    "Less would be left for own delivery, or more would go to subcontractors, than was agreed with"
    " the municipality."
)


def breaking(
    scope: Scope, contract: MunicipalContract, care: Share, tariffs: Mapping[int, Tariff | None]
) -> frozenset[int]:
    """With which subcontracts this care, placed now, breaks what was agreed; by key.

    What a contract without a tariff costs does not grow with a placement.
    """
    costs = {
        pk: cost_of(care, tariff.amount, scope.today) if tariff else ZERO
        for pk, tariff in tariffs.items()
    }
    return gates.breaks_division(scope, contract, costs) if costs else frozenset()


def cost_of(care: Share, tariff: Decimal, today: date) -> Decimal:
    """Euros up to the end of this year; zero for care that begins later."""
    first = max(care.period.start, today)
    ahead = care.period.intersection(Period(first, date(first.year, 12, 31)))
    running = Running(
        ahead=ahead,
        tariff=tariff,
        volume=care.volume,
        frequency=care.frequency,
        budget=care.budget,
    )
    return committed(running) if first.year == today.year else ZERO


def refuses(scope: Scope, contract: MunicipalContract) -> bool:
    """Whether the terms say that nothing is placed that goes against the division."""
    with on_behalf_of(scope, contract.main_contractor_id):
        return values_on(contract, scope.today).get("division_effect") == "refuses"
