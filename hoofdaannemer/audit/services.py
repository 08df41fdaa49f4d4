"""Writing the records: `record` for changes, `looked_at` for clients, `refused` for refusals."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from hoofdaannemer.audit.models import AccessRecord, ChangeRecord, RefusedAttempt
from hoofdaannemer.core.scope import Scope, acting_as

Detail = str | int | bool | None


def record(scope: Scope, verb: str, row: models.Model, **details: Detail) -> None:
    """Record one change in the transaction that makes it. Details are codes, ids, amounts."""
    ChangeRecord.objects.bulk_create([_change(scope, verb, row, details)])


def record_many(scope: Scope, verb: str, rows: Iterable[models.Model], **details: Detail) -> None:
    """Record the same change of several rows in one statement."""
    ChangeRecord.objects.bulk_create([_change(scope, verb, row, details) for row in rows])


def looked_at(scope: Scope, clients: Iterable[int], purpose: str, *, reason: str = "") -> None:
    """Record that the user saw data of these clients (ids), for the purpose of the page."""
    AccessRecord.objects.bulk_create(
        [
            AccessRecord(client=client, purpose=purpose, reason=reason, **_who(scope))
            for client in sorted(set(clients))
        ]
    )


def refused(scope: Scope, path: str, status: int) -> None:
    """Record a refused attempt, in a transaction of its own."""
    with acting_as(scope):
        RefusedAttempt.objects.create(path=path[:200], status=status, **_who(scope))


def _change(
    scope: Scope, verb: str, row: models.Model, details: dict[str, Detail]
) -> ChangeRecord:
    return ChangeRecord(
        verb=verb, table=row._meta.db_table, row=row.pk, details=details, **_who(scope)
    )


def _who(scope: Scope) -> dict[str, object]:
    return {
        "user_id": scope.user_id or None,
        "role": scope.role.value,
        "main_contractor": scope.main_contractor_id,
        "acting_organisation": scope.organisation_id,
        "at": scope.at,
    }
