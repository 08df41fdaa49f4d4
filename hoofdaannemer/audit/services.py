"""Writing the records: `record` for changes, `looked_at` for clients, `refused` for refusals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db import connection, models

from hoofdaannemer.audit.models import AccessRecord, ChangeRecord, RefusedAttempt
from hoofdaannemer.core import mandates
from hoofdaannemer.core.scope import Scope, acting_as

Detail = str | int | bool | None
_WHO: Final = "user_id, role, main_contractor, acting_organisation, mandate, at"
_CHANGES: Final = (
    f'INSERT INTO {ChangeRecord._meta.db_table} ({_WHO}, verb, "table", row, details) VALUES'
)
_LOOKS: Final = (
    f"INSERT INTO {AccessRecord._meta.db_table} ({_WHO}, client, purpose, reason) VALUES"
)
_REFUSALS: Final = f"INSERT INTO {RefusedAttempt._meta.db_table} ({_WHO}, path, status) VALUES"


def record(scope: Scope, verb: str, row: models.Model, **details: Detail) -> None:
    """Record one change in the transaction that makes it. Details are codes, ids, amounts.

    As all three that record changes: raises NotAllowedError where an office acts under a mandate
    that does not cover the verb, which undoes the change with the transaction.
    """
    _append(scope, verb, [(row, details)])


def record_many(scope: Scope, verb: str, rows: Iterable[models.Model], **details: Detail) -> None:
    """Record the same change of several rows in one statement."""
    _append(scope, verb, [(row, details) for row in rows])


def record_each(
    scope: Scope, verb: str, rows: Iterable[tuple[models.Model, Mapping[str, Detail]]]
) -> None:
    """Record a change of several rows in one statement, each with details of its own."""
    _append(scope, verb, list(rows))


def looked_at(scope: Scope, clients: Iterable[int], purpose: str, *, reason: str = "") -> None:
    """Record that the user saw data of these clients (ids), for the purpose of the page."""
    who = _who(scope)
    _write(_LOOKS, [(*who, client, purpose, reason) for client in sorted(set(clients))])


def refused(scope: Scope, path: str, status: int) -> None:
    """Record a refused attempt, in a transaction of its own."""
    with acting_as(scope):
        _write(_REFUSALS, [(*_who(scope), path[:200], status)])


def _append(
    scope: Scope, verb: str, rows: Sequence[tuple[models.Model, Mapping[str, Detail]]]
) -> None:
    mandates.check_covers_change(scope, verb)
    who = _who(scope)
    _write(
        _CHANGES,
        [(*who, verb, row._meta.db_table, row.pk, json.dumps(details)) for row, details in rows],
    )


def _write(insert: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """One plain statement: every service call writes a record, so its cost counts.

    It gives nothing back, since a key of a municipality may write records and read none.
    """
    if not rows:
        return
    places = ", ".join([f"({', '.join(['%s'] * len(rows[0]))})"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(f"{insert} {places}", [value for row in rows for value in row])


def _who(scope: Scope) -> tuple[Any, ...]:
    """In the order of `_WHO`."""
    return (
        scope.user_id or None,
        scope.role.value,
        scope.main_contractor_id,
        scope.organisation_id,
        scope.mandate_id,
        scope.at,
    )
