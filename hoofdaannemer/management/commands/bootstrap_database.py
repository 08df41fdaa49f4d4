"""`manage.py bootstrap_database`: roles and database on a PostgreSQL of the operator's."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

import dj_database_url
import psycopg
from django.core.management.base import BaseCommand, CommandError

from hoofdaannemer import embedded


class Command(BaseCommand):
    """Make owner, application and municipal role with the passwords of the two addresses."""

    help = "Run once as a superuser of the database, before the first migrate. Repeatable."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options of the command."""
        parser.add_argument("--superuser-url", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the roles and the database. Raises CommandError for incomplete addresses."""
        logins = {
            role: dj_database_url.parse(os.environ.get(variable, ""))
            for role, variable in (
                (embedded.APP, "DATABASE_URL"),
                (embedded.OWNER, "OWNER_DATABASE_URL"),
            )
            if os.environ.get(variable)
        }
        for role in (embedded.APP, embedded.OWNER):
            if logins.get(role, {}).get("USER") != role or not logins[role].get("PASSWORD"):
                raise CommandError(
                    f"Set DATABASE_URL and OWNER_DATABASE_URL with user {role} and a password."
                )
        passwords = {role: str(login["PASSWORD"]) for role, login in logins.items()}
        with psycopg.connect(options["superuser_url"], autocommit=True) as connection:
            embedded.bootstrap_roles(connection, passwords)
            embedded.create_database(connection, str(logins[embedded.OWNER]["NAME"]))
        self.stdout.write("Roles and database are there. Next: manage.py migrate")
