"""Ends that can be seen coming: how long before, and what may be decided about each kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from hoofdaannemer.core.periods import add_months
from subcontracts.rules.stopping import LINKED

#: The standard's date for a birth date that nobody knows.
UNKNOWN_BIRTH: Final = date(1900, 1, 1)
_ADULT: Final = 18


class Kind(StrEnum):
    """Why the care will end."""

    #: Youth help ends on the day on which somebody becomes eighteen, unless it is prolonged.
    EIGHTEEN = "eighteen"
    END = "end"
    #: Long-term care is expected to take over (Wlz).
    WLZ = "wlz"
    #: Another municipality is responsible from the day after.
    MOVED = "moved"
    #: No end is in sight: whether the care still fits is looked at once in so many months.
    REVIEW = "review"


class Decision(StrEnum):
    """What happens then."""

    PROLONG = "prolong"
    WMO = "wmo"
    HEALTH_INSURANCE = "zvw"
    WLZ = "wlz"
    STOP = "stop"
    TRANSFER = "transfer"
    CHANGE = "change"
    KEEP = "keep"


#: How long before the day the task opens. A municipality decides within eight weeks at the most,
#: and the change from youth help to adult care is to be prepared half a year ahead.
AHEAD: Final[Mapping[Kind, timedelta]] = {
    Kind.EIGHTEEN: timedelta(days=183),
    Kind.END: timedelta(days=70),
    Kind.WLZ: timedelta(days=3650),
    Kind.MOVED: timedelta(days=3650),
    Kind.REVIEW: timedelta(days=28),
}
#: So long after the day an undecided end stays to be seen.
LATE: Final = timedelta(days=31)
_AFTER: Final = (
    Decision.PROLONG,
    Decision.WMO,
    Decision.HEALTH_INSURANCE,
    Decision.WLZ,
    Decision.STOP,
)
DECISIONS: Final[Mapping[Kind, tuple[Decision, ...]]] = {
    Kind.EIGHTEEN: _AFTER,
    Kind.END: _AFTER,
    Kind.WLZ: (Decision.WLZ, Decision.PROLONG, Decision.STOP),
    Kind.MOVED: (Decision.TRANSFER, Decision.KEEP, Decision.STOP),
    Kind.REVIEW: (Decision.KEEP, Decision.CHANGE, Decision.STOP),
}
#: Reason of a stop because the client moves, by law.
MOVE_STOP_REASONS: Final[Mapping[str, str]] = {law: by["07"] for law, by in LINKED.items()}


def adult_on(birth: date) -> date | None:
    """The eighteenth birthday; of somebody born on 29 February, 1 March. None where unknown."""
    if birth <= UNKNOWN_BIRTH:
        return None
    # Eighteen years after a leap year is no leap year.
    is_leap_day = (birth.month, birth.day) == (2, 29)
    month, day = (3, 1) if is_leap_day else (birth.month, birth.day)
    return date(birth.year + _ADULT, month, day)


def is_ahead(kind: Kind, day: date, today: date) -> bool:
    """Whether the day is near enough for a task, or not long past."""
    return today - LATE <= day <= today + AHEAD[kind]


def review_on(begin: date, decided: date | None, months: int, today: date) -> date | None:
    """The day of the review that is near or due; None while none is.

    Counted from the last one that was decided, else from the first day: then what was missed
    long ago is one review, on the last of those days.
    """
    if decided is not None:
        day = add_months(decided, months)
        return day if day <= today + AHEAD[Kind.REVIEW] else None
    if begin > today:
        return None
    passed, found = months, None
    while (day := add_months(begin, passed)) <= today + AHEAD[Kind.REVIEW]:
        passed, found = passed + months, day
    return found
