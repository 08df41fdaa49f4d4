"""manage.py check_declaration FILE: a dry run of a 323, one line per service line."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.services.dry_run import dry_run
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.scope import acting_as


class Command(BaseCommand):
    """Judge a declaration and store nothing."""

    help = "What would be said of each line of a declaration (323); nothing is stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """File and JSON."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 where the file is no declaration of a subcontractor."""
        scope = scopes.system()
        try:
            with acting_as(scope):
                found = dry_run(scope=scope, raw=options["file"].read_bytes())
        except OSError as error:
            raise CommandError(f"cannot read {options['file']}") from error
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        for problem in found.problems:
            self.stderr.write(problem)
        for line in found.lines:
            told = {
                "line": line.row.line,
                "reference": line.row.reference,
                "accepted": not line.codes,
                "codes": list(line.codes),
            }
            text = f"{line.row.line} {line.row.reference} {' '.join(line.codes) or 'ok'}"
            self.stdout.write(json.dumps(told) if options["json"] else text)
        totals = {"submitted": str(found.submitted), "granted": str(found.granted)}
        text = f"submitted {found.submitted}, granted {found.granted}"
        self.stdout.write(json.dumps(totals) if options["json"] else text)
