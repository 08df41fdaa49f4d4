"""What lies above a ceiling: the last rights, and never what was paid."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.above_ceiling import Holdable, above

D = Decimal
euros = st.integers(0, 100_000).map(lambda cents: D(cents) / 100)


def rights(*amounts: str) -> list[Holdable]:
    return [Holdable(key, D(amount)) for key, amount in enumerate(amounts, start=1)]


@pytest.mark.parametrize(
    ("ceiling", "used", "held"),
    [
        ("600", "600", {}),
        ("500", "600", {3: "100"}),
        ("350", "600", {3: "200", 2: "50"}),
        ("0", "600", {3: "200", 2: "200", 1: "200"}),
        # More was paid before than there is to hold now.
        ("100", "900", {3: "200", 2: "200", 1: "200"}),
    ],
)
def test_the_last_come_first(ceiling: str, used: str, held: dict[int, str]) -> None:
    found = above(D(ceiling), D(used), rights("200", "200", "200"))
    assert found == {key: D(amount) for key, amount in held.items()}


@given(ceiling=euros, used=euros, most=st.lists(euros, max_size=8))
def test_no_more_and_no_less_than_lies_above(
    ceiling: Decimal, used: Decimal, most: list[Decimal]
) -> None:
    rows = [Holdable(key, amount) for key, amount in enumerate(most)]
    found = above(ceiling, used, rows)
    assert sum(found.values()) == min(max(used - ceiling, D(0)), sum(most))
    assert all(0 < amount <= most[key] for key, amount in found.items())


@given(ceiling=euros, most=st.lists(euros, min_size=1, max_size=8), freed=euros)
def test_room_that_comes_free_releases_the_earliest(
    ceiling: Decimal, most: list[Decimal], freed: Decimal
) -> None:
    rows = [Holdable(key, amount) for key, amount in enumerate(most)]
    before, after = above(ceiling, sum(most), rows), above(ceiling, sum(most) - freed, rows)
    assert all(after.get(key, 0) <= amount for key, amount in before.items())
    still = [key for key in after if after[key] < before[key]]
    assert all(key == min(after) for key in still)


def test_nothing_below_zero_is_held() -> None:
    with pytest.raises(ValueError, match="below zero"):
        Holdable(1, D("-1"))
