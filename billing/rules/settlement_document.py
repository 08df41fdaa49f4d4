"""What stands on the letter of a settlement, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.rules.document import Party
from billing.rules.explain import Explanation
from billing.rules.settling_words import Fact


@dataclass(frozen=True, slots=True)
class SettlementDocument:
    """A settlement of a year for one subcontractor, in euros; `state` in words of the reader.

    `why` is the whole year, `before` what was settled of it earlier. Raises ValueError where the
    amount is not what is left.
    """

    title: str
    number: str
    state: str
    sender: Party
    receiver: Party
    contract: str
    start: date
    end: date
    method: str
    why: Explanation
    before: Decimal
    amount: Decimal
    facts: tuple[Fact, ...]
    aside: tuple[Fact, ...]
    #: Of FTE with roles: `settling_words.role_rows`.
    roles: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        if self.why.amount - self.before != self.amount:
            raise ValueError("the amount of a settlement is its outcome less what was settled")
