"""Control totals: what they choose, what they count, and what is wrong with one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hoofdaannemer.core.errors import RuleError
from subcontracts.rules.importfile import Line
from subcontracts.rules.importtotals import Counted, compared, kept_of

HOURS = {2026: Decimal("100.00"), 2027: Decimal("50.00")}
ROWS = [
    Counted(
        sheet="toewijzingen",
        municipality="0307",
        category="45",
        code="45A04",
        client=b"a",
        volume=4,
    ),
    Counted(
        sheet="toewijzingen",
        municipality="0342",
        category="45",
        code="45A04",
        client=b"b",
        volume=2,
    ),
    Counted(
        sheet="plaatsingen",
        municipality="0307",
        providers=("O-1", "Zorg in Beeld"),
        category="45",
        code="45A04",
        client=b"a",
        volume=4,
        amounts=HOURS,
    ),
]


def total(**cells: str) -> list[tuple[str, Decimal, Decimal]]:
    kept = kept_of([Line(2, cells)])
    return [(one.counted, one.theirs, one.ours) for one in compared(kept, ROWS)]


@pytest.mark.parametrize(
    ("cells", "ours"),
    [
        ({"clienten": "2"}, 2),
        ({"gemeente": "307", "clienten": "1"}, 1),
        ({"uitvoerder": "zorg in beeld", "clienten": "1"}, 1),
        ({"uitvoerder": "o-1", "volume": "4"}, 4),
        ({"volume": "6"}, 6),
        ({"bedrag": "150"}, 150),
        ({"jaar": "2027", "bedrag": "50"}, 50),
        ({"productcode": "54001", "toewijzingen": "0"}, 0),
    ],
)
def test_it_counts_what_it_chooses(cells: dict[str, str], ours: int) -> None:
    ((_name, theirs, found),) = total(**cells)
    assert theirs == found == ours


@pytest.mark.parametrize(
    "cells",
    [{"clienten": "een"}, {"volume": "1,5"}, {"jaar": "26", "bedrag": "1"}, {"gemeente": "0307"}],
    ids=["no number", "part of a unit", "no year", "nothing counted"],
)
def test_a_total_that_says_nothing_is_refused(cells: dict[str, str]) -> None:
    with pytest.raises(RuleError) as caught:
        total(**cells)
    assert caught.value.code == "IMP-12"
