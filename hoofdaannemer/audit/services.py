"""Writing the records: `record` for changes, `looked_at` for clients, `refused` for refusals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import connection, models

from hoofdaannemer.audit.models import AccessRecord, ChangeRecord, RefusedAttempt
from hoofdaannemer.core.scope import Scope, acting_as

Detail = str | int | bool | None
_INSERT: Final = (
    f"INSERT INTO {ChangeRecord._meta.db_table}"
    ' (user_id, role, main_contractor, acting_organisation, at, verb, "table", row, details)'
    " VALUES"
)


def record(scope: Scope, verb: str, row: models.Model, **details: Detail) -> None:
    """Record one change in the transaction that makes it. Details are codes, ids, amounts."""
    _append(scope, verb, [row], details)


def record_many(scope: Scope, verb: str, rows: Iterable[models.Model], **details: Detail) -> None:
    """Record the same change of several rows in one statement."""
    _append(scope, verb, list(rows), details)


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


def _append(
    scope: Scope, verb: str, rows: Sequence[models.Model], details: dict[str, Detail]
) -> None:
    """One plain statement: every service call writes a record, so its cost counts."""
    if not rows:
        return
    told = json.dumps(details)
    values: list[Any] = []
    for row in rows:
        values += [*_who(scope).values(), verb, row._meta.db_table, row.pk, told]
    places = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(f"{_INSERT} {places}", values)


def _who(scope: Scope) -> dict[str, object]:
    return {
        "user_id": scope.user_id or None,
        "role": scope.role.value,
        "main_contractor": scope.main_contractor_id,
        "acting_organisation": scope.organisation_id,
        "at": scope.at,
    }
