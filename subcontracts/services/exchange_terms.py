"""Messages in use with municipalities, and the numbers of relayed allocations, from a day on.

All of it is the contract manager's work (NotAllowedError for anybody else).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts.models import ExchangeTerms, MunicipalContract
from subcontracts.selectors.exchange_terms import exchange_on
from subcontracts.services.upward_terms import check_within, locked

#: What may go to a municipality, or come from it, without the return messages.
UPWARD_MESSAGES: Final = ("301", "305", "307", "315", "317", "323")
HIGHEST: Final = 999_999_999


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """Message types, and the range of numbers with both its ends."""

    messages: Sequence[str]
    number_first: int = 900_000_000
    number_last: int = HIGHEST


@transaction.atomic
def agree_exchange(
    *,
    scope: Scope,
    contract: MunicipalContract,
    start_date: date,
    exchange: Exchange,
    source: str = "",
) -> ExchangeTerms:
    """Record which messages and numbers are in use from a day on.

    Numbers that were given stay. Raises RuleError CON-12 for a message that does not exist on this
    leg, CON-42 for a day outside the contract, CON-205 for a range that is none, CON-206 where
    nothing would change.
    """
    contract = locked(scope, contract)
    check_within(contract, start_date)
    wanted = _checked(exchange)
    held = exchange_on(contract, start_date)
    if wanted == Exchange(
        messages=held.messages, number_first=held.number_first, number_last=held.number_last
    ):
        raise RuleError("CON-206", _("From that day on these messages and numbers hold already."))
    row = _keep(scope, contract, start_date, wanted, source)
    audit.record(
        scope,
        "municipal_contract.messages_chosen",
        contract,
        start=start_date.isoformat(),
        messages=",".join(wanted.messages),
    )
    return row


def use_messages(
    *,
    scope: Scope,
    contract: MunicipalContract,
    messages: Sequence[str],
    start_date: date | None = None,
) -> ExchangeTerms:
    """Use these messages from a day on, today unless told otherwise, with the numbers as they are.

    Where these are in use already nothing is recorded. Raises RuleError CON-12 and CON-42 as
    `agree_exchange`.
    """
    day = max(start_date or scope.today, contract.start_date)
    held = exchange_on(contract, day)
    if set(held.messages) == set(messages):
        return held
    exchange = Exchange(
        messages=messages, number_first=held.number_first, number_last=held.number_last
    )
    return agree_exchange(
        scope=scope,
        contract=contract,
        start_date=day,
        exchange=exchange,
    )


def begin_exchange(scope: Scope, contract: MunicipalContract, exchange: Exchange) -> ExchangeTerms:
    """What a new contract begins with. Raises RuleError CON-12 and CON-205."""
    return _keep(scope, contract, contract.start_date, _checked(exchange), "")


def _checked(exchange: Exchange) -> Exchange:
    if set(exchange.messages) - set(UPWARD_MESSAGES):
        raise RuleError("CON-12", _("Choose among the messages that exist with a municipality."))
    if not 0 < exchange.number_first <= exchange.number_last <= HIGHEST:
        raise RuleError("CON-205", _("Give the first and the last number, of at most 9 digits."))
    return Exchange(
        messages=[one for one in UPWARD_MESSAGES if one in exchange.messages],
        number_first=exchange.number_first,
        number_last=exchange.number_last,
    )


def _keep(
    scope: Scope, contract: MunicipalContract, start: date, exchange: Exchange, source: str
) -> ExchangeTerms:
    return ExchangeTerms.objects.create(
        main_contractor_id=contract.main_contractor_id,
        contract=contract,
        start_date=start,
        messages=list(exchange.messages),
        number_first=exchange.number_first,
        number_last=exchange.number_last,
        source=source,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
