"""How long to wait before a next try."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

FIRST_RETRY: Final = timedelta(seconds=15)


def waiting_time(attempts: int) -> timedelta:
    """Time before the next try: a quarter of a minute, then four times longer each time."""
    factor: int = 4 ** max(0, attempts - 1)
    return FIRST_RETRY * factor
