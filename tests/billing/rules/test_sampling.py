"""Samples: drawn again alike, and with the chances that the method promises."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.sampling import Drawn, Item, Stream, Way, draw

AMOUNTS = st.lists(st.integers(-100_000, 100_000).map(lambda cents: D(cents) / 100), max_size=40)
SEEDS = st.text(max_size=20)


def population(amounts: list[D]) -> list[Item]:
    return [Item(f"R{number:03d}", amount) for number, amount in enumerate(amounts)]


@given(AMOUNTS, st.integers(1, 30), SEEDS, st.sampled_from(Way), st.randoms())
def test_the_same_seed_draws_the_same_whatever_the_order(
    amounts: list[D], size: int, seed: str, way: Way, chance: object
) -> None:
    items = population(amounts)
    drawn = draw(way, items, size, seed)
    chance.shuffle(items)  # type: ignore[attr-defined]
    assert draw(way, items, size, seed) == drawn
    keys = [one.key for one in drawn]
    assert len(set(keys)) == len(keys)
    assert set(keys) <= {one.key for one in items}


@given(AMOUNTS, st.integers(1, 30), SEEDS)
def test_euros_hit_as_often_as_asked_and_never_miss_a_large_line(
    amounts: list[D], size: int, seed: str
) -> None:
    items = population(amounts)
    whole = sum((abs(one) for one in amounts), D(0))
    drawn = draw(Way.MONETARY, items, size, seed)
    if not whole:
        assert drawn == []
        return
    assert sum(one.hits for one in drawn) == size
    hits = {one.key: one.hits for one in drawn}
    distance = whole / size
    for one in items:
        times = abs(one.amount) / distance
        assert int(times) <= hits.get(one.key, 0) <= int(times) + 1
        if not one.amount:
            assert one.key not in hits


@given(AMOUNTS, st.integers(1, 30), SEEDS)
def test_lines_come_once_and_as_many_as_there_are(amounts: list[D], size: int, seed: str) -> None:
    drawn = draw(Way.RANDOM, population(amounts), size, seed)
    assert len(drawn) == min(size, len(amounts))


def test_every_line_has_the_same_chance() -> None:
    items = population([D(1)] * 5)
    counted = Counter(draw(Way.RANDOM, items, 1, f"zaad {number}")[0].key for number in range(1000))
    assert set(counted) == {one.key for one in items}
    assert all(150 < times < 250 for times in counted.values())


def test_a_sample_of_today_is_drawn_alike_in_ten_years() -> None:
    items = population([D("198.00"), D("66.00"), D("-66.00"), D("1200.00"), D("0.00")])
    assert draw(Way.MONETARY, items, 3, "2026-03") == MONETARY
    assert draw(Way.RANDOM, items, 2, "2026-03") == RANDOM


MONETARY = [Drawn("R003", 3)]
RANDOM = [Drawn("R002", 1), Drawn("R000", 1)]


def test_a_sample_needs_a_size_and_different_keys() -> None:
    with pytest.raises(ValueError, match="size"):
        draw(Way.RANDOM, [], 0, "x")
    with pytest.raises(ValueError, match="different keys"):
        draw(Way.RANDOM, [Item("a", D(1)), Item("a", D(2))], 1, "x")
    with pytest.raises(ValueError, match="at least 1"):
        Stream("x").below(0)
