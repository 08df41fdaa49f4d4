"""The clock of a formal decision: until when one may object, and by when that is decided."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from hoofdaannemer.core.working_days import end_of_term

#: To object (Awb, article 6:7), and for the answer to it (article 7:10, first paragraph).
SIX_WEEKS: Final = timedelta(weeks=6)
#: For the answer where an advisory committee is heard (Awb, articles 7:10 and 7:13).
WITH_COMMITTEE: Final = timedelta(weeks=12)
#: By how much the answer may be put off (Awb, article 7:10, third paragraph).
MOST_WEEKS_PUT_OFF: Final = 6
#: What was posted before the end may come in so long after it (Awb, article 6:9).
IN_THE_POST: Final = timedelta(weeks=1)


class Timeliness(StrEnum):
    """Whether an objection came in time. Late is no refusal: that is for who decides (6:11)."""

    IN_TIME = "in_time"
    LATE = "late"


def objection_until(sent: date) -> date:
    """The last day on which one may object to a decision that was sent on a day.

    Six weeks that begin on the day after (Awb, articles 6:7 and 6:8), and never end on a weekend
    or public holiday (Algemene termijnenwet, article 1). Check: sent on Thursday 13 November 2025
    gives Monday 29 December, for 25 and 26 December are holidays and a weekend follows.
    """
    return end_of_term(sent + SIX_WEEKS)


def timeliness(until: date, received: date, posted: date | None = None) -> Timeliness:
    """Whether an objection was in time, by the last day of the term.

    Received before the term ends, or posted before it ends and received within a week after
    (Awb, article 6:9). One that comes before the term begins counts as in time (article 6:10).
    """
    in_post = posted is not None and posted <= until
    last = end_of_term(until + IN_THE_POST) if in_post else until
    return Timeliness.IN_TIME if received <= last else Timeliness.LATE


def decide_by(until: date, *, is_advised: bool, weeks_put_off: int = 0) -> date:
    """The last day on which an objection is to be decided.

    Six weeks from the day after the term to object ended, twelve where an advisory committee is
    heard; put off by six weeks at the most, which count on from there (Awb, article 7:10). When
    the objection itself came in makes no difference.

    Raises ValueError for more weeks than may be put off.
    """
    if not 0 <= weeks_put_off <= MOST_WEEKS_PUT_OFF:
        raise ValueError(f"an answer is put off by at most {MOST_WEEKS_PUT_OFF} weeks")
    due = end_of_term(until + (WITH_COMMITTEE if is_advised else SIX_WEEKS))
    return end_of_term(due + timedelta(weeks=weeks_put_off))
