"""What the home page shows of money, by who does it."""

from __future__ import annotations

from collections.abc import Iterable

from billing.models import AccountChange
from billing.models.disputes import Side
from billing.models.readers import HOLDS, MONEY
from billing.worklist import agreeing, closing, handing_in, holding, paying, upward
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from subcontracts.worklist import WorkItem


def items(scope: Scope) -> Iterable[WorkItem]:
    """The month to hand in and what is held for a subcontractor; the rest for a controller."""
    if scope.role in SUBCONTRACTOR:
        yield from handing_in.month_to_hand_in(scope)
        yield from handing_in.files(scope)
        yield from handing_in.reports(scope)
        yield from holding.of_subcontractor(scope)
        yield from handing_in.own_teams(scope)
        yield from agreeing.disputes(scope, Side.SUBCONTRACTOR)
        yield from agreeing.own_results(scope)
        yield from agreeing.plans(scope)
    if scope.role == Role.SUBCONTRACTOR_ADMIN:
        yield from agreeing.accounts(scope, AccountChange.Status.TO_CONFIRM)
        yield from agreeing.to_agree(scope)
        yield from agreeing.to_confirm(scope)
    if scope.role in HOLDS:
        yield from holding.of_main(scope)
    if scope.role in MONEY:
        yield from closing.forecasts(scope)
        yield from agreeing.results(scope)
    if scope.role == Role.CONTRACT_MANAGER:
        yield from closing.division(scope)
    if scope.role == Role.CONTROLLER:
        yield from agreeing.disputes(scope, Side.MAIN)
        yield from agreeing.adjustments(scope)
        yield from closing.month_to_close(scope)
        yield from closing.settlements(scope)
        yield from closing.production(scope)
        yield from paying.runs(scope)
        yield from paying.invoices(scope)
        yield from paying.unpaid(scope)
        yield from paying.interest(scope)
        yield from agreeing.accounts(scope, AccountChange.Status.TO_DECIDE)
        yield from handing_in.own_teams(scope)
        yield from upward.upward(scope)
