"""The work list in numbers: how much of each kind, without what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from subcontracts.worklist import WorkItem


@dataclass(frozen=True)
class Line:
    """One kind of work: how many, and how many of those are late or due before the week is over."""

    kind: str
    count: int
    late: int
    this_week: int


def lines(items: Iterable[WorkItem], week: date, today: date) -> list[Line]:
    """One line a kind, the kind with the most urgent item first; nothing of sealed clients.

    Who has two roles meets the same item twice: it counts once.
    """
    kinds: dict[str, dict[tuple[str, str], date | None]] = {}
    for item in sorted(items, key=lambda one: one.urgency):
        if not item.is_sealed:
            kinds.setdefault(str(item.kind), {}).setdefault((item.url, item.text), item.due)
    return [_line(kind, list(due.values()), week, today) for kind, due in kinds.items()]


def _line(kind: str, due: list[date | None], week: date, today: date) -> Line:
    sunday = week + timedelta(days=6)
    return Line(
        kind,
        count=len(due),
        late=sum(day is not None and day < today for day in due),
        this_week=sum(day is not None and today <= day <= sunday for day in due),
    )
