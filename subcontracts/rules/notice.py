"""The term of notice: on which day a contract may end at the earliest."""

from __future__ import annotations

from datetime import date, timedelta

from hoofdaannemer.core.periods import add_months

_DAY = timedelta(days=1)


def earliest_end(given_on: date, months: int | None) -> date:
    """The first day that may be the last one of a contract of which notice is given on a day.

    Whole months lie between the day of notice and the first day without the contract, counted back
    from that day, as the last day for notice is. Without an agreed term the day itself.
    """
    if not months:
        return given_on
    end = add_months(given_on + _DAY, months) - _DAY
    # Months are not equally long: counted back, the last day of one may be just too soon.
    while latest_notice(end, months) < given_on:
        end += _DAY
    return end


def latest_notice(end: date, months: int) -> date:
    """The last day on which notice takes effect at this end."""
    return add_months(end + _DAY, -months) - _DAY
