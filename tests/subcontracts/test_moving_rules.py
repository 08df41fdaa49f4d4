"""What stays and what goes of moved care, and what the municipality hears of it: by rule."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoofdaannemer.core.periods import Period
from subcontracts.rules.combining import (
    TEMPORARY,
    Handover,
    History,
    Spell,
    Start,
    Stop,
    combined,
    handed_over,
)
from subcontracts.rules.moving import Care, divided, last_reported, problem
from subcontracts.rules.parts import IN_TOTAL, Share, is_exceeded

DAY = date(2026, 4, 1)
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def care(**values: Any) -> Care:
    share = values.pop("share", Share(YEAR, 4, "2"))
    return Care(**{"share": share, "day": DAY, **values})


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("", {}),
        ("CON-69", {"is_live": False}),
        ("CON-69", {"share": Share(Period(YEAR.start, date(2026, 3, 31)), 4, "2")}),
        ("", {"share": Share(Period(YEAR.start, DAY), 4, "2")}),
        ("CON-71", {"reported": DAY}),
        ("", {"reported": date(2026, 3, 31)}),
        ("CON-72", {"declared": DAY}),
        ("", {"declared": date(2026, 3, 31)}),
        # A total without an end cannot be divided by days; a person can say how much.
        ("CON-74", {"share": Share(Period(YEAR.start), 100, IN_TOTAL)}),
        ("", {"share": Share(Period(YEAR.start), 100, IN_TOTAL), "gets": Decimal(60)}),
        ("CON-74", {"share": Share(YEAR, 100, IN_TOTAL), "gets": Decimal(0)}),
        ("CON-74", {"share": Share(YEAR, 100, IN_TOTAL), "gets": Decimal(100)}),
        ("CON-74", {"share": Share(YEAR, 100, IN_TOTAL), "gets": Decimal("1.5")}),
        (
            "CON-74",
            {"share": Share(YEAR, 100, IN_TOTAL), "gets": Decimal(71), "used": Decimal(30)},
        ),
        ("CON-74", {"share": Share(YEAR, 100, IN_TOTAL), "used": Decimal(100)}),
    ],
)
def test_what_cannot_move(code: str, values: dict[str, Any]) -> None:
    assert problem(care(**values)) == code


def test_a_rate_goes_on_as_it_is() -> None:
    kept, gone = divided(care())
    assert kept == Share(Period(YEAR.start, date(2026, 3, 31)), 4, "2")
    assert gone == Share(Period(DAY, YEAR.end), 4, "2")


def test_a_total_is_divided_by_days_and_what_was_declared_stays() -> None:
    # 90 of 365 days: 24.66 of 100, rounded half up.
    kept, gone = divided(care(share=Share(YEAR, 100, IN_TOTAL)))
    assert kept is not None
    assert (kept.volume, gone.volume) == (25, 75)
    kept, gone = divided(care(share=Share(YEAR, 100, IN_TOTAL), used=Decimal(40)))
    assert kept is not None
    assert (kept.volume, gone.volume) == (40, 60)
    kept, gone = divided(care(share=Share(YEAR, budget=Decimal("1000.00"))))
    assert kept is not None
    assert (kept.budget, gone.budget) == (Decimal("246.58"), Decimal("753.42"))


def test_care_that_begins_later_goes_as_a_whole() -> None:
    share = Share(Period(DAY, YEAR.end), 100, IN_TOTAL)
    assert divided(care(share=share)) == (None, share)


@st.composite
def totals(draw: st.DrawFn) -> Care:
    begin = DAY - timedelta(days=draw(st.integers(1, 400)))
    end = DAY + timedelta(days=draw(st.integers(0, 400)))
    if draw(st.booleans()):
        share = Share(Period(begin, end), draw(st.integers(0, 5000)), IN_TOTAL)
        most = Decimal(share.volume or 0)
    else:
        budget = Decimal(draw(st.integers(0, 10_000_000))) / 100
        share, most = Share(Period(begin, end), budget=budget), budget
    used = draw(st.integers(0, 100)) * most / 100
    return Care(share=share, day=DAY, used=used.quantize(Decimal(1)))


@given(totals())
def test_the_parts_of_a_total_add_up_and_never_exceed_it(moved: Care) -> None:
    if problem(moved):
        return
    kept, gone = divided(moved)
    assert kept is not None
    assert not is_exceeded(moved.share, [kept, gone])
    if moved.share.budget is not None:
        assert kept.budget is not None
        assert gone.budget is not None
        assert kept.budget + gone.budget == moved.share.budget
        assert gone.budget > 0
        assert kept.budget >= moved.used
    else:
        assert (kept.volume or 0) + (gone.volume or 0) == moved.share.volume
        assert (gone.volume or 0) > 0
        assert (kept.volume or 0) >= moved.used
    assert kept.period.end == gone.period.start - timedelta(days=1)


def test_the_last_day_that_is_known_of_care() -> None:
    assert last_reported([]) is None
    assert last_reported([Spell(date(2026, 1, 5), 1)]) == date(2026, 1, 5)
    assert last_reported([Spell(date(2026, 1, 5), 1, ended_on=DAY, reason="38")]) == DAY


# Upward


def day(number: int) -> date:
    return date(2026, 1, 1) + timedelta(days=number)


def ended(begin: int, end: int, placement: int = 1, reason: str = "38") -> Spell:
    return Spell(day(begin), placement, ended_on=day(end), reason=reason)


MOVED = [Handover(day(13), 1, 2)]
STARTED = History((Start(day(3)),))
UPWARD = {
    "not stopped yet": ([Spell(day(3), 1)], STARTED),
    "stopped, the next has not begun": ([ended(3, 12)], STARTED),
    "the next began the day after": ([ended(3, 12), Spell(day(13), 2)], STARTED),
    "the next began before the stop was reported": (
        [Spell(day(3), 1), Spell(day(13), 2)],
        STARTED,
    ),
    "the next began later: a pause": (
        [ended(3, 12), Spell(day(15), 2)],
        History((Start(day(3)), Start(day(15))), (Stop(day(3), day(12), TEMPORARY),)),
    ),
    "stopped too early: a pause": (
        [ended(3, 9)],
        History((Start(day(3)),), (Stop(day(3), day(9), TEMPORARY),)),
    ),
    "paused when it was moved": (
        [
            Spell(day(3), 1, paused_on=day(8), ended_on=day(12), reason="38"),
            Spell(day(13), 2),
        ],
        History((Start(day(3)), Start(day(13))), (Stop(day(3), day(8), TEMPORARY),)),
    ),
    "ended for another reason: a stop all the same": (
        [ended(3, 12, reason="02")],
        History((Start(day(3)),), (Stop(day(3), day(12), "02"),)),
    ),
    "the end of all": (
        [ended(3, 12), ended(13, 30, 2, "31")],
        History((Start(day(3)),), (Stop(day(3), day(30), "31"),)),
    ),
}


@pytest.mark.parametrize("name", UPWARD)
def test_what_the_municipality_hears_of_moved_care(name: str) -> None:
    spells, expected = UPWARD[name]
    assert combined(handed_over(spells, MOVED)) == expected


def test_care_that_moved_twice_is_one() -> None:
    spells = [ended(3, 12), ended(13, 20, 2), Spell(day(21), 3)]
    again = [*MOVED, Handover(day(21), 2, 3)]
    assert combined(handed_over(spells, again)) == STARTED
    # The second never began, and it went on to the third, who begins on day 21 only.
    pause = Stop(day(3), day(12), TEMPORARY)
    assert combined(handed_over([ended(3, 12)], again)) == History((Start(day(3)),), (pause,))


def test_without_a_move_the_stop_and_start_are_told() -> None:
    spells = [ended(3, 12), Spell(day(13), 2)]
    assert handed_over(spells, []) == spells
    assert combined(spells).stops == (Stop(day(3), day(12), "38"),)
