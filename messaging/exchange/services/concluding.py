"""How judging ends: the row with its state and findings, or the failure that stopped it."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from django.db import transaction

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Role, Scope, acting_as
from messaging.exchange.models import IncomingMessage, Leg, MessageFinding
from messaging.exchange.timing import waiting_time
from messaging.istandaard import Finding

State = IncomingMessage.State
log = logging.getLogger(__name__)

_IDENTITY: Final = (
    "family",
    "message_type",
    "sender",
    "identification",
    "message_date",
    "client_hash",
    "conflicts_with",
)
_OWN_FIELDS: Final = (
    *_IDENTITY,
    "state",
    "handled_at",
    "parked_until",
    "attempts",
    "next_try_at",
    "last_error",
    "answers",
)


@contextmanager
def acting_for(scope: Scope, row: IncomingMessage) -> Iterator[Scope]:
    """The scope in which a handler works: a subcontractor's message can do what it may do."""
    if row.leg == Leg.UP:
        with transaction.atomic():
            yield replace(scope, handling=row.pk)
        return
    sender = replace(
        scope,
        handling=row.pk,
        role=Role.SUBCONTRACTOR_USER,
        main_contractor_id=0,
        organisation_id=row.provider_organisation_id or 0,
    )
    with acting_as(sender):
        yield sender


def conclude(
    scope: Scope, row: IncomingMessage, state: IncomingMessage.State, findings: Sequence[Finding]
) -> None:
    """Write the state of a judged message, with what was found."""
    row.state = state
    if state != State.PARKED:
        row.handled_at, row.next_try_at, row.last_error = scope.at, None, ""
    row.save(update_fields=[*_OWN_FIELDS])
    MessageFinding.objects.bulk_create(
        MessageFinding(
            message=row,
            rule=finding.rule[:32],
            code=finding.code[:4],
            path=finding.path[:300],
            text=str(finding.message),
        )
        for finding in findings
    )
    codes = ",".join(sorted({finding.code or finding.rule for finding in findings}))
    audit.record(scope, f"message.{state.value}", row, type=row.name, codes=codes)


def record_failure(
    scope: Scope, row: IncomingMessage, before: str, text: str, *, final: bool
) -> None:
    """Keep a message whose judging failed as it was, with the reason; `final` asks a person."""
    row.state = State.FAILED if final else State(before)
    row.handled_at = None
    row.answers = None
    row.last_error = text
    row.next_try_at = None if final else scope.at + waiting_time(row.attempts)
    row.save(update_fields=[*_OWN_FIELDS])
    audit.record(scope, "message.failed", row, type=row.name, attempts=row.attempts)
    log.error("message %s failed at attempt %s: %s", row.pk, row.attempts, text)


def fault_of(error: Exception) -> str:
    """Kind and place of an error, never its text, which may quote a client's data."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}{place}"
