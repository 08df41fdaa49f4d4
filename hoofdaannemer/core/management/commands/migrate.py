"""`migrate` that also writes row-level security, so that no table is ever without."""

from typing import Any

from django.core.management.commands import migrate
from django.utils.module_loading import import_string

from hoofdaannemer.core.migrating import sparing_states
from hoofdaannemer.core.rowsecurity import synchronise


class Command(migrate.Command):
    """Django's migrate, followed by grants and policies."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then synchronise."""
        with sparing_states():
            super().handle(*args, **options)
        # By name: the policy names tables of every app, and core imports none of them.
        synchronise(import_string("hoofdaannemer.rowsecurity.POLICIES"))
