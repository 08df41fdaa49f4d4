"""Due dates in working days, divided over the two legs.

The standard gives the provider one term (`istandaarden/deadlines.csv`). A subcontractor gets the
first part of it, as the municipal contract says; what is left is the main contractor's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from hoofdaannemer.core.working_days import add_working_days

#: OP271 and OP272: a start or stop is reported within five working days.
REPORT_DAYS: Final = 5
#: OP274 and OP346: a request is answered within five working days.
ANSWER_DAYS: Final = 5
#: OP274 and OP346: after a 319 that announces an investigation, eight weeks from the request.
INVESTIGATION_WEEKS: Final = 8
#: OP359: within two calendar weeks it must be clear which municipality is responsible.
RESIDENCE_WEEKS: Final = 2


@dataclass(frozen=True)
class Due:
    """Until when on each leg."""

    down: date
    up: date


def report_due(event: date, received: date, subcontractor_days: int) -> Due:
    """Until when a start or stop is reported: counted from the event, or from the receipt of an
    allocation that goes back in time (OP271).
    """
    begin = max(event, received)
    own_days = min(subcontractor_days, REPORT_DAYS)
    return Due(down=add_working_days(begin, own_days), up=add_working_days(begin, REPORT_DAYS))


def place_due(received: date, subcontractor_days: int) -> date:
    """Until when an allocation is placed: the part of the term that is not the subcontractor's."""
    return add_working_days(received, max(1, REPORT_DAYS - subcontractor_days))


def answer_due(sent: date) -> date:
    """Until when the municipality answers a request."""
    return add_working_days(sent, ANSWER_DAYS)


def decision_due(requested: date) -> date:
    """Until when the municipality decides after an investigation (OP274)."""
    return requested + timedelta(weeks=INVESTIGATION_WEEKS)


def reask_due(named: date) -> date:
    """Until when care is asked of the municipality that another one named as responsible."""
    return named + timedelta(weeks=RESIDENCE_WEEKS)
