"""Wake a worker after the commit. The row is the queue: a lost nudge only costs time."""

from __future__ import annotations

import time
from functools import cache
from typing import Final

from celery import Celery
from django.db import transaction
from kombu.exceptions import OperationalError

#: Seconds between nudges of one kind, and of silence after a broker that did not answer.
_PAUSE: Final = 1.0
_SILENCE: Final = 15.0

_quiet_until: dict[str, float] = {}


def nudge(task: str) -> None:
    """Ask for a sweep once this transaction is committed. Never fails and never waits."""

    def send() -> None:  # not a partial: Django names a hook that fails by its __qualname__
        _send(task)

    transaction.on_commit(send, robust=True)


def _send(task: str) -> None:
    now = time.monotonic()
    if now < _quiet_until.get(task, 0.0):
        return
    _quiet_until[task] = now + _PAUSE
    try:
        _producer().send_task(task, retry=False, ignore_result=True)
    except (OperationalError, OSError):
        # No broker: beat's sweep does the work within 15 seconds of its return.
        _quiet_until[task] = now + _SILENCE


@cache
def _producer() -> Celery:
    """An application that only publishes: the web process starts no worker."""
    app = Celery("nudges", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    return app
