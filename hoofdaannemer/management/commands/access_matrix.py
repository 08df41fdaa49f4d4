"""`manage.py access_matrix`: every address × role → expected status, for tests from outside."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hoofdaannemer.accessmatrix import Row, rows
from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.scope import acting_as, system
from hoofdaannemer.scenarios.logins import PASSWORD


class Command(BaseCommand):
    """Prints the matrix for the logins and objects of the scenario canary."""

    help = "Print which address must answer what to whom, for the scenario canary."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options of the command."""
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one row a line; exit code 1 where the scenario is not there."""
        if not options["json"]:
            self.stderr.write(f"Password of every login: {PASSWORD}")
        try:
            with acting_as(system()):
                for row in rows():
                    self.stdout.write(_as_json(row) if options["json"] else _as_text(row))
        except (DomainError, LookupError) as problem:
            raise CommandError(str(problem)) from problem


def _as_json(row: Row) -> str:
    return json.dumps(
        {
            "name": row.name,
            "url": row.url,
            "method": row.method,
            "role": row.role.value if row.login else "anonymous",
            "login": row.login,
            "status": row.status,
        }
    )


def _as_text(row: Row) -> str:
    who = f"{row.role.value:<20} {row.login:<38}" if row.login else f"{'anonymous':<59}"
    return f"{row.status} {row.method:<5} {who} {row.url} {row.whose}"
