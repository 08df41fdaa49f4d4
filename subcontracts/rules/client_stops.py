"""Whom a client stop keeps out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from hoofdaannemer.core.periods import Period


def is_new(day: date, in_care: Iterable[Period]) -> bool:
    """Whether care that begins on a day is that of a new client.

    `in_care` are the periods for which the client was placed with the same subcontractor. Care
    that runs on that day, or ended on the day before, is continued: that client is not new.
    """
    eve = day - timedelta(days=1)
    return not any(one.start <= day and (one.end is None or one.end >= eve) for one in in_care)
