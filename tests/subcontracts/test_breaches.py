"""Who made a term late follows from days alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hoofdaannemer.core.working_days import add_working_days, working_days_between
from subcontracts.rules import terms
from subcontracts.rules.breaches import Cause, Term, of_report

#: Begun on Wednesday 18 March 2026: the subcontractor has until Monday, the whole until Wednesday.
EVENT = date(2026, 3, 18)
DUE = terms.report_due(EVENT, EVENT, 3)


def march(day: int) -> date:
    return date(2026, 3, day)


@pytest.mark.parametrize(
    ("down", "up", "cause"),
    [
        (march(23), march(25), Cause.NOBODY),
        (march(23), march(26), Cause.MAIN_CONTRACTOR),
        (march(24), march(25), Cause.SUBCONTRACTOR),
        # Late, and passed on within the two days that were ours.
        (march(26), march(30), Cause.SUBCONTRACTOR),
        (march(26), march(31), Cause.BOTH),
        # Reported at night after the last day is late, whatever the hour elsewhere.
        (march(24), march(24), Cause.SUBCONTRACTOR),
        (None, None, Cause.SUBCONTRACTOR),
        (march(23), None, Cause.MAIN_CONTRACTOR),
    ],
)
def test_the_leg_that_was_late_caused_it(down: date | None, up: date | None, cause: Cause) -> None:
    assert of_report(Term(DUE.down, down), Term(DUE.up, up), march(31)) == cause


def test_nothing_is_late_before_it_is_due() -> None:
    for today in (march(18), march(23)):
        assert of_report(Term(DUE.down, None), Term(DUE.up, None), today) == Cause.NOBODY


#: Over Easter, King's Day and the end of a year too.
DAYS = st.dates(date(2025, 12, 1), date(2027, 1, 31))
LATER = st.none() | st.integers(0, 25)


@given(event=DAYS, share=st.integers(1, 5), took=LATER, more=LATER, waited=st.integers(0, 40))
def test_one_cause_that_agrees_with_the_days(
    event: date, share: int, took: int | None, more: int | None, waited: int
) -> None:
    assume(took is not None or more is None)  # what did not come up cannot have gone further
    due = terms.report_due(event, event, share)
    met_down = None if took is None else event + timedelta(days=took)
    met_up = None if met_down is None or more is None else met_down + timedelta(days=more)
    today = max(event, met_down or event, met_up or event) + timedelta(days=waited)
    cause = of_report(Term(due.down, met_down), Term(due.up, met_up), today)

    # Told anew in working days: late is more of them than the term has.
    down_late = working_days_late(event, met_down or today, share)
    up_late = working_days_late(event, met_up or today, terms.REPORT_DAYS)
    assert (cause == Cause.NOBODY) == (not down_late and not up_late)
    assert (cause == Cause.MAIN_CONTRACTOR) == (up_late and not down_late)
    assert (cause in {Cause.SUBCONTRACTOR, Cause.BOTH}) == down_late
    if cause == Cause.BOTH:
        # Even the main contractor's own part, from the day of the report on, was passed.
        assert met_down is not None
        last = add_working_days(met_down, terms.REPORT_DAYS - share)
        assert up_late
        assert (met_up or today) > last


def working_days_late(event: date, day: date, term: int) -> bool:
    """Whether more working days passed than the term, or it was met on days off after it."""
    return working_days_between(event, day) > term or (
        working_days_between(event, day) == term and day > add_working_days(event, term)
    )
