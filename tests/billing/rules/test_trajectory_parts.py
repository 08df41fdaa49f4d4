"""Trajectories under several numbers: the same care is paid once, wherever it began anew."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.results import Outcome, Verdict
from billing.rules.trajectory import Start, Stop, TrajectoryTerms, steps
from billing.rules.trajectory_parts import Part, chained
from tests.billing.rules.test_trajectory import FIRST, courses, on, terms

Events = Sequence[Start | Stop]
LINKED = terms(result_share=Decimal("0.10"))


def parts(*placements: Events, agreed: TrajectoryTerms | None = None) -> list[Part[int, str]]:
    """A placement after another of the same care, each under a line of its own."""
    return [
        Part(number, f"line {number}", agreed or terms(), "care", events)
        for number, events in enumerate(placements, 1)
    ]


def amounts(given_parts: Sequence[Part[int, str]]) -> list[list[str]]:
    return [[str(step.amount) for step in part.steps()] for part in chained(given_parts)]


@pytest.mark.parametrize(("gap", "after"), [(90, ["3500.00"]), (91, ["3600.00", "2400.00"])])
def test_restart_window_under_another_number(gap: int, after: list[str]) -> None:
    before = [Start(FIRST), Stop(on(75), "33")]
    later = [Start(on(75 + gap)), Stop(on(300), "31")]
    assert amounts(parts(before, later)) == [["3600.00", "-1100.00"], after]
    assert amounts(list(reversed(parts(before, later)))) == [after, ["3600.00", "-1100.00"]]


def test_a_pause_under_another_number() -> None:
    before, later = [Start(FIRST), Stop(on(30), "20")], [Start(on(200)), Stop(on(290), "33")]
    # 30 and 91 of 180 days.
    assert amounts(parts(before, later)) == [["3600.00"], ["433.33"]]


def test_care_of_another_client_begins_its_own() -> None:
    one, two = parts([Start(FIRST), Stop(on(75), "33")], [Start(on(80))])
    other: Hashable = "other care"
    assert amounts([one, replace(two, care=other)]) == [["3600.00", "-1100.00"], ["3600.00"]]


def test_care_beside_running_care_begins_its_own() -> None:
    assert amounts(parts([Start(FIRST)], [Start(on(80))])) == [["3600.00"], ["3600.00"]]


def test_what_goes_on_stays_under_the_line_it_began_under() -> None:
    one, two = chained(parts([Start(FIRST), Stop(on(75), "33")], [Start(on(80))]))
    assert (one.line, two.line) == ("line 1", "line 1")


def test_one_stop_is_continued_once() -> None:
    of_one, of_two, of_three = chained(
        parts([Start(FIRST), Stop(on(75), "33")], [Start(on(80))], [Start(on(81))])
    )
    assert (of_one.goes_on, of_two.goes_on, of_three.goes_on) == (True, False, False)
    assert [str(step.amount) for step in of_three.steps()] == ["3600.00"]


def test_a_result_is_judged_where_the_trajectory_ends() -> None:
    before = [Start(FIRST), Stop(on(75), "31")]
    alone = parts(before, agreed=LINKED)
    assert [len(one.stakes()) for one in chained(alone)] == [1]
    both = chained(parts(before, [Start(on(80)), Stop(on(170), "31")], agreed=LINKED))
    assert [len(one.stakes()) for one in both] == [0, 1]
    verdict = {1: Verdict(on(180), Outcome.MET, Decimal(1))}
    assert [len(one.steps(verdict)) for one in both] == [2, 2]


def test_what_does_not_follow_stops_no_other() -> None:
    wrong: Events = [Stop(on(2), "31")]
    broken, good = chained(parts(wrong, [Start(on(80))]))
    with pytest.raises(ValueError, match="stop"):
        broken.steps()
    assert [str(step.amount) for step in good.steps()] == ["3600.00"]


@given(courses(), st.data())
def test_the_numbers_of_care_change_nothing_of_what_is_due(
    course: tuple[TrajectoryTerms, list[Start | Stop]], data: st.DataObject
) -> None:
    agreed, events = course
    spells = [events[place : place + 2] for place in range(0, len(events), 2)]
    placements: list[list[Start | Stop]] = [[]]
    for spell in spells:
        if placements[-1] and data.draw(st.booleans()):
            placements.append([])
        placements[-1] += spell
    found = [step for part in chained(parts(*placements, agreed=agreed)) for step in part.steps()]
    whole = steps(agreed, events)
    assert [(one.day, one.amount) for one in found] == [(one.day, one.amount) for one in whole]
