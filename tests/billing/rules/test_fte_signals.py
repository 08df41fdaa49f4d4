"""What in an FTE report is odd: each signal at its edge, and none where nothing is."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.fte_signals import (
    PERSON_STEP,
    ReportFacts,
    WorkerFacts,
    signals,
    usual_hours,
)

DAYS = 31


def kinds(
    *workers: dict[str, Any], before: str | None = None, clients: int = 3
) -> list[tuple[str, int | None]]:
    people = [
        WorkerFacts(person=number, **{"fte": D("0.8"), **one})
        for number, one in enumerate(workers, start=1)
    ]
    total = None if before is None else D(before)
    report = ReportFacts(workers=people, before=total, clients=clients, days=DAYS)
    return [(one.kind, one.person) for one in signals(report)]


@pytest.mark.parametrize(
    ("worker", "found"),
    [
        ({}, []),
        ({"before": D("0.6")}, []),
        ({"before": D("0.5")}, ["person_changed"]),
        ({"before": D("1.1")}, ["person_changed"]),
        ({"elsewhere": D("0.2")}, []),
        ({"elsewhere": D("0.201")}, ["over_one"]),
        ({"hours": D(128)}, []),  # 0,8 × 36 hours a week is 127,5 hours
        ({"hours": D(100), "absence": D(28)}, []),
        ({"hours": D(101)}, ["hours"]),
        ({"hours": D(154)}, ["hours"]),
        ({"qualified_at_end": False}, ["lapsed"]),
        ({"qualified_at_start": False, "qualified_at_end": False}, []),
        ({"qualified_at_start": False}, []),
    ],
)
def test_about_a_person(worker: dict[str, Any], found: list[str]) -> None:
    assert kinds(worker) == [(kind, 1) for kind in found]


def test_about_the_whole() -> None:
    assert kinds({}, clients=0) == [("no_care", None)]
    assert kinds(clients=2) == [("no_fte", None)]
    assert kinds(clients=0) == []
    assert kinds({}, {}, before="1.4") == []
    assert kinds({}, {}, before="1.3") == [("total_changed", None)]
    # Of a large team a few tenths are no news.
    assert kinds(*[{}] * 10, before="7.0") == []


@given(st.decimals(0, 1, places=3), st.integers(28, 31))
def test_who_works_as_before_and_as_agreed_gives_no_signal(fte: D, days: int) -> None:
    hours = usual_hours(fte, days)
    worker = WorkerFacts(person=1, fte=fte, before=fte, hours=hours)
    clients = 1 if fte else 0
    report = ReportFacts(workers=[worker], before=fte, clients=clients, days=days)
    assert signals(report) == []


@given(st.decimals("0.001", "1.5", places=3), st.decimals("0.001", "1.5", places=3))
def test_a_change_counts_alike_up_and_down(one: D, other: D) -> None:
    def changed(now: D, before: D) -> bool:
        worker = WorkerFacts(person=1, fte=now, before=before)
        report = ReportFacts(workers=[worker], before=None, clients=1, days=DAYS)
        return "person_changed" in [found.kind for found in signals(report)]

    assert changed(one, other) == changed(other, one) == (abs(one - other) >= PERSON_STEP)
