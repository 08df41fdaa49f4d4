"""manage.py interest_rate 2026-01-01 10.15 --source TEXT: the statutory interest of a half-year."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.selectors.late_payments import rates
from billing.services import interest
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.scope import acting_as


class Command(BaseCommand):
    """Record a rate; without one, say what is known."""

    help = "Record the statutory interest for trade (BW 6:120) of a half-year, or show what is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """First day, percent and source."""
        parser.add_argument("start", nargs="?", help="first day of the half-year: 2026-01-01")
        parser.add_argument("percent", nargs="?", help="percent a year: 10.15")
        parser.add_argument("--source", default="", help="where it was published")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 for what is no day, no percentage, or known already."""
        scope = scopes.system()
        with acting_as(scope):
            if options["start"]:
                self._record(scope, options)
            for start, percent in rates():
                self.stdout.write(f"{start} {percent}")

    def _record(self, scope: scopes.Scope, options: dict[str, Any]) -> None:
        if not options["percent"] or not options["source"]:
            raise CommandError("give a percentage and --source")
        try:
            interest.record_rate(
                scope=scope,
                start=date.fromisoformat(options["start"]),
                percent=Decimal(options["percent"]),
                source=options["source"],
            )
        except (ValueError, InvalidOperation) as error:
            raise CommandError("give a day such as 2026-01-01 and a number") from error
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
