"""What of an allocation is left to place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hoofdaannemer.core.periods import Period
from subcontracts.rules.parts import IN_TOTAL, Share, is_exceeded, room

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
SPRING = Period(date(2026, 1, 1), date(2026, 6, 30))
AUTUMN = Period(date(2026, 7, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("whole", "parts", "left"),
    [
        (Share(YEAR, 4), [], Share(YEAR, 4)),
        (Share(YEAR, 4), [Share(YEAR, 4)], None),
        (Share(YEAR, 4), [Share(YEAR)], None),
        (Share(YEAR, 4), [Share(YEAR, 3)], Share(YEAR, 1)),
        (Share(YEAR, 4), [Share(SPRING, 4)], Share(AUTUMN, 4)),
        (Share(YEAR, 4), [Share(AUTUMN, 4)], Share(SPRING, 4)),
        # The little that is left all year, not the lot that is left later.
        (Share(YEAR, 4), [Share(SPRING, 3)], Share(YEAR, 1)),
        (Share(YEAR, 4), [Share(AUTUMN, 3)], Share(SPRING, 4)),
        (Share(YEAR), [Share(SPRING)], Share(AUTUMN)),
        (Share(Period(YEAR.start), 4), [Share(SPRING)], Share(Period(AUTUMN.start), 4)),
        (Share(YEAR, 9, IN_TOTAL), [Share(SPRING, 4)], Share(YEAR, 5, IN_TOTAL)),
        (Share(YEAR, 9, IN_TOTAL), [Share(SPRING, 9)], None),
        (
            Share(YEAR, budget=Decimal(100)),
            [Share(SPRING, budget=Decimal(40))],
            Share(YEAR, budget=Decimal(60)),
        ),
        (Share(YEAR, budget=Decimal(100)), [Share(SPRING)], None),
    ],
)
def test_room(whole: Share, parts: list[Share], left: Share | None) -> None:
    assert room(whole, parts) == left


_periods = some.tuples(some.integers(1, 28), some.integers(1, 28)).map(
    lambda days: Period(date(2026, 1, min(days)), date(2026, 1, max(days)))
)
_whole = Period(date(2026, 1, 1), date(2026, 1, 28))


@given(
    frequency=some.sampled_from(["2", IN_TOTAL]),
    wanted=some.lists(some.tuples(_periods, some.integers(1, 5)), max_size=5),
)
def test_what_is_left_fits_and_nothing_fits_where_nothing_is_left(
    frequency: str, wanted: list[tuple[Period, int]]
) -> None:
    whole = Share(_whole, 5, frequency)
    parts: list[Share] = []
    for period, volume in wanted:
        part = Share(period, volume, frequency)
        if not is_exceeded(whole, [*parts, part]):
            parts.append(part)
    left = room(whole, parts)
    if left is not None:
        assert not is_exceeded(whole, [*parts, left])
    else:
        smallest = [Share(Period(day, day), 1, frequency) for day in _whole.each_day()]
        assert all(is_exceeded(whole, [*parts, one]) for one in smallest)
