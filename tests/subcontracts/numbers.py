"""Another range of numbers below a contract."""

from __future__ import annotations

from hoofdaannemer.core.scope import Scope
from subcontracts.models import MunicipalContract
from subcontracts.selectors.exchange_terms import exchange_on
from subcontracts.services import exchange_terms


def numbered(scope: Scope, contract: MunicipalContract, first: int, last: int) -> None:
    """From today on relayed allocations get these numbers."""
    held = exchange_on(contract, scope.today)
    exchange_terms.agree_exchange(
        scope=scope,
        contract=contract,
        start_date=scope.today,
        exchange=exchange_terms.Exchange(
            messages=held.messages, number_first=first, number_last=last
        ),
    )
