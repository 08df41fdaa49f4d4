"""Long work that is kept as a row with the worker's last sign of life, in its column `seen_at`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

#: Without a sign of life for so long, work was left behind by a killed worker.
LEFT_BEHIND: Final = timedelta(minutes=5)


def left_behind(at: datetime) -> Q:
    """Rows of which the worker is gone at a moment: another takes them up."""
    return Q(seen_at__lt=at - LEFT_BEHIND)


def to_take_up(at: datetime) -> Q:
    """Rows whose `state` is waiting, or running and left behind."""
    return Q(state="waiting") | Q(left_behind(at), state="running")
