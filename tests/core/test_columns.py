"""Rows by column: the same rows, whichever way one asks."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoofdaannemer.core.columns import Columns


class Pair(NamedTuple):
    name: str
    amount: int


class Pairs(Columns[Pair]):
    row = Pair
    __slots__ = ()


PAIRS = st.lists(st.builds(Pair, st.text(), st.integers()))


@given(PAIRS)
def test_rows_come_back_as_they_went_in(rows: list[Pair]) -> None:
    held = Pairs.of(rows)
    assert list(held) == rows
    assert [held[at] for at in range(len(held))] == rows
    assert held[1:3] == rows[1:3]
    assert list(held.column("amount")) == [row.amount for row in rows]
    assert list(held.values("amount", "name")) == [(row.amount, row.name) for row in rows]
    assert Pairs.of(held) is held


def test_unknown_column_is_an_error() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        Pairs.of([]).column("price")
