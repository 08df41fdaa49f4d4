"""What a change of a placement asks of its allocation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from subcontracts.rules.raising import Terms, raised

START, MID, END = date(2026, 1, 1), date(2026, 6, 30), date(2026, 12, 31)
APRIL, LATER = date(2026, 4, 1), date(2027, 3, 31)
WHOLE = Terms(period=Period(START, END), volume=4, unit="04", frequency="2")
HALF = replace(WHOLE, volume=2)


def until(terms: Terms, end: date | None) -> Terms:
    return replace(terms, period=Period(terms.period.start, end))


def since(terms: Terms, start: date) -> Terms:
    return replace(terms, period=Period(start, terms.period.end))


def test_a_placement_of_the_whole_asks_what_it_says() -> None:
    asked = since(replace(WHOLE, volume=6), APRIL)
    assert raised(WHOLE, WHOLE, asked) == asked
    other_measure = replace(asked, frequency="4")
    assert raised(WHOLE, WHOLE, other_measure) == other_measure


def test_what_a_part_gets_more_the_whole_gets_more() -> None:
    assert raised(WHOLE, HALF, since(replace(HALF, volume=3), APRIL)).volume == 5
    assert raised(WHOLE, HALF, since(replace(HALF, volume=1), APRIL)).volume == 3


def test_a_budget_is_added_up_too() -> None:
    whole = Terms(period=Period(START, END), budget=Decimal("1000.00"))
    part = replace(whole, budget=Decimal("400.00"))
    found = raised(whole, part, replace(part, budget=Decimal("650.00")))
    assert found.budget == Decimal("1250.00")


def test_a_part_in_another_measure_cannot_be_added() -> None:
    with pytest.raises(RuleError, match="VOT-11"):
        raised(WHOLE, HALF, replace(HALF, volume=3, frequency="4"))


def test_another_last_day_holds_from_the_first() -> None:
    """However late the part began: nothing else changes for the whole."""
    part = since(WHOLE, APRIL)
    assert raised(WHOLE, part, until(part, LATER)) == until(WHOLE, LATER)


@pytest.mark.parametrize(
    ("part_end", "asked_end", "others", "whole_end"),
    [
        (END, LATER, [END], LATER),
        (END, None, [END], None),
        (END, MID, [], MID),
        # Another goes on, so the whole does.
        (END, MID, [END], END),
        (END, APRIL, [MID], MID),
        # This part was not the last to end.
        (MID, APRIL, [END], END),
        (MID, END, [], END),
        (MID, LATER, [END], LATER),
    ],
)
def test_the_whole_ends_with_the_last_of_its_parts(
    part_end: date, asked_end: date | None, others: list[date | None], whole_end: date | None
) -> None:
    part = until(WHOLE, part_end)
    assert raised(WHOLE, part, until(part, asked_end), others).period.end == whole_end


def test_a_total_changes_from_the_first_day_of_the_whole() -> None:
    whole = replace(WHOLE, volume=40, frequency="6")
    part = since(replace(whole, volume=10), APRIL)
    found = raised(whole, part, replace(part, volume=15))
    assert (found.period.start, found.volume) == (START, 45)


def test_a_volume_a_week_keeps_the_day_that_was_asked() -> None:
    part = since(HALF, APRIL)
    assert raised(WHOLE, part, replace(part, volume=3)).period.start == APRIL
