"""Row-level security and grants, written to the database after each migration.

The policy itself, table by table, is `hoofdaannemer.rowsecurity`; this is the mechanism. It is
repeatable: everything is dropped and made again in one transaction of the owner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection, transaction

from hoofdaannemer.core.scope import Role

SYSTEM_ONLY = "(SELECT app_role()) = 'system'"


@dataclass(frozen=True)
class TablePolicy:
    """What the application's role may do with one table, and which rows it sees.

    `rows` are SQL conditions of which one must hold; none means that the table holds nothing
    of anybody and is not protected. `grants` are what the application's role gets.
    """

    rows: tuple[str, ...] = ()
    grants: tuple[str, ...] = ("SELECT", "INSERT", "UPDATE", "DELETE")
    municipal: tuple[str, ...] = ()
    #: Conditions for new rows, where they differ from what may be seen.
    writes: tuple[str, ...] = ()
    #: Conditions for rows that may go, where not every row that may be seen.
    deletes: tuple[str, ...] = ()
    #: False for what says itself who acts under a mandate: asking it of that would never end.
    asks_mandate: bool = True


@dataclass(frozen=True)
class Only:
    """Helper to write a condition for some roles: `Only({Role.CONTROLLER}).where("…")`."""

    roles: frozenset[Role] = field(default_factory=frozenset)

    def where(self, condition: str) -> str:
        """Return the SQL of "acts in one of these roles and `condition` holds"."""
        names = ", ".join(f"'{role.value}'" for role in sorted(self.roles))
        return f"((SELECT app_role()) IN ({names}) AND {condition})"


def synchronise(policies: Mapping[str, TablePolicy]) -> None:
    """Write grants and policies for all `policies` (by table name); runs as the owner."""
    with transaction.atomic(), connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        for table, policy in policies.items():
            if table in present:
                for statement in _statements(table, policy):
                    cursor.execute(statement)
        cursor.execute(
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {_app()}, {_municipal()}"
        )


def _app() -> str:
    return connection.ops.quote_name(settings.DATABASE_APP_ROLE)


def _municipal() -> str:
    return connection.ops.quote_name(settings.DATABASE_MUNICIPAL_ROLE)


def _statements(table: str, policy: TablePolicy) -> Iterable[str]:
    name = connection.ops.quote_name(table)
    yield f"REVOKE ALL ON {name} FROM {_app()}, {_municipal()}, PUBLIC"
    if policy.grants:
        yield f"GRANT {', '.join(policy.grants)} ON {name} TO {_app()}"
    if policy.municipal:
        yield f"GRANT {', '.join(policy.municipal)} ON {name} TO {_municipal()}"
    yield f"DROP POLICY IF EXISTS visible ON {name}"
    yield f"DROP POLICY IF EXISTS removable ON {name}"
    if not policy.rows:
        yield f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY"
        return
    seen = _any_of(policy, policy.rows)
    written = _any_of(policy, policy.writes or policy.rows)
    yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY visible ON {name} USING ({seen}) WITH CHECK ({written})"
    if policy.deletes:
        gone = _any_of(policy, policy.deletes)
        yield f"CREATE POLICY removable ON {name} AS RESTRICTIVE FOR DELETE USING ({gone})"


def _any_of(policy: TablePolicy, conditions: tuple[str, ...]) -> str:
    text = " OR ".join((SYSTEM_ONLY, *conditions))
    return text if policy.asks_mandate else text.replace("app_role()", "app_claimed_role()")
