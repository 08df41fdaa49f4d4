"""Writing what is encrypted again under the first key, so that an older key can go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.apps import apps
from django.db import connection

from hoofdaannemer.core import crypto
from hoofdaannemer.core.scope import Scope, acting_as

#: Rows a transaction: a message may be 25 MB, and whoever works now waits for these rows.
BATCH: Final = 20


@dataclass(frozen=True, order=True)
class Column:
    """A column of encrypted values, of a table whose primary key is `id`."""

    table: str
    name: str


def text_columns() -> Iterator[Column]:
    """Every encrypted text of every model."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, crypto.EncryptedTextField) and model._meta.managed:
                yield Column(model._meta.db_table, str(field.column))


def renew(scope: Scope, column: Column) -> int:
    """Write the column's values that are under an older key again; returns how many.

    It goes on where an earlier run stopped. Raises ImproperlyConfigured where a value's key is
    no longer in the ring.
    """
    renewed = 0
    while True:
        with acting_as(scope):
            count = _renew_some(column)
        renewed += count
        if count < BATCH:
            return renewed


def _renew_some(column: Column) -> int:
    table, name = (connection.ops.quote_name(part) for part in (column.table, column.name))
    head = crypto.current_head()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {name}, id FROM {table}"  # noqa: S608  (names of a model's own columns)
            f" WHERE substring({name} FROM 1 FOR %s) <> %s ORDER BY id LIMIT %s FOR UPDATE",
            [len(head), head, BATCH],
        )
        found = [(crypto.encrypt(crypto.decrypt(old)), pk) for old, pk in cursor.fetchall()]
        if found:
            cursor.executemany(f"UPDATE {table} SET {name} = %s WHERE id = %s", found)  # noqa: S608
    return len(found)
