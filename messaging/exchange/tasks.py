"""Background work: what beat and the nudges start. The rows say what there is to do."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import translation

from hoofdaannemer.core.scope import system
from messaging.exchange.services import folders, intake, outtray


@shared_task(acks_late=True, ignore_result=True)
def sweep_incoming() -> None:
    """Judge what was received and not yet done."""
    with translation.override(settings.LANGUAGE_CODE):
        intake.sweep(scope=system())


@shared_task(acks_late=True, ignore_result=True)
def sweep_outgoing() -> None:
    """Deliver what waits."""
    with translation.override(settings.LANGUAGE_CODE):
        outtray.sweep(scope=system())


@shared_task(acks_late=True, ignore_result=True)
def watch_folders() -> None:
    """Take in what lies in the watched folder."""
    with translation.override(settings.LANGUAGE_CODE):
        folders.take_in(scope=system())
