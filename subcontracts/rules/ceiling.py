"""How much of a yearly ceiling is gone (bestedingsruimte, contract standard art. 1.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

#: Weeks after the notice within which the parties talk, and after the talk within which the main
#: contractor decides (contract standard art. 1.5).
TALK_WEEKS: Final = 2
DECISION_WEEKS: Final = 2


def day_of_year(year: int, today: date) -> date:
    """The day of a calendar year on which one looks: today, or its nearest day."""
    return min(max(today, date(year, 1, 1)), date(year, 12, 31))


def talk_due(noticed_on: date) -> date:
    """The last day for the talk."""
    return noticed_on + timedelta(weeks=TALK_WEEKS)


def decision_due(talked_on: date) -> date:
    """The last day for the decision; before there was a talk, counted from the last day for it."""
    return talked_on + timedelta(weeks=DECISION_WEEKS)


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
