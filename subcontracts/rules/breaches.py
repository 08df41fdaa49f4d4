"""Which leg caused that a term was not met, told by days alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from hoofdaannemer.core.working_days import working_days_between


class Cause(Enum):
    """Who was late; the value is what exports say."""

    NOBODY = "nobody"
    SUBCONTRACTOR = "subcontractor"
    MAIN_CONTRACTOR = "main_contractor"
    BOTH = "both"
    MUNICIPALITY = "municipality"


@dataclass(frozen=True)
class Term:
    """The last day on which it is met in time, and the day on which it was; None while it runs."""

    due: date
    met: date | None

    def is_late(self, today: date) -> bool:
        """Whether it was met after its due date, or is still not met when that has passed."""
        return (self.met or today) > self.due


def of_report(down: Term, up: Term, today: date) -> Cause:
    """Who made a start or stop late, on either leg.

    A report that comes up late cannot go further in time, so the lower leg is the cause. The main
    contractor is late too where it then took more working days than its own part of the term.
    """
    if not down.is_late(today):
        return Cause.MAIN_CONTRACTOR if up.is_late(today) else Cause.NOBODY
    return Cause.BOTH if _added_to_it(down, up, today) else Cause.SUBCONTRACTOR


def _added_to_it(down: Term, up: Term, today: date) -> bool:
    if down.met is None or not up.is_late(today):
        return False
    own_part = working_days_between(down.due, up.due)
    return working_days_between(down.met, up.met or today) > own_part
