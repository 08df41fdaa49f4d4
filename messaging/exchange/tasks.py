"""Background work: what beat and the nudges start. The rows say what there is to do."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import translation

from hoofdaannemer.core.heartbeats import beating
from hoofdaannemer.core.scope import system
from messaging.exchange import health
from messaging.exchange.services import copies, folders, intake, outtray


@shared_task(acks_late=True, ignore_result=True)
def sweep_incoming() -> None:
    """Judge what was received and not yet done."""
    with beating(health.SWEEP_INCOMING), translation.override(settings.LANGUAGE_CODE):
        intake.sweep(scope=system())


@shared_task(acks_late=True, ignore_result=True)
def sweep_outgoing() -> None:
    """Deliver what waits, and the copies of it."""
    with beating(health.SWEEP_OUTGOING), translation.override(settings.LANGUAGE_CODE):
        outtray.sweep(scope=system())
        copies.sweep(scope=system())


@shared_task(acks_late=True, ignore_result=True)
def watch_folders() -> None:
    """Take in what lies in the watched folder."""
    with beating(health.WATCH_FOLDERS), translation.override(settings.LANGUAGE_CODE):
        folders.take_in(scope=system())
