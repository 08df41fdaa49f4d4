"""Migrating sparingly leaves the tables that Django's own way leaves."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from pytest_django.plugin import DjangoDbBlocker

from hoofdaannemer.core.migrating import sparing_states
from tests.conftest import _become

_CATALOGUE = {
    "columns": """
        SELECT table_name, column_name, data_type, collation_name, is_nullable, column_default,
            identity_generation, character_maximum_length, numeric_precision, numeric_scale
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "functions": """
        SELECT proname, pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'""",
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger"
    " WHERE NOT tgisinternal",
}


def _catalogue(connection: BaseDatabaseWrapper) -> dict[str, set[tuple[object, ...]]]:
    found = {}
    with connection.cursor() as cursor:
        for name, question in _CATALOGUE.items():
            cursor.execute(question)
            found[name] = set(cursor.fetchall())
    return found


def _migrated(alias: str, *, sparing: bool) -> dict[str, set[tuple[object, ...]]]:
    """What stands in an empty database of its own after all migrations."""
    connection = connections[alias]
    connection.creation._create_test_db(verbosity=0, autoclobber=True)
    connection.close()
    connection.settings_dict["NAME"] = f"test_{alias}"
    if sparing:
        with sparing_states():
            call_command(DjangoMigrate(), database=alias, verbosity=0)
    else:
        call_command(DjangoMigrate(), database=alias, verbosity=0)
    found = _catalogue(connection)
    connection.close()
    connection.creation._destroy_test_db(f"test_{alias}", verbosity=0)
    return found


@pytest.mark.long
def test_the_same_tables_come_of_it(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> None:
    _become("owner")
    try:
        with django_db_blocker.unblock():
            for alias in ("sparing", "whole"):
                known = connections["default"].settings_dict
                # By name, or a worker's own database would be made anew under the other tests.
                test = {**known["TEST"], "NAME": f"test_{alias}"}
                connections.databases[alias] = {**known, "NAME": alias, "TEST": test}
            sparing = _migrated("sparing", sparing=True)
            whole = _migrated("whole", sparing=False)
    finally:
        for alias in ("sparing", "whole"):
            connections.databases.pop(alias, None)
        _become("app")

    assert all(sparing.values())
    assert sparing == whole
