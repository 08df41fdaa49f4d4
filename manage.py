#!/usr/bin/env python3
"""Command line of the platform; see docs/operators.md for the commands."""

import os
import sys

from hoofdaannemer import embedded

#: Commands that change the schema run as the owner of the tables, all others as the application.
OWNER_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "showmigrations", "bootstrap_database"}


def main() -> None:
    """Prepare the environment and hand over to Django."""
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hoofdaannemer.settings")
    if command in OWNER_COMMANDS:
        os.environ["DATABASE_ROLE"] = "owner"
    embedded.prepare(command)

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
