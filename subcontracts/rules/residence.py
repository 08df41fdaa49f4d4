"""Which municipality is responsible for a client on which day, of the dated facts about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar


@dataclass(frozen=True)
class Elsewhere:
    """Another municipality than the one that is addressed is responsible on a wanted day."""

    town: str
    day: date


class Dated(Protocol):
    """A fact with a first day and the municipality that is responsible from then on."""

    start_date: date
    municipality_id: int


_DatedT = TypeVar("_DatedT", bound=Dated)


def on_day(known: Iterable[_DatedT], day: date) -> _DatedT | None:
    """The fact that counts on a day; before the first day that is known, the first one.

    Facts follow each other without gaps, so the last to have begun is in force.
    """
    rows = sorted(known, key=lambda row: row.start_date)
    begun = [row for row in rows if row.start_date <= day]
    counting = begun or rows[:1]
    return counting[-1] if counting else None


def next_after(known: Iterable[_DatedT], day: date) -> _DatedT | None:
    """The first fact that begins after a day."""
    later = [row for row in known if row.start_date > day]
    return min(later, key=lambda row: row.start_date, default=None)


def left_on(known: Sequence[Dated], municipality_id: int) -> date | None:
    """The first day on which another municipality is responsible for good; None if none is."""
    here = [row.start_date for row in known if row.municipality_id == municipality_id]
    stayed = max(here, default=date.min)
    away = [row.start_date for row in known if row.municipality_id != municipality_id]
    return min((day for day in away if day > stayed), default=None)
