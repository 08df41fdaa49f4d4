"""The division between own teams and subcontractors, against what was agreed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from billing.rules.division import Division, Limit, breaks, findings


def division(**changed: Any) -> Division:
    """Of a budget of 1,000 euros 600 goes below; own teams gave 40 of 100 euros of care."""
    usual: dict[str, Any] = {
        "budget": Decimal(1000),
        "below": Decimal(600),
        "own_care": Decimal(40),
        "all_care": Decimal(100),
        "subcontractors": 3,
    }
    return Division(**usual | changed)


@pytest.mark.parametrize(
    ("agreed", "found"),
    [
        ({}, []),
        ({"least_own": Decimal(41)}, [(Limit.OWN, True), (Limit.ROOM, True)]),
        ({"least_own": Decimal(40)}, [(Limit.OWN, False), (Limit.ROOM, False)]),
        ({"least_own": Decimal("35.01")}, [(Limit.OWN, False), (Limit.ROOM, False)]),
        ({"least_own": Decimal(35)}, []),
        ({"most_below": Decimal("59.99")}, [(Limit.SHARE, True)]),
        ({"most_below": Decimal(60)}, [(Limit.SHARE, False)]),
        ({"most_below": Decimal(65)}, []),
        ({"most_subcontractors": 2}, [(Limit.NUMBER, True)]),
        ({"most_subcontractors": 3}, [(Limit.NUMBER, False)]),
        ({"most_subcontractors": 4}, []),
    ],
)
def test_what_is_broken_and_what_is_near(
    agreed: dict[str, Any], found: list[tuple[Limit, bool]]
) -> None:
    assert [(one.limit, one.is_broken) for one in findings(division(**agreed))] == found


def test_of_what_is_unknown_nothing_is_said() -> None:
    unknown = division(
        budget=Decimal(0), all_care=Decimal(0), least_own=Decimal(99), most_below=Decimal(1)
    )
    assert findings(unknown) == []


@pytest.mark.parametrize(
    ("agreed", "amount", "broken"),
    [
        ({"least_own": Decimal(40)}, 0, False),
        ({"least_own": Decimal(40)}, 10, True),
        ({"most_below": Decimal(60)}, 9, False),
        ({"most_below": Decimal(60)}, 10, True),
        # What own teams gave so far is no less by a placement, and the number no more.
        ({"least_own": Decimal(30), "own_care": Decimal(1)}, 0, False),
        ({"most_subcontractors": 1}, 500, False),
    ],
)
def test_care_that_goes_against_it(agreed: dict[str, Any], amount: int, broken: bool) -> None:
    assert breaks(division(**agreed), Decimal(amount)) is broken
