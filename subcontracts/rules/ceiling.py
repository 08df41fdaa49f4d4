"""How much of a yearly ceiling is gone (bestedingsruimte, contract standard art. 1.5)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A ceiling in euros, what is declared and committed of it, and the percent that is a signal.

    From the signal on, written notice is given and the parties talk; above the ceiling nothing is
    paid without a written change, but for specific allocations and crisis.
    """

    amount: Decimal
    used: Decimal
    signal: int

    @property
    def percent(self) -> int:
        """Whole percents used, cut down: 69,9 is not yet 70."""
        return int(self.used * 100 / self.amount) if self.amount else 0

    @property
    def is_signalled(self) -> bool:
        return self.used > 0 and self.used * 100 >= self.amount * self.signal

    @property
    def is_passed(self) -> bool:
        return self.used > self.amount
