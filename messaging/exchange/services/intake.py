"""The in-tray: stored first, then judged, each message in one transaction with its answer."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.collecting import uncollected
from hoofdaannemer.core.locks import lock_text
from hoofdaannemer.core.scope import Scope, acting_as, on_behalf_of
from messaging.exchange import content, nudges, policies
from messaging.exchange.models import IncomingMessage, Leg, Party
from messaging.exchange.services import concluding, judging, reading
from messaging.exchange.services.reading import Reader
from messaging.exchange.timing import waiting_time

BATCH: Final = 50
#: Who received a message handles it at once; the sweep waits so long before it steps in.
GRACE: Final = timedelta(seconds=10)
State = IncomingMessage.State
OPEN: Final = frozenset({State.RECEIVED, State.PARKED})
#: Whom judging asks for: both sides of each message.
_PARTIES: Final = ("main_contractor__organisation", "municipality", "provider_organisation")


@transaction.atomic
def receive(
    *,
    scope: Scope,
    raw: bytes,
    main_contractor_id: int,
    leg: Leg,
    source: IncomingMessage.Source,
    municipality_id: int | None = None,
    organisation_id: int | None = None,
    later: bool = False,
) -> IncomingMessage:
    """Store a document before anything else is done with it.

    Who calls handles it next, or leaves it to a worker with `later`.

    The same bytes from the same party give the row of the first time, with its answer. Raises
    NotAllowedError where this scope may not hand in messages of this party, ValueError where the
    leg does not fit the party.
    """
    party = Party(municipality_id, organisation_id)
    if party.leg != leg:
        raise ValueError("municipalities are up, organisations are down")
    policies.check_can_receive(scope, main_contractor_id, party)
    digest = content.digest_of(raw)
    # Two deliveries of the same bytes at once: the second waits here and finds the first.
    lock_text(f"{main_contractor_id}:{party}:{digest.hex()}")
    known = IncomingMessage.objects.visible_to(scope).between(main_contractor_id, party)
    if (earlier := known.filter(digest=digest).order_by("pk").first()) is not None:
        return earlier
    row = IncomingMessage.objects.create(
        main_contractor_id=main_contractor_id,
        leg=leg,
        **party.columns,
        content=content.sealed(raw),
        digest=digest,
        source=source,
        received_at=scope.at,
        # Whoever received it handles it now; the sweep takes over when that did not happen.
        next_try_at=scope.at if later else scope.at + GRACE,
    )
    audit.record(scope, "message.received", row, source=source, leg=leg)
    if later:
        nudges.nudge(nudges.SWEEP_INCOMING)
    return row


def handle(*, scope: Scope, message_id: int) -> IncomingMessage:
    """Judge one message and answer it, all in one transaction; done is done.

    Acts for the main contractor, whoever asks. What another worker is busy with is left to it. A
    handler that fails leaves the message as received, with one attempt more.
    Raises IncomingMessage.DoesNotExist for a message that this scope may not see.
    """
    rows = IncomingMessage.objects.visible_to(scope)
    with acting_as(scope):
        if not scope.is_system:
            rows.values("pk").get(pk=message_id)
        with on_behalf_of(scope, scope.main_contractor_id) as inside:
            found = _locked(inside, [message_id])
            if found and found[0].state in OPEN:
                _handle_and_rejudge(inside, found[0], counted=False)
        return rows.get(pk=message_id)


def handle_many(*, scope: Scope, message_ids: Sequence[int]) -> list[IncomingMessage]:
    """Judge several received messages in one transaction, each in a savepoint of its own."""
    with acting_as(scope):
        rows = _locked(scope, message_ids)
        _handle_open(scope, rows, counted=False)
    return rows


def _locked(
    scope: Scope, message_ids: Sequence[int], *, claimed: bool = False
) -> list[IncomingMessage]:
    """Lock those that nobody else is busy with, in order of their key.

    What was `claimed` is waited for: a worker that looked for something to claim at that moment
    may hold a row of ours until it sees that it was taken.
    """
    rows = IncomingMessage.objects.visible_to(scope).filter(pk__in=message_ids)
    rows = rows.select_related(*_PARTIES)
    return list(rows.select_for_update(skip_locked=not claimed, of=("self",)).order_by("pk"))


def _handle_open(scope: Scope, rows: Sequence[IncomingMessage], *, counted: bool) -> None:
    rows = [row for row in rows if row.state in OPEN]
    with reading.ahead(rows) as read:
        for row in rows:
            _handle_and_rejudge(scope, row, counted=counted, read=read)


def _handle_and_rejudge(
    scope: Scope, row: IncomingMessage, *, counted: bool, read: Reader = reading.read
) -> None:
    acting = replace(scope, main_contractor_id=row.main_contractor_id)
    _handle(acting, row, counted=counted, read=read)
    if row.state == State.HANDLED and row.client_hash:
        rejudge_parked(
            scope=acting,
            main_contractor_id=row.main_contractor_id,
            client_hash=bytes(row.client_hash),
        )


def rejudge_parked(*, scope: Scope, main_contractor_id: int, client_hash: bytes) -> int:
    """Judge what was parked for this client, now that something about it changed.

    Returns how many there were. Also for a start that was reported in the portal.
    """
    with on_behalf_of(scope, main_contractor_id) as inside:
        parked = IncomingMessage.objects.visible_to(inside).filter(
            state=State.PARKED, main_contractor=main_contractor_id, client_hash=client_hash
        )
        rows = list(parked.select_for_update(skip_locked=True).order_by("pk"))
        for row in rows:
            _handle(inside, row, counted=False)
    return len(rows)


def _handle(
    scope: Scope, row: IncomingMessage, *, counted: bool, read: Reader = reading.read
) -> None:
    """Judge a locked message in a savepoint; a failure is recorded and stops nobody else."""
    before = row.state
    try:
        with transaction.atomic(), uncollected() if reading.is_large(row) else nullcontext():
            judging.judge(scope, row, read)
            # Broken references show now, in the savepoint of the message that broke them.
            connection.check_constraints()
    except judging.NoHandlerError:
        text = _("No part of this installation handles this message.")
        concluding.record_failure(scope, row, before, text, final=True)
    except Exception as error:  # noqa: BLE001  recorded on the row; a bad one stops no good ones
        attempts = row.attempts if counted else row.attempts + 1
        row.attempts = attempts
        final = attempts >= settings.DELIVERY_ATTEMPTS
        concluding.record_failure(scope, row, before, concluding.fault_of(error), final=final)


def sweep(*, scope: Scope, limit: int = 1000) -> int:
    """Judge what was received and not yet done; returns how many were taken up.

    A claim is committed before the work, so that a message that kills its worker counts too. New
    messages go by fifty in one transaction; one that failed before goes alone.
    """
    taken = 0
    while taken < limit and (claimed := _claim(scope)):
        with acting_as(scope):
            _handle_open(scope, _locked(scope, claimed, claimed=True), counted=True)
        taken += len(claimed)
    return taken


def _claim(scope: Scope) -> list[int]:
    with acting_as(scope):
        due = (
            IncomingMessage.objects.visible_to(scope)
            .filter(
                Q(state=State.RECEIVED) | Q(state=State.PARKED, parked_until__lte=scope.at),
                Q(next_try_at=None) | Q(next_try_at__lte=scope.at),
            )
            .select_for_update(skip_locked=True)
            .order_by("received_at", "pk")
        )
        rows = list(due.filter(attempts=0).only("pk", "attempts")[:BATCH])
        rows = rows or list(due.only("pk", "attempts")[:1])
        ids = [row.pk for row in rows]
        wait = waiting_time(rows[0].attempts + 1) if rows else timedelta()
        claimed = IncomingMessage.objects.visible_to(scope).filter(pk__in=ids)
        claimed.update(attempts=F("attempts") + 1, next_try_at=scope.at + wait)
        exhausted = claimed.filter(attempts__gt=settings.DELIVERY_ATTEMPTS)
        lost = _("The work on this message ended halfway several times.")
        exhausted.update(state=State.FAILED, next_try_at=None, last_error=lost)
    return ids


@transaction.atomic
def rerun(*, scope: Scope, message_id: int) -> IncomingMessage:
    """Let a person have a message judged again that nobody answered.

    Raises NotAllowedError for other roles, ConflictError where it is done.
    """
    rows = IncomingMessage.objects.attended_by(scope).select_for_update(of=("self",))
    row = rows.get(pk=message_id)
    policies.check_can_rerun(scope, row)
    with on_behalf_of(scope, row.main_contractor_id):
        row.findings.all().delete()
    row.state = State.RECEIVED
    row.attempts = 0
    row.next_try_at = None
    row.save(update_fields=["state", "attempts", "next_try_at"])
    audit.record(scope, "message.rerun", row, type=row.name)
    nudges.nudge(nudges.SWEEP_INCOMING)
    return row
