"""Events of a year in the order in which they happened."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import count

from django.utils import timezone

from hoofdaannemer.core.working_days import is_working_day, next_working_day

Event = Callable[[datetime], None]
Progress = Callable[[str, float], None]


class Clock:
    """Runs what was planned, each with the moment at which it happens; events may plan others."""

    def __init__(self, end: datetime) -> None:
        self.end = end
        self._queue: list[tuple[datetime, int, Event]] = []
        self._order = count()

    def plan(self, moment: datetime, event: Event) -> None:
        """Let `event` happen at `moment`; after the end of the scenario it does not happen."""
        if moment <= self.end:
            heapq.heappush(self._queue, (moment, next(self._order), event))

    def run(self, progress: Progress) -> None:
        """Let everything happen; `progress` hears the day and the share of the time passed."""
        begin = self._queue[0][0] if self._queue else self.end
        whole = max((self.end - begin).total_seconds(), 1)
        shown: date | None = None
        while self._queue:
            moment, _number, event = heapq.heappop(self._queue)
            event(moment)
            if moment.date() != shown:
                shown = moment.date()
                progress(shown.isoformat(), (moment - begin).total_seconds() / whole)


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """That time of day in Europe/Amsterdam."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def office_day(day: date) -> date:
    """The day itself, or the first working day after it."""
    return day if is_working_day(day) else next_working_day(day)


def later(day: date, days: int) -> date:
    """A working day at least `days` calendar days on."""
    return office_day(day + timedelta(days=days))
