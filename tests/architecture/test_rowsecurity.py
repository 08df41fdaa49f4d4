"""Every table has a policy, and the database enforces it for the application's role."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import connection

from hoofdaannemer.rowsecurity import POLICIES

OWNER_COLUMNS = {"main_contractor_id", "provider_organisation_id"}
#: Reference rows about the parties themselves, read before there is a scope.
WITHOUT_ROWS = {
    "accounts_maincontractorlink",
    "accounts_membership",
}


def test_application_is_not_the_owner(current_user: str) -> None:
    assert current_user == settings.DATABASE_APP_ROLE


def test_no_query_is_compiled(db: None) -> None:
    """Where PostgreSQL can, judging a few lines took eight seconds in place of a third of one."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


def test_what_policies_ask_is_called(db: None) -> None:
    """Written out into every query, these took as long to plan as all of the query itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, lanname FROM pg_proc JOIN pg_language l ON l.oid = prolang"
            " WHERE starts_with(proname, 'app_')"
        )
        written_in = dict(cursor.fetchall())
    assert written_in == dict.fromkeys(
        ("app_id", "app_role", "app_claimed_role", "app_mandate_holds"), "plpgsql"
    )


def test_every_table_has_a_policy(db: None) -> None:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    assert tables - set(POLICIES) == set()


def test_every_owned_table_is_protected(db: None) -> None:
    for model in apps.get_models():
        columns = {field.column for field in model._meta.concrete_fields}
        table = model._meta.db_table
        if columns & OWNER_COLUMNS and table not in WITHOUT_ROWS:
            assert POLICIES[table].rows, f"{table} has an owner and no policy"


def test_protection_is_forced_in_the_database(db: None) -> None:
    protected = {table for table, policy in POLICIES.items() if policy.rows}
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        forced = {row[0] for row in cursor.fetchall()}
        present = set(connection.introspection.table_names(cursor))
    assert protected & present <= forced
