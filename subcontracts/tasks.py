"""Background work of the care chain; the rows say what there is to do."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import translation

from hoofdaannemer.core.errors import ConflictError
from hoofdaannemer.core.scope import acting_as, system
from messaging.exchange.services import intake
from subcontracts.models import Client
from subcontracts.services import (
    ceiling_signals,
    digest,
    first_relay,
    foreseen,
    import_taking,
    moving_out,
    placements,
    relays,
    residences,
)


@shared_task(acks_late=True, ignore_result=True)
def accept_by_silence() -> None:
    """Accept placements that nobody replied to in time, after new relay modes took effect.

    What runs under a contract that turned to standard messages is sent to its software first.
    """
    with translation.override(settings.LANGUAGE_CODE):
        with acting_as(system()) as scope:
            relays.put_in_force(scope=scope, subcontracts=relays.ever_kept(scope))
        try:
            first_relay.send_first(scope=system())
        finally:
            with acting_as(system()) as scope:
                placements.accept_by_silence(scope=scope)


@shared_task(acks_late=True, ignore_result=True)
def release_parked_stops() -> None:
    """Judge again the stops that waited long enough for their start: they are answered now."""
    with translation.override(settings.LANGUAGE_CODE):
        intake.sweep(scope=system())


@shared_task(acks_late=True, ignore_result=True)
def foresee_ends() -> None:
    """Open a task for each end of care that has come near, and let moves of clients take effect."""
    with acting_as(system()) as scope:
        residences.put_in_force(scope=scope, clients=Client.objects.visible_to(scope))
        foreseen.sweep(scope=scope)


@shared_task(acks_late=True, ignore_result=True)
def signal_ceilings() -> None:
    """Give notice of ceilings that are nearly used up."""
    with acting_as(system()) as scope:
        ceiling_signals.give_notice(scope=scope)


@shared_task(acks_late=True, ignore_result=True)
def send_digests() -> None:
    """Tell each person on Monday morning how much there is to do.

    One person's failure stops no other; it surfaces when all were taken up.
    """
    scope = system()
    with acting_as(scope):
        people = digest.waiting(scope)
    failures: list[Exception] = []
    for user_id in people:
        try:
            with translation.override(settings.LANGUAGE_CODE), acting_as(scope):
                digest.send(scope=scope, user_id=user_id)
        except Exception as failure:  # noqa: BLE001  raised below, after the others
            failures.append(failure)
    if failures:
        raise ExceptionGroup("weekly mails were not made", failures)


@shared_task(acks_late=True, ignore_result=True)
def move_care() -> None:
    """Carry out the moves of care that were confirmed; beat calls it, a nudge makes it quicker.

    One move's failure stops no other; it surfaces when all were taken up.
    """
    failures: list[Exception] = []
    with translation.override(settings.LANGUAGE_CODE):
        for move_id in moving_out.waiting(system()):
            try:
                moving_out.take_up(scope=system(), move_id=move_id)
            except ConflictError:
                continue  # another worker was first
            except Exception as failure:  # noqa: BLE001  raised below, after the others
                failures.append(failure)
    if failures:
        raise ExceptionGroup("care was not moved", failures)


@shared_task(acks_late=True, ignore_result=True)
def take_over_care() -> None:
    """Check files with running care and take over what was confirmed; beat calls it too.

    One file's failure stops no other; it surfaces when all were taken up.
    """
    failures: list[Exception] = []
    with translation.override(settings.LANGUAGE_CODE):
        for import_id in import_taking.waiting(system()):
            try:
                import_taking.take_up(scope=system(), import_id=import_id)
            except ConflictError:
                continue  # another worker was first
            except Exception as failure:  # noqa: BLE001  raised below, after the others
                failures.append(failure)
    if failures:
        raise ExceptionGroup("files with running care were not dealt with", failures)
