"""`state ALLOCATION`: where an allocation stands."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hoofdaannemer.core.scope import acting_as, system
from subcontracts.selectors.named import NotFoundError, allocation_named
from subcontracts.selectors.state import state_of


class Command(BaseCommand):
    """Show one allocation."""

    help = "Show versions, placements, open start, last stop and declared totals of an allocation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The allocation as number@municipality:law."""
        parser.add_argument("allocation")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for an unknown allocation."""
        try:
            with acting_as(system()) as scope:
                state = state_of(scope, allocation_named(scope, options["allocation"]))
        except NotFoundError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(state, indent=None if options["json"] else 2))
