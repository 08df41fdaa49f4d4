"""A quality officer works with references and effects, and never learns who the client is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import Client

#: Lists show the client's number; decrypting names would cost time and tell nobody anything.
PERSONAL = tuple(
    f"client__{name}" for name in ("bsn", "surname", "prefix", "initials", "birth_date", "address")
)


def sees_client(scope: Scope) -> bool:
    """Whether this role may know which client a row is about."""
    return scope.role != Role.QUALITY_OFFICER


def related_for(scope: Scope, related: Sequence[str]) -> Sequence[str]:
    """The joins of a page; a join with a client that the role may not see would hide the row."""
    return related if sees_client(scope) else [name for name in related if name != "client"]


def listed(scope: Scope, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows without clients that may not be listed, and without what a list does not show."""
    if not sees_client(scope):
        return rows
    shown: QuerySet[Any] = rows.filter(client__is_sealed=False).defer(*PERSONAL)
    return shown


def table_kwargs(scope: Scope) -> dict[str, Any]:
    """Arguments of a table: without the client's column where the role may not see it."""
    return {} if sees_client(scope) else {"exclude": ("client",)}


def facts_for(scope: Scope, label: str, row: Any) -> Iterable[tuple[str, str]]:
    """The client as a line of facts, or nothing."""
    return [(label, str(row.client))] if sees_client(scope) else []


def may_open_client(scope: Scope, client_id: int) -> bool:
    """Whether the client's page opens for this scope: a declined client's does not."""
    return Client.objects.visible_to(scope).filter(pk=client_id).exists()


def log_look(scope: Scope, row: Any, purpose: str) -> None:
    """Write the access log, where the page tells about a client."""
    if sees_client(scope):
        audit.looked_at(scope, [row.client_id], purpose)
