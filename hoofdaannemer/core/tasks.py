"""Background work of no app in particular."""

from __future__ import annotations

from celery import shared_task

from hoofdaannemer.core import limits
from hoofdaannemer.core.scope import system


@shared_task(acks_late=True, ignore_result=True)
def forget_calls() -> None:
    """Remove counts of calls that no limit asks for any more."""
    limits.forget(scope=system())
