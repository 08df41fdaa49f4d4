"""Promises about the second lock: the database holds the grants and policies of the code.

What the code says is written once more, to an empty temporary table with the columns and name
of the real one, and read back: PostgreSQL then shows both in the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db import connection

from hoofdaannemer.core import rowsecurity as mechanism
from hoofdaannemer.invariants.promises import Promise, rows
from hoofdaannemer.rowsecurity import POLICIES

_FLAGS = """
SELECT relname, relrowsecurity AND relforcerowsecurity, relrowsecurity OR relforcerowsecurity
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
"""
_POLICIES = """
SELECT policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies
WHERE tablename = %s AND schemaname LIKE %s ORDER BY policyname
"""
_GRANTS = """
SELECT c.relname, coalesce(r.rolname, 'public'), a.privilege_type
FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  AND a.grantee <> c.relowner
"""
_ROLES = """
SELECT r.rolname, r.rolsuper OR r.rolbypassrls,
       EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid
               AND c.relnamespace = 'public'::regnamespace)
FROM pg_roles r WHERE r.rolname IN (%s, %s)
"""


def _unlisted() -> Iterator[str]:
    present = {str(table) for table, *_flags in rows(_FLAGS)}
    yield from (f"{table} has no policy" for table in sorted(present - set(POLICIES)))


def _wrong_grants() -> Iterator[str]:
    found: dict[str, set[tuple[str, str]]] = {}
    for table, role, privilege in rows(_GRANTS):
        found.setdefault(str(table), set()).add((str(role), str(privilege)))
    for table in sorted(_present()):
        policy = POLICIES[table]
        wanted = {(settings.DATABASE_APP_ROLE, grant) for grant in policy.grants}
        wanted |= {(settings.DATABASE_MUNICIPAL_ROLE, grant) for grant in policy.municipal}
        for role, privilege in sorted(found.get(table, set()) ^ wanted):
            which = "misses" if (role, privilege) in wanted else "should not have"
            yield f"{role} {which} {privilege} on {table}"


def _wrong_policies() -> Iterator[str]:
    flags = {str(table): (forced, on) for table, forced, on in rows(_FLAGS)}
    for table in sorted(_present()):
        forced, on = flags[table]
        protected = bool(POLICIES[table].rows)
        if forced is not protected or on is not protected:
            yield f"{table} is {'not forced' if protected else 'protected without a policy'}"
        real = rows(_POLICIES, table, "public")
        if real != (_as_written(table) if protected else []):
            yield f"{table} has another policy than the code"


def _as_written(table: str) -> list[tuple[object, ...]]:
    """The policy of the code as PostgreSQL shows it."""
    name = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {name} (LIKE public.{name})")
        for statement in mechanism._statements(table, POLICIES[table]):
            cursor.execute(statement)
        written = rows(_POLICIES, table, "pg_temp%")
        cursor.execute(f"DROP TABLE pg_temp.{name}")
    return written


def _present() -> set[str]:
    return {str(table) for table, *_flags in rows(_FLAGS)} & set(POLICIES)


def _strong_roles() -> Iterable[str]:
    names = (settings.DATABASE_APP_ROLE, settings.DATABASE_MUNICIPAL_ROLE)
    for role, passes, owns in rows(_ROLES, *names):
        if passes or owns:
            yield f"{role} passes row-level security"


PROMISES: tuple[Promise, ...] = (
    Promise("SEC-01", "Every table is listed with who may see its rows.", _unlisted),
    Promise("SEC-02", "Grants in the database are those of the code.", _wrong_grants),
    Promise("SEC-03", "Row-level security in the database is that of the code.", _wrong_policies),
    Promise("SEC-04", "The application's roles own nothing and bypass nothing.", _strong_roles),
)
