"""Background work of the care chain; the rows say what there is to do."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import translation

from hoofdaannemer.core.scope import acting_as, system
from messaging.exchange.services import intake
from subcontracts.services import placements


@shared_task(acks_late=True, ignore_result=True)
def accept_by_silence() -> None:
    """Accept placements that nobody replied to in time."""
    with translation.override(settings.LANGUAGE_CODE), acting_as(system()) as scope:
        placements.accept_by_silence(scope=scope)


@shared_task(acks_late=True, ignore_result=True)
def release_parked_stops() -> None:
    """Judge again the stops that waited long enough for their start: they are answered now."""
    with translation.override(settings.LANGUAGE_CODE):
        intake.sweep(scope=system())
