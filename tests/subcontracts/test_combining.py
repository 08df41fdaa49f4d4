"""What goes up of the starts and stops of several placements."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subcontracts.rules.combining import (
    TEMPORARY,
    Changes,
    History,
    Spell,
    Start,
    Stop,
    changes,
    combined,
)


def day(number: int) -> date:
    return date(2026, 1, 1) + timedelta(days=number)


CASES = {
    "nothing": ([], History()),
    "one start": ([Spell(day(3), 1)], History((Start(day(3)),))),
    "two starts, the first counts": (
        [Spell(day(9), 2), Spell(day(3), 1)],
        History((Start(day(3)),)),
    ),
    "one ends, the other goes on": (
        [Spell(day(3), 1, ended_on=day(20), reason="31"), Spell(day(9), 2)],
        History((Start(day(3)),)),
    ),
    "final after the last": (
        [
            Spell(day(3), 1, ended_on=day(20), reason="31"),
            Spell(day(9), 2, ended_on=day(30), reason="32"),
        ],
        History((Start(day(3)),), (Stop(day(3), day(30), "32"),)),
    ),
    "temporary when all pause": (
        [Spell(day(3), 1, paused_on=day(20)), Spell(day(9), 2, paused_on=day(15))],
        History((Start(day(3)),), (Stop(day(3), day(20), TEMPORARY),)),
    ),
    "one pauses, the other has ended": (
        [Spell(day(3), 1, paused_on=day(12)), Spell(day(9), 2, ended_on=day(15), reason="31")],
        History((Start(day(3)),), (Stop(day(3), day(15), TEMPORARY),)),
    ),
    "one pauses, the other goes on": (
        [Spell(day(3), 1, paused_on=day(12)), Spell(day(9), 2)],
        History((Start(day(3)),)),
    ),
    "back after a pause": (
        [Spell(day(3), 1, paused_on=day(12)), Spell(day(20), 1)],
        History((Start(day(3)), Start(day(20))), (Stop(day(3), day(12), TEMPORARY),)),
    ),
    "ended during the pause": (
        [Spell(day(3), 1, paused_on=day(12), ended_on=day(25), reason="34")],
        History((Start(day(3)),), (Stop(day(3), day(25), "34"),)),
    ),
    "in succession": (
        [Spell(day(3), 1, ended_on=day(12), reason="38"), Spell(day(13), 2)],
        History((Start(day(3)), Start(day(13))), (Stop(day(3), day(12), "38"),)),
    ),
    "still pausing when the second stretch ends": (
        [Spell(day(3), 1, paused_on=day(12)), Spell(day(20), 2, ended_on=day(30), reason="31")],
        History(
            (Start(day(3)), Start(day(20))),
            (Stop(day(3), day(12), TEMPORARY), Stop(day(20), day(30), TEMPORARY)),
        ),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_combined(name: str) -> None:
    spells, expected = CASES[name]
    assert combined(spells) == expected


def test_a_temporary_stop_stays_below_the_final_one() -> None:
    known = History((Start(day(3)),), (Stop(day(3), day(12), TEMPORARY),))
    wanted = History((Start(day(3)),), (Stop(day(3), day(25), "34"),))
    assert changes(known, wanted) == Changes(new_stops=(Stop(day(3), day(25), "34"),))


def test_an_earlier_start_that_comes_late_replaces_the_later_one() -> None:
    known = combined([Spell(day(9), 2)])
    wanted = combined([Spell(day(9), 2), Spell(day(3), 1)])
    assert changes(known, wanted) == Changes(
        withdrawn_starts=(Start(day(9)),), new_starts=(Start(day(3)),)
    )


@st.composite
def lives(draw: st.DrawFn) -> list[Spell]:
    """Up to three placements, each with stretches in order, as the rules of delivery allow."""
    spells = []
    for placement in range(draw(st.integers(0, 3))):
        begin = draw(st.integers(0, 30))
        for _number in range(draw(st.integers(1, 3))):
            length = draw(st.integers(0, 20))
            kind = draw(st.sampled_from(["open", "paused", "ended"]))
            if kind == "open":
                spells.append(Spell(day(begin), placement))
                break
            if kind == "ended":
                spells.append(
                    Spell(day(begin), placement, ended_on=day(begin + length), reason="31")
                )
            else:
                spells.append(Spell(day(begin), placement, paused_on=day(begin + length)))
            begin += length + draw(st.integers(1, 10))
    return spells


@given(lives())
def test_never_two_open_starts_and_each_day_of_care_is_covered(spells: list[Spell]) -> None:
    history = combined(spells)
    ends = {stop.begin: stop.end for stop in history.stops}
    begins = [start.begin for start in history.starts]
    assert begins == sorted(set(begins))
    for earlier, later in pairwise(begins):
        assert ends[earlier] < later
    for spell in spells:
        inside = [b for b in begins if b <= spell.begin <= ends.get(b, date.max)]
        assert inside
        assert (spell.last_day or date.max) <= ends.get(inside[-1], date.max)


@given(lives(), lives())
def test_telling_the_changes_gives_the_history(before: list[Spell], after: list[Spell]) -> None:
    known, wanted = combined(before), combined(after)
    told = changes(known, wanted)
    starts = (set(known.starts) - set(told.withdrawn_starts)) | set(told.new_starts)
    stops = (set(known.stops) - set(told.withdrawn_stops)) | set(told.new_stops)
    assert starts == set(wanted.starts)
    assert {stop for stop in stops if stop.is_final} == {s for s in wanted.stops if s.is_final}
    assert set(wanted.stops) <= stops
    assert not changes(wanted, wanted)


@given(lives(), st.randoms())
def test_the_order_of_the_placements_does_not_matter(spells: list[Spell], random: object) -> None:
    shuffled = list(spells)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert combined(shuffled) == combined(spells)
